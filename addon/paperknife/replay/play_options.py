"""How a recorded client speaks again: when each message goes, and how long is waited for what does not come."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["PlayOptions", "PlayPace"]


class PlayPace(enum.Enum):
    """When a recorded message is sent."""

    MATCHED = "matched"
    """When all that the recorded client had heard by then has come, and then after as long as it took."""
    FAST = "fast"
    """When the ids have come that are to be put into it."""
    TIMED = "timed"
    """At its time."""


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """How to speak. After `patience` seconds without what is waited for it is waited for no more."""

    pace: PlayPace = PlayPace.MATCHED
    speed: float = 1.0
    longest_gap: float = float("inf")
    patience: float = 5.0
    shift_time: bool = False
