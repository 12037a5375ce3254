"""The last steps: envelopes that carry their payload in another way become unions, with the payload in a `oneof`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from paperknife_decoders.carrying.choices import Choice
from paperknife_decoders.carrying.rewriting import Rewriting
from paperknife_decoders.carrying.union import BODY, FIRST_HEADER, Union
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import Context, Opened
from paperknife_decoders.wire.walker import WireType, walk
from paperknife_decoders.wire.writing import length_delimited, varint

__all__ = ["Behind", "Carry"]


@dataclass(frozen=True, slots=True)
class Carry:
    """An envelope that is a carrier itself, or has one in it.

    `header` are the names of the values in front of it that become fields of the union.
    """

    name: ClassVar[str] = "carry"

    union: Union
    header: tuple[str, ...] = ()

    def open(self, data: bytes, context: Context) -> Opened:
        """One part, of the union's type."""
        rewriting = Rewriting(context)
        values = header_records(self.header, context)
        united = values + rewriting.to_union(data, self.union)

        def close(parts: Sequence[bytes]) -> bytes:
            (part,) = parts
            return data if part == united else rewriting.from_union(behind(values, part), self.union)

        return Opened((united,), close)


@dataclass(frozen=True, slots=True)
class Behind:
    """A message behind a header, or one that says by a field of its own what it is."""

    name: ClassVar[str] = "behind"

    union: Union
    choice: Choice
    header: tuple[str, ...] = ()

    def open(self, data: bytes, context: Context) -> Opened:
        """One part: the header's values and the message; the bytes as they are, where their type is not known."""
        kind = self.choice.type_of(data, context.walk(data).fields if self.choice.looks_inside else (), context)
        number = self.union.members.get(kind.full_name, BODY) if kind is not None else BODY
        values = header_records(self.header, context)
        united = values + length_delimited(number, data)

        def close(parts: Sequence[bytes]) -> bytes:
            (part,) = parts
            bodies = walk(behind(values, part))
            if len(bodies) != 1 or bodies[0].wire_type is not WireType.LENGTH:
                raise DecodeError("one message was expected behind the header", len(values))
            (body,) = bodies
            return part[len(values) + body.content : len(values) + body.content_end]

        return Opened((united,), close)


def header_records(names: Sequence[str], context: Context) -> bytes:
    """The values of a header as fields; what was not read has none."""
    found = enumerate(map(context.header.get, names), FIRST_HEADER)
    return b"".join(record_of(number, value) for number, value in found if value is not None)


def record_of(number: int, value: int | str) -> bytes:
    """One value as a field."""
    if isinstance(value, str):
        return length_delimited(number, value.encode(errors="replace"))
    return varint(number << 3 | WireType.VARINT) + varint(value & (1 << 64) - 1)


def behind(values: bytes, part: bytes) -> bytes:
    """What lies behind a header's fields. Raises `DecodeError` where these were changed."""
    if not part.startswith(values):
        raise DecodeError("a header's values, which cannot be changed, were expected to be as they came", 0)
    return part[len(values) :]
