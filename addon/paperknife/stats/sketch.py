"""Percentiles of any number of values, in bounded memory and with a bounded error."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

__all__ = ["ERROR", "Sketch", "bucket_of", "value_of"]

ERROR = 0.01
"""How far a percentile may be from the value that it stands for, as a share of that value."""

WIDTH = (1 + ERROR) / (1 - ERROR)
"""The end of a bucket divided by its beginning."""

SCALE = 1 / math.log(WIDTH)


class Sketch:
    """Counts whole numbers, 0 or more, in buckets that grow by 2 %: see Masson, Rim and Lee, "DDSketch", VLDB 2019.

    A percentile is within 1 % (`ERROR`) of the true one. `smallest` and `largest` are exact. Numbers of up to 64 bits
    take at most 2,200 buckets.
    """

    __slots__ = ("buckets", "count", "largest", "smallest")

    def __init__(self, buckets: Mapping[int, int] | None = None) -> None:
        self.buckets: Counter[int] = Counter(buckets or {})
        self.count = self.buckets.total()
        self.smallest = 0
        self.largest = 0

    def add(self, value: int) -> None:
        """Count one value; one below 0 counts as 0."""
        value = max(value, 0)
        self.smallest = min(self.smallest, value) if self.count else value
        self.largest = max(self.largest, value)
        self.count += 1
        self.buckets[bucket_of(value)] += 1

    def percentile(self, share: float) -> int:
        """The smallest value that at least this share (0 to 1) of all values do not exceed; 0 where there are none."""
        rank = max(math.ceil(share * self.count), 1)
        if rank >= self.count and self.largest:
            return self.largest
        for bucket in sorted(self.buckets):
            rank -= self.buckets[bucket]
            if rank <= 0:
                return self.bounded(value_of(bucket))
        return self.largest

    def bounded(self, value: int) -> int:
        """What is known of the ends is better than a bucket; of a difference they are not known."""
        return max(min(value, self.largest), self.smallest) if self.largest else value

    def since(self, earlier: Mapping[int, int]) -> Sketch:
        """What was added after the buckets were these; its percentiles alone, for the ends are not known."""
        return Sketch(self.buckets - Counter(earlier))


def bucket_of(value: int) -> int:
    """The bucket of a value of 0 or more."""
    return math.ceil(math.log(value) * SCALE) if value else -1


def value_of(bucket: int) -> int:
    """The value that stands for all in a bucket: as far from its beginning as from its end, in shares of them."""
    return 0 if bucket < 0 else round(2 * math.exp(bucket / SCALE) / (WIDTH + 1))
