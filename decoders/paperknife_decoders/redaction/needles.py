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
"""Up to so many needles it is cheaper to look for each in a long haystack."""

ENOUGH = 8
"""Bytes of a haystack for each needle that make it a long one."""

GROUP = 4
SURE = 2 * GROUP - 1
"""A needle of so many bytes covers a whole group of four bytes, wherever it begins."""

type Groups = dict[int, list[bytes]]
"""Needles by the number that a group of their bytes is."""


class Needles:
    """A set of needles that changes now and then and is looked for all the time."""

    def __init__(self) -> None:
        self.counts: dict[Needle, int] = {}
        self.by_data: dict[bytes, list[Needle]] = {}
        self.long: Groups = {}
        self.short: Groups = {}
        self.shorts: list[bytes] = []

    def __len__(self) -> int:
        return len(self.counts)

    def add(self, needles: Iterable[Needle]) -> None:
        """Look for these too."""
        for needle in needles:
            self.counts[needle] = self.counts.get(needle, 0) + 1
            if self.counts[needle] == 1:
                same = self.by_data.setdefault(needle.data, [])
                same.append(needle)
                if len(same) == 1:
                    self.enter(needle.data)

    def discard(self, needles: Iterable[Needle]) -> None:
        """Look for these no longer, unless they were added more than once."""
        for needle in needles:
            self.counts[needle] -= 1
            if not self.counts[needle]:
                del self.counts[needle]
                self.by_data[needle.data].remove(needle)
                if not self.by_data[needle.data]:
                    del self.by_data[needle.data]
                    self.leave(needle.data)

    def enter(self, data: bytes) -> None:
        """Put the bytes of a needle under the numbers of their groups."""
        if len(data) < SURE:
            self.shorts.append(data)
        groups, numbers = self.places(data)
        for number in numbers:
            groups.setdefault(number, []).append(data)

    def leave(self, data: bytes) -> None:
        """Take them out again."""
        if len(data) < SURE:
            self.shorts.remove(data)
        groups, numbers = self.places(data)
        for number in numbers:
            groups[number].remove(data)
            if not groups[number]:
                del groups[number]

    def places(self, data: bytes) -> tuple[Groups, set[int]]:
        """Where a needle is entered, and under which numbers."""
        if len(data) < SURE:
            return self.short, {number_at(data, 0)}
        return self.long, {number_at(data, start) for start in range(GROUP)}

    def found_in(self, data: bytes) -> list[Needle]:
        """The needles that are in `data`."""
        datas = self.by_data
        if not datas:
            return []
        few = len(datas) <= FEW and len(data) >= ENOUGH * len(datas)
        found = [each for each in (datas if few else self.possible(data)) if each in data]
        return [needle for each in found for needle in datas[each]] if found else []

    def possible(self, data: bytes) -> Iterable[bytes]:
        """Those of which a group of bytes is in `data`, and a few more."""
        possible: dict[bytes, None] = {}
        collect(data, self.long, possible)
        if len(self.shorts) <= FEW:
            possible.update(dict.fromkeys(self.shorts))
        else:
            for start in range(min(GROUP, len(data))):
                collect(data[start:], self.short, possible)
        return possible


def collect(data: bytes, groups: Groups, possible: dict[bytes, None]) -> None:
    """Add those with a group among the groups of `data`."""
    row = memoryview(data)[: len(data) & -GROUP].cast("I")
    if not groups.keys().isdisjoint(row):
        for number in groups.keys() & set(row):
            possible.update(dict.fromkeys(groups[number]))


def number_at(data: bytes, start: int) -> int:
    """Four bytes as the number that a row of groups has for them."""
    return int.from_bytes(data[start : start + GROUP], sys.byteorder)
