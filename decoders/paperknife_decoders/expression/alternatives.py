"""One text compiled for several protocols: a message is asked by the expression for its own.

`Alternatives` is for protocols that are known from the start, `Lazily` for those of which one hears as one goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.expression.error import ExpressionError
from paperknife_decoders.expression.grammar import parse
from paperknife_decoders.expression.program import Expression
from paperknife_decoders.message import Direction, Message

if TYPE_CHECKING:
    from paperknife_decoders.protocol import Protocol

__all__ = ["Alternatives", "Lazily"]


class Alternatives(Expression):
    """Expressions by the names of their protocols. A message of any other protocol does not match."""

    __slots__ = ("by_protocol",)

    def __init__(self, text: str, by_protocol: Mapping[str, Expression]) -> None:
        self.text = text
        self.by_protocol = dict(by_protocol)

    def matches(self, message: Message, envelope: Envelope, given: object = None) -> bool:
        """True if the condition holds by the protocol that the message was read by. Never raises."""
        found = self.by_protocol.get(message.reader.protocol.name)
        return found is not None and found.matches(message, envelope, given)

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """The names of all payloads that any of them can match; None where that cannot be told from the name."""
        found = [each.payloads(direction) for each in self.by_protocol.values()]
        known = [names for names in found if names is not None]
        return frozenset[str]().union(*known) if len(known) == len(found) else None


class Lazily(Expression):
    """Compiled for a protocol by `compile_by` when its first message comes; one that it does not fit never matches.

    Raises `ExpressionError` for what fits none. `faults` say for which protocols there is nothing of the kind, and why.
    """

    __slots__ = ("_compile", "_made", "faults")

    def __init__(self, text: str, compile_by: Callable[[str, Protocol], Expression]) -> None:
        parse(text)
        self.text = text
        self.faults: dict[str, ExpressionError] = {}
        self._compile = compile_by
        self._made: dict[int, tuple[Protocol, Expression | None]] = {}

    def fit(self, protocol: Protocol) -> Expression | None:
        """The expression for a protocol; None where it has nothing of the kind."""
        made = self._made.get(id(protocol))
        if made is None:
            try:
                expression = self._compile(self.text, protocol)
            except ExpressionError as error:
                self.faults[protocol.name] = error
                expression = None
            made = self._made[id(protocol)] = (protocol, expression)  # kept, so that its identity stays its own
        return made[1]

    def closest_fault(self) -> tuple[str, ExpressionError] | None:
        """Of the protocols that came, the name of the one that it comes closest to, and the fault; None if it fits any.

        What is wrong further behind is right up to there: a name that is mistaken within the right payload.
        """
        if any(expression is not None for _, expression in self._made.values()):
            return None
        return max(self.faults.items(), key=lambda each: each[1].column, default=None)

    def matches(self, message: Message, envelope: Envelope, given: object = None) -> bool:
        """True if the condition holds by the protocol that the message was read by. Never raises."""
        found = self.fit(message.reader.protocol)
        return found is not None and found.matches(message, envelope, given)

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """None: which protocols there are is not known."""
        return None
