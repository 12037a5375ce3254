"""A server's heartbeats, kept up while the recording waits, and answers to those of a live client."""

from __future__ import annotations

from paperknife.replay.conditions import Reply
from paperknife_decoders.message import Message

__all__ = ["Heartbeats"]

SHORTEST, LONGEST = 0.05, 120.0
"""Seconds between two heartbeats, whatever was recorded."""


class Heartbeats:
    """What the recorded server said to show that it is there; times are seconds of a clock of the caller's."""

    def __init__(self) -> None:
        self.period: float | None = None
        self.beat: Message | None = None
        self.answer: Reply | None = None
        self._last: float | None = None

    def recorded(self, reply: Reply) -> bool:
        """Note a recorded heartbeat. False for the first one that comes unasked: it keeps its place."""
        if reply.answers:
            self.answer = reply
            return True
        before, self.beat = self.beat, reply.message
        if before is None:
            return False
        if self.period is None:
            self.period = min(max(SHORTEST, (self.beat.time_ns - before.time_ns) / 1e9), LONGEST)
        return True

    def sent(self, now: float) -> None:
        """One was sent."""
        self._last = now

    def due(self, now: float) -> float | None:
        """When the next one is due; None where the recorded server sent one at most."""
        if self.period is None:
            return None
        if self._last is None:
            self._last = now
        return self._last + self.period
