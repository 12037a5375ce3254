"""Many needles in one haystack: which of them may be in it, at a cost that does not grow with their number.

Few needles are looked for one by one, which C does in some ten nanoseconds each. For more of them the haystack is read
as a row of 32-bit numbers: every needle of seven or more bytes has one of its first four groups of four bytes there,
wherever it begins. Shorter needles have to be looked for at each of the four bytes where a row can start.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from paperknife_decoders.redaction.spellings import Needle

__all__ = ["Needles"]

FEW = 24
"""Up to so many needles it is cheaper to look for each."""

GROUP = 4
SURE = 2 * GROUP - 1
"""A needle of so many bytes covers a whole group of four bytes, wherever it begins."""


class Needles:
    """A set of needles that changes now and then and is looked for all the time."""

    def __init__(self) -> None:
        self.all: dict[Needle, int] = {}
        self.grams: dict[int, list[Needle]] = {}
        self.short: dict[int, list[Needle]] = {}

    def __bool__(self) -> bool:
        return bool(self.all)

    def add(self, needles: Iterable[Needle]) -> None:
        """Look for these too."""
        for needle in needles:
            self.all[needle] = self.all.get(needle, 0) + 1
            if self.all[needle] == 1:
                for table, gram in self.places(needle):
                    table.setdefault(gram, []).append(needle)

    def discard(self, needles: Iterable[Needle]) -> None:
        """Look for these no longer, unless they were added more than once."""
        for needle in needles:
            self.all[needle] -= 1
            if not self.all[needle]:
                del self.all[needle]
                for table, gram in self.places(needle):
                    table[gram].remove(needle)
                    if not table[gram]:
                        del table[gram]

    def places(self, needle: Needle) -> list[tuple[dict[int, list[Needle]], int]]:
        """The tables that a needle is in, and under which numbers."""
        if len(needle.data) < SURE:
            return [(self.short, number(needle.data, 0))]
        return [(self.grams, each) for each in {number(needle.data, start) for start in range(GROUP)}]

    def found_in(self, data: bytes) -> list[Needle]:
        """The needles that are in `data`."""
        if len(self.all) <= FEW:
            return [needle for needle in self.all if needle.data in data]
        possible: dict[Needle, None] = {}
        if self.grams:
            self.collect(data, 0, self.grams, possible)
        if self.short:
            for start in range(min(GROUP, len(data))):
                self.collect(data, start, self.short, possible)
        return [needle for needle in possible if needle.data in data]

    @staticmethod
    def collect(data: bytes, start: int, table: dict[int, list[Needle]], possible: dict[Needle, None]) -> None:
        """Add the needles of which a group stands in the row of groups from `start` on."""
        row = memoryview(data)[start : start + (len(data) - start & -GROUP)].cast("I")
        if not table.keys().isdisjoint(row):
            for gram in table.keys() & set(row):
                possible.update(dict.fromkeys(table[gram]))


def number(data: bytes, start: int) -> int:
    """Four bytes as the number that a row has for them."""
    return int.from_bytes(data[start : start + GROUP], sys.byteorder)
