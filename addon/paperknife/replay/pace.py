"""When a recorded message is due: the recorded time, at another speed, with long gaps cut."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["FASTEST", "Pace"]

FASTEST = math.inf
"""The speed at which nothing is waited for."""

SECOND = 1_000_000_000


@dataclass(slots=True)
class Pace:
    """A clock that goes with the recording. Live times are seconds of a clock of the caller's, recorded ones ns.

    `speed` 2 is twice as fast as recorded. `longest_gap` is the most seconds, as recorded, between two messages.
    """

    speed: float = 1.0
    longest_gap: float = math.inf
    _live: float = field(default=-math.inf)
    _recorded_ns: int = 0
    _paused: float | None = None

    def begin(self, recorded_ns: int, now: float) -> None:
        """What was recorded at this time happens now."""
        self._live, self._recorded_ns = now, recorded_ns

    def due(self, recorded_ns: int) -> float:
        """When a message is due that follows the one before it; the past where everything goes at once."""
        return self.after(self._live, self._recorded_ns, recorded_ns)

    def after(self, live: float, from_ns: int, to_ns: int) -> float:
        """When something is due that came at `to_ns`, where what came at `from_ns` happened at `live`."""
        if self.speed == FASTEST:
            return -math.inf
        gap = min(max(0, to_ns - from_ns) / SECOND, self.longest_gap)
        return live + gap / self.speed

    def sent(self, recorded_ns: int, due: float) -> None:
        """A message was sent that was due then; the next one counts from there, not from when it really left."""
        self._live = max(self._live, due)
        self._recorded_ns = max(self._recorded_ns, recorded_ns)

    def shift(self, seconds: float) -> None:
        """Everything is due so much later, as after a pause."""
        self._live += seconds
