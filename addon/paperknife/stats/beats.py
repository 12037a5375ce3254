"""Heartbeats: how regularly they come, and how many stayed out.

The period is found in the heartbeats themselves: the median of what is between them. Where a peer sends them only when
it has nothing else to say, the gaps are no fault of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from paperknife.stats.sketch import bucket_of

__all__ = ["LATE", "Beats", "Regularity"]

LATE = 1.5
"""A heartbeat that comes after so many periods was missed."""

MOST_CONNECTIONS = 10_000
"""Connections whose last heartbeat is remembered."""


@dataclass(frozen=True, slots=True)
class Regularity:
    """How heartbeats came; all times in nanoseconds, 0 where there were fewer than two.

    `period_ns` is the mean of the intervals that are no longer than 1.5 times their median, `jitter_ns` the standard
    deviation of these. `gaps` are the longer ones, `missed` the heartbeats that would have come in them. `longest_ns`
    is the longest interval, and ended at `longest_end_ns` since the epoch. The silence at the end of a connection is an
    interval as well, where it is a gap.
    """

    count: int = 0
    period_ns: int = 0
    jitter_ns: int = 0
    longest_ns: int = 0
    longest_end_ns: int = 0
    gaps: int = 0
    missed: int = 0


@dataclass(slots=True)
class Bucket:
    """Intervals of about the same length: their number, sum and sum of squares."""

    count: int = 0
    total: int = 0
    squares: int = 0

    def add(self, interval: int) -> None:
        """Count one."""
        self.count += 1
        self.total += interval
        self.squares += interval * interval


class Beats:
    """Counts the heartbeats of one name in one direction, on any number of connections."""

    def __init__(self) -> None:
        self.count = 0
        self._last: dict[int, int] = {}
        self._intervals: dict[int, Bucket] = {}
        self._silences: dict[int, Bucket] = {}
        self._longest = (0, 0)
        self._longest_silence = (0, 0)

    def see(self, connection: int, time_ns: int, *, count: bool = True) -> None:
        """A heartbeat came; without `count` only to know when the last one was."""
        last = self._last.pop(connection, None)
        self._last[connection] = time_ns  # the newest is behind all others
        if last is None and len(self._last) > MOST_CONNECTIONS:
            del self._last[next(iter(self._last))]
        if not count:
            return
        self.count += 1
        if last is not None:
            interval = max(time_ns - last, 0)
            self._longest = max(self._longest, (interval, time_ns))
            self._intervals.setdefault(bucket_of(interval), Bucket()).add(interval)

    def close(self, connection: int, time_ns: int) -> None:
        """A connection has ended."""
        last = self._last.pop(connection, None)
        if last is not None:
            interval = max(time_ns - last, 0)
            self._longest_silence = max(self._longest_silence, (interval, time_ns))
            self._silences.setdefault(bucket_of(interval), Bucket()).add(interval)

    def regularity(self, now_ns: int) -> Regularity:
        """What was found so far; `now_ns` is when it ended for the connections that are open."""
        median = self._median()
        if median is None:
            return Regularity(self.count)
        limit = LATE * median
        on_time, late = Bucket(), 0
        missed = 0
        for bucket in self._intervals.values():
            mean = bucket.total / bucket.count
            if mean <= limit:
                on_time.count += bucket.count
                on_time.total += bucket.total
                on_time.squares += bucket.squares
            else:
                late += bucket.count
                missed += bucket.count * max(round(mean / median) - 1, 1) if median else 0
        longest = self._longest
        open_now = [(max(now_ns - last, 0), now_ns) for last in self._last.values()]
        silences = [(bucket.total / bucket.count, bucket.count) for bucket in self._silences.values()]
        for length, count in [*silences, *((interval, 1) for interval, _ in open_now)]:
            if length > limit and median:
                late += count
                missed += count * int(length / median)
        longest = max([longest, *(each for each in [*open_now, self._longest_silence] if each[0] > limit)])
        mean = on_time.total / on_time.count
        spread = max(on_time.squares / on_time.count - mean * mean, 0.0)
        return Regularity(self.count, round(mean), round(math.sqrt(spread)), *longest, late, missed)

    def _median(self) -> float | None:
        """The mean of the bucket that half of all intervals do not exceed."""
        rank = (sum(bucket.count for bucket in self._intervals.values()) + 1) // 2
        for _, bucket in sorted(self._intervals.items()):
            rank -= bucket.count
            if rank <= 0:
                return bucket.total / bucket.count
        return None
