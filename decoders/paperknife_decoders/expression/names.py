"""The names that every expression knows, whatever the schema: what is said of a message beside its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.envelope_type import JOINT, payload_oneof
from paperknife_decoders.expression.terms import ENVELOPE, MESSAGE, Frame, Kind, Term, Value
from paperknife_decoders.message import Direction, Opcode

__all__ = ["BUILT_IN", "JoinedNames", "Names", "payloads_of"]

DIRECTIONS = MappingProxyType({direction.value: direction.value for direction in Direction})
OPCODES = MappingProxyType({opcode.name.lower(): int(opcode) for opcode in Opcode})


@dataclass(frozen=True, slots=True)
class Names:
    """What both directions know together: payloads, fields of the envelopes, and whether there is a schema at all."""

    direction: Direction
    schema: bool = False
    payloads: Mapping[str, str] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()


class JoinedNames(dict[str, str]):
    """Names of payloads by themselves; any of them joined are one too, for the fields that are set together."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and all(super(JoinedNames, self).__contains__(each) for each in name.split(JOINT))

    def __missing__(self, name: str) -> str:
        return name


def payloads_of(descriptor: Descriptor) -> list[str]:
    """The payload names that an envelope of this type has by itself (see `envelope_type.EnvelopeType.payloads`)."""
    oneof = payload_oneof(descriptor)
    return [descriptor.name] if oneof is None else [each.name for each in descriptor.oneofs_by_name[oneof].fields]


def direction(names: Names) -> Term:
    """Who sent it; known when it is compiled."""
    value = names.direction.value
    return Term(Kind.STRING, lambda _: value, "direction", choices=DIRECTIONS, known=value)


def payload(names: Names) -> Term:
    """The name of the payload, empty where none is set or known."""

    def name(frame: Frame) -> str:
        return str(frame[ENVELOPE].payload)

    return Term(Kind.STRING, name, "payload", choices=names.payloads if names.schema else None, is_payload=True)


def size(_: Names) -> Term:
    """The bytes of the envelope."""

    def count(frame: Frame) -> int:
        return len(frame[ENVELOPE].data)

    return Term(Kind.NUMBER, count, "size")


def time(_: Names) -> Term:
    """When the message passed."""

    def nanoseconds(frame: Frame) -> Value:
        return frame[MESSAGE].time_ns

    return Term(Kind.TIMESTAMP, nanoseconds, "time")


def connection(_: Names) -> Term:
    """The number of the connection."""

    def number(frame: Frame) -> Value:
        return frame[MESSAGE].connection

    return Term(Kind.NUMBER, number, "connection")


def opcode(_: Names) -> Term:
    """Text or binary."""

    def number(frame: Frame) -> Value:
        return frame[MESSAGE].opcode

    return Term(Kind.NUMBER, number, "opcode", choices=OPCODES)


BUILT_IN: dict[str, Callable[[Names], Term]] = {
    "direction": direction,
    "payload": payload,
    "size": size,
    "time": time,
    "connection": connection,
    "opcode": opcode,
}
"""Names that win over the envelope's fields; `msg`, the envelope itself, comes with the paths."""
