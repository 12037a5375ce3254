"""Which messages can be left unread: the name of a payload, which costs far less than a parse, says so."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from paperknife_decoders.envelope_type import JOINT, EnvelopeType
from paperknife_decoders.expression import Expression
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.pairing import roles_of
from paperknife_decoders.protocol import Protocol

__all__ = ["Interest"]

BINARY = int(Opcode.BINARY)

type Names = tuple[EnvelopeType, frozenset[str]] | None
"""The type that names the payloads, and those that matter; None where all do."""


class Interest:
    """Tells for which messages `where` could be true, or which one could be a request or an answer to `correlate`."""

    def __init__(self, where: Expression | None, *, correlate: bool) -> None:
        self._where = where
        self._correlate = correlate
        self._protocol: Protocol | None = None
        self._names: dict[Direction, Names] = {}

    def has(self, message: Message) -> bool:
        """False for a message that nobody wants, whatever is in it."""
        if self._where is None:
            return True
        protocol = message.reader.protocol
        if protocol is not self._protocol:
            self._protocol = protocol
            self._names = {direction: self._names_for(protocol, direction) for direction in Direction}
        names = self._names[message.direction]
        if names is None or message.opcode != BINARY:
            return True
        kind, payloads = names
        try:
            name = kind.name_of(message.content)
            return name in payloads or (JOINT in name and not payloads.isdisjoint(name.split(JOINT)))
        except DecodeError:  # then it has no payload, and which other form it is matters to nobody
            return "" in payloads

    def _names_for(self, protocol: Protocol, direction: Direction) -> Names:
        kind = protocol.type_for(direction)
        payloads = self._where.payloads(direction) if self._where else None
        if kind is None or protocol.steps_for(direction) or payloads is None:
            return None
        roles = roles_of(protocol.client, protocol.server, protocol.pairs)[direction] if self._correlate else ()
        return kind, payloads.union(roles)
