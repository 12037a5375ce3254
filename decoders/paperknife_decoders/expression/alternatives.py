"""One text compiled for several protocols: a message is asked by the expression for its own."""

from __future__ import annotations

from collections.abc import Mapping

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.expression.program import Expression
from paperknife_decoders.message import Direction, Message

__all__ = ["Alternatives"]


class Alternatives(Expression):
    """Expressions by the names of their protocols. A message of any other protocol does not match."""

    __slots__ = ("by_protocol",)

    def __init__(self, text: str, by_protocol: Mapping[str, Expression]) -> None:
        self.text = text
        self.by_protocol = dict(by_protocol)

    def matches(self, message: Message, envelope: Envelope) -> bool:
        """True if the condition holds by the protocol that the message was read by. Never raises."""
        found = self.by_protocol.get(message.reader.protocol.name)
        return found is not None and found.matches(message, envelope)

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """The names of all payloads that any of them can match; None where that cannot be told from the name."""
        found = [each.payloads(direction) for each in self.by_protocol.values()]
        known = [names for names in found if names is not None]
        return frozenset[str]().union(*known) if len(known) == len(found) else None
