"""Messages that a condition of the user's holds, at run time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paperknife.mutation.verdict import Hold, Verdict
from paperknife_decoders.expression import Expression, Lazily, compile_expression
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["NOTHING", "HoldWhen", "HoldWords", "condition_from"]


@dataclass(frozen=True, slots=True)
class HoldWords:
    """What the user wants to be held: an expression, at most for how long, and whether what is behind it waits too."""

    expression: str = ""
    seconds: int = 300
    in_order: bool = False


NOTHING = HoldWords()


def compiled(text: str, protocol: Protocol) -> Expression:
    """The condition for the messages of one protocol."""
    kinds = (protocol.client, protocol.server)
    client, server = (None if kind is None else kind.descriptor for kind in kinds)
    set_fields = (name for kind in kinds if kind is not None and kind.named for name in kind.payloads)
    return compile_expression(text, client, server, set_fields)


def condition_from(text: str, protocols: Iterable[Protocol]) -> Expression:
    """The condition for messages of all these protocols and of later ones. Raises `ExpressionError` if it fits none."""
    lazily = Lazily(text, compiled)
    fitting = [lazily.fit(protocol) for protocol in protocols]
    if fitting and not any(fitting):
        raise max(lazily.faults.values(), key=lambda error: error.column)
    return lazily


@dataclass(frozen=True, slots=True)
class HoldWhen:
    """A `paperknife.mutation.verdict.Changer` that holds what a condition is true for."""

    condition: Expression
    protocol: Protocol
    seconds: float = 300.0
    in_order: bool = False

    def payloads(self, direction: Direction) -> frozenset[str] | None:
        """The payloads that can be held; None for all."""
        fitted = self.condition.fit(self.protocol) if isinstance(self.condition, Lazily) else self.condition
        return frozenset() if fitted is None else fitted.payloads(direction)

    def heeds(self, direction: Direction) -> bool:
        """False if nothing of this direction can be held."""
        return self.payloads(direction) != frozenset()

    def wants(self, direction: Direction, payloads: Sequence[str]) -> bool:
        """False if none of these can be held."""
        wanted = self.payloads(direction)
        return wanted is None or not wanted.isdisjoint(payloads)

    def consider(self, message: Message, now: float) -> Verdict | None:
        """Hold it, or not."""
        if message.opcode not in (Opcode.TEXT, Opcode.BINARY):
            return None
        if not any(self.condition.matches(message, envelope) for envelope in message.envelopes):
            return None
        rule = f"hold {self.condition.text}"
        return Verdict(message.content, hold=Hold(rule, self.seconds, self.in_order), hits=(rule,))

    def opened(self, now: float) -> Verdict | None:
        """Nothing is held when a connection opens."""

    def closed(self, now: float) -> Verdict | None:
        """Nor when it has ended."""
