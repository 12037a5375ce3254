"""Which heartbeats answer one of the other side where no id in them says so: a pong, by its name and its time.

Two sides that both say ``heartbeat`` each go by a clock of their own; who answers a ``ping`` says ``pong``, or sends an
empty message back.
"""

from __future__ import annotations

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message

__all__ = ["SOON_NS", "Echoes"]

SOON_NS = 250_000_000
"""Nanoseconds. Who answers a heartbeat does so at once; what comes later has a clock of its own."""


class Echoes:
    """The last heartbeat of each side of one connection that nobody has answered yet."""

    def __init__(self) -> None:
        self._open: dict[Direction, tuple[int, Envelope]] = {}

    def answered(self, message: Message, envelope: Envelope) -> Envelope | None:
        """The heartbeat that this one answers; None for one that comes by itself. Call it for each, in order."""
        time_ns, before = self._open.pop(message.direction.other, (0, None))
        if before is not None and message.time_ns - time_ns <= SOON_NS and are_ping_and_pong(before, envelope):
            return before
        self._open[message.direction] = message.time_ns, envelope
        return None


def are_ping_and_pong(one: Envelope, other: Envelope) -> bool:
    """True for two payloads, and for two messages of no bytes."""
    return one.payload != other.payload if one.data or other.data else True
