"""What was found to differ."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["Difference", "Differences", "Finding", "What"]


NOTHING = "nothing"


class What(enum.Enum):
    """How something differs."""

    CHANGED = "changed"
    MISSING = "missing"
    """It was expected, and is not there."""
    EXTRA = "extra"
    """It is there, and was not expected."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: where, how, and what was expected and found, in printable words with secrets masked.

    `path` has names from the envelope inwards, indices of lists and keys of maps (``market_data.levels[2].price``,
    ``order.labels["desk"]``), numbers of unknown fields, and the name of a `oneof` whose member is another one. An
    index is that of the expected list, of an extra element that of the found one. What is missing or extra has an empty
    text on the other side. The path is empty where whole messages differ.
    """

    path: str
    what: What
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {self.expected or NOTHING}, found {self.found or NOTHING}"


class Differences(tuple[Difference, ...]):
    """The first differences between two messages, and how many `more` there are.

    Where these are more than `MOST_COUNTED`, an element of a list or a map counts once, however much differs in it.
    """

    more: int

    def __new__(cls, found: Iterable[Difference] = (), more: int = 0) -> Differences:
        """These, and so many more."""
        made = super().__new__(cls, found)
        made.more = more
        return made

    @property
    def total(self) -> int:
        """How many there are in all."""
        return len(self) + self.more


MOST_COUNTED = 10_000
"""Differences beyond the limit that are counted one by one; of further elements of lists and maps each counts once."""


class Finding:
    """Collects differences up to a limit; the words are not asked for beyond it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.found: list[Difference] = []
        self.more = 0

    def add(
        self,
        path: str,
        what: What,
        expected: Callable[[], str] | None = None,
        found: Callable[[], str] | None = None,
    ) -> None:
        """One more."""
        if len(self.found) >= self.limit:
            self.more += 1
            return
        self.found.append(Difference(path, what, expected() if expected else "", found() if found else ""))

    @property
    def is_over(self) -> bool:
        """True if it is of no use to look any closer at what differs."""
        return self.more >= MOST_COUNTED

    def count(self, more: int) -> None:
        """So many more, of which nobody asks what they are."""
        self.more += more

    def all(self) -> Differences:
        """What was found."""
        return Differences(self.found, self.more)
