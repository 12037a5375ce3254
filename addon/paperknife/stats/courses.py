"""What is remembered of numbers: the last ones, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["MOST_COURSES", "Course", "Faults", "Jump", "Key", "Room"]

MOST_COURSES = 100_000
"""Subjects whose last number is remembered, of all connections; what comes of others is counted as left out."""

type Key = tuple[object, ...]
"""What a number is about."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A gap: `found` came behind `last`, on a connection, at a time in nanoseconds since the epoch."""

    time_ns: int
    connection: int
    about: Key
    last: int
    found: int


@dataclass(slots=True)
class Faults:
    """What was odd in one way to read the numbers: `missing` numbers in `gaps`, `repeats`, steps `back`."""

    gaps: int = 0
    missing: int = 0
    repeats: int = 0
    back: int = 0
    first: Jump | None = None

    @property
    def total(self) -> int:
        """How often something was odd."""
        return self.gaps + self.repeats + self.back


@dataclass(slots=True)
class Room:
    """How many more subjects can be remembered."""

    left: int = MOST_COURSES


@dataclass(slots=True)
class Course:
    """The last numbers of one connection, by what they are about; `furthest` where an older one came after it."""

    last: dict[Key, int] = field(default_factory=dict)
    furthest: dict[Key, int] = field(default_factory=dict)

    def forget(self, keys: Iterable[Key]) -> int:
        """Begin anew with these; how many of them were known."""
        known = 0
        for key in keys:
            if self.last.pop(key, None) is not None:
                known += 1
                self.furthest.pop(key, None)
        return known

    def forget_all(self) -> int:
        """Begin anew with all; how many that were."""
        known = len(self.last)
        self.last.clear()
        self.furthest.clear()
        return known
