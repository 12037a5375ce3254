"""What waits in one direction of a connection, and when it goes on.

::

    line      in the order in which it came; nothing goes on before what stands in front of it
    aside     what the others overtake, by the time at which it is ready
    shuffled  what lets the next few messages go first

Without clock and sockets: times come in, and `next_time` says when to look again.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from paperknife.mutation.verdict import Throttle, Verdict

__all__ = ["LIMITS_AT_ONCE", "Flow", "Limits", "Parcel", "is_timed"]

CLOSE_SECONDS = 5.0
"""So long a close frame waits for what is in front of it: peers that close wait ten seconds or so for the answer."""

SHUFFLE_SECONDS = 1.0
"""So long a message lets others go first if they do not come."""

LONGEST_TURN = 86_400.0
"""A throttle makes no message wait longer than this for the one before it, in seconds."""

MOST_WINDOW = 1000
"""A message lets at most so many go first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait in one direction: beyond it what has waited longest goes on."""

    messages: int = 50_000
    size: int = 32 << 20


LIMITS = Limits()

LIMITS_AT_ONCE = Limits(messages=10_000)
"""How many messages of ours what comes at once may lead to; nothing else goes on while they are made."""

AT_ONCE = Verdict(b"")
"""Lets something go on without more ado."""


def is_timed(verdict: Verdict) -> bool:
    """True where a message does not simply go on in its place."""
    return bool(verdict.delay or verdict.window or verdict.throttle or verdict.hold)


class Parcel[T]:
    """Something that waits. `ready` is when it may go on at the earliest, and `settled` when it may without being held;
    `left` how many are to go first.
    """

    __slots__ = ("gone", "item", "left", "number", "ready", "settled", "size", "window")

    def __init__(self, item: T, size: int, number: int, ready: float, window: int = 0) -> None:
        self.item = item
        self.size = size
        self.number = number
        self.ready = ready
        self.settled = ready
        self.window = window
        self.left = 0
        self.gone = False


class Flow[T]:
    """The queue of one direction.

    `due` is to be asked after every `put`, and at `next_time`. `spilt` counts what went on before its time, as there
    was more than `limits` allow.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.line: deque[Parcel[T]] = deque()
        self.aside: list[tuple[float, int, Parcel[T]]] = []
        self.shuffled: list[Parcel[T]] = []
        self.count = 0
        self.size = 0
        self.spilt = 0
        self.numbers = 0
        self.last: Parcel[T] | None = None
        self.deadline = math.inf
        self.shut_until = -math.inf
        self.free: dict[str, float] = {}
        """When each throttle lets the next message go on."""

    @property
    def is_empty(self) -> bool:
        """True if nothing waits."""
        return not self.count

    def put(self, item: T, size: int, now: float, verdict: Verdict | None = None) -> Parcel[T]:
        """Add something that is to go on as its verdict says, else as soon as all in front of it has gone on."""
        self.numbers += 1
        parcel = Parcel(item, size, self.numbers, now)
        if verdict is not None and self.put_off(parcel, now, verdict):
            heappush(self.aside, (parcel.ready, parcel.number, parcel))
        else:
            self.line.append(parcel)
        self.count += 1
        self.size += size
        return parcel

    def put_off(self, parcel: Parcel[T], now: float, verdict: Verdict) -> bool:
        """Say when something may go on, as its verdict says; True where others overtake it."""
        parcel.settled, parcel.window = now + verdict.delay, max(parcel.window, verdict.window)
        if verdict.throttle is not None:
            parcel.settled = self.turn(verdict.throttle, verdict, parcel.settled)
        parcel.ready = parcel.settled + (verdict.hold.seconds if verdict.hold is not None else 0.0)
        return verdict.overtaken or (verdict.hold is not None and not verdict.hold.in_order)

    def put_last(self, item: T, now: float) -> None:
        """Add what ends the direction: it goes on when all else has, and at most so long after it came."""
        self.last = self.put(item, 0, now)
        self.deadline = min(self.deadline, now + CLOSE_SECONDS)

    def turn(self, throttle: Throttle, verdict: Verdict, ready: float) -> float:
        """When a throttle lets a message go on. What goes out counts, each copy of it; not what we need to keep it."""
        times, size = verdict.copies + 1, len(verdict.content or b"")
        turn = max(ready, self.free.get(throttle.rule, ready))
        seconds = times / throttle.messages_per_second if throttle.messages_per_second > 0 else 0.0
        if throttle.bytes_per_second > 0:
            seconds = max(seconds, times * size / throttle.bytes_per_second)
        self.free[throttle.rule] = turn + min(seconds, LONGEST_TURN)
        return turn

    def shut(self, until: float) -> None:
        """Let nothing go on up to a time."""
        self.shut_until = max(self.shut_until, until)

    def hurry(self, until: float) -> None:
        """Let all of it go on at this time at the latest."""
        self.deadline = min(self.deadline, until)

    def settle(self, parcel: Parcel[T], now: float, verdict: Verdict | None = None) -> bool:
        """Let something that is held go on as a verdict says, else as soon as what is in front of it has and its own
        delay is over. False where it is gone already.
        """
        if parcel.gone:
            return False
        is_overtaken = self.put_off(parcel, max(parcel.settled, now), verdict or AT_ONCE)
        if any(each is parcel for _, _, each in self.aside):
            self.aside = [entry for entry in self.aside if entry[2] is not parcel]
            heapify(self.aside)
            heappush(self.aside, (parcel.ready, parcel.number, parcel))
        elif is_overtaken and parcel in self.line:
            self.line.remove(parcel)
            heappush(self.aside, (parcel.ready, parcel.number, parcel))
        return True

    def due(self, now: float, most: float = math.inf) -> list[T]:
        """All that goes on now, in order; where `most` of it are ready, only those, and the rest when asked again."""
        going: list[T] = []
        if now >= self.deadline:
            return list(self.drain())
        while self.count > self.limits.messages or self.size > self.limits.size:
            self.spilt += 1
            first = self.foremost()
            if first is self.last:
                return [*going, *self.drain()]
            going.extend(self.step(first, now))
        if now < self.shut_until:
            return going
        self.shut_until = -math.inf
        while len(going) < most and (parcel := self.first_ready(now)) is not None:
            going.extend(self.step(parcel, now))
        if len(going) >= most:
            return going
        for parcel in [each for each in self.shuffled if each.ready <= now]:
            self.shuffled.remove(parcel)
            going.append(self.taken(parcel))
        if self.last is not None and self.line[0] is self.last and not self.aside:
            going.extend(self.drain())
        if self.is_empty:
            self.deadline = math.inf
        return going

    def waiting(self) -> list[Parcel[T]]:
        """All that waits, in the order in which it came."""
        return sorted([*self.line, *(entry[2] for entry in self.aside), *self.shuffled], key=lambda each: each.number)

    def behind(self, parcel: Parcel[T]) -> int:
        """How many wait because of one that stands in front of them."""
        return sum(each.number > parcel.number for each in self.line) if parcel in self.line else 0

    def drain(self) -> Iterator[T]:
        """All that waits, in the order in which it came, and what ends the direction behind it."""
        rest = self.waiting()
        self.line.clear()
        self.aside.clear()
        self.shuffled.clear()
        self.deadline, self.last, self.shut_until = math.inf, None, -math.inf
        for parcel in rest:
            yield self.taken(parcel)

    @property
    def next_time(self) -> float | None:
        """When `due` has something again; None where that is not a matter of time."""
        times = [entry[0] for entry in self.aside[:1]]
        times += [self.line[0].ready] if self.line and self.line[0] is not self.last else []
        times += [each.ready for each in self.shuffled]
        if self.shut_until > -math.inf and times:
            times = [max(min(times), self.shut_until)]
        soonest = min([*times, self.deadline])
        return None if soonest == math.inf else soonest

    # one step

    def first_ready(self, now: float) -> Parcel[T] | None:
        """What goes on next, if anything does."""
        line, aside = self.line[0] if self.line else None, self.aside[0][2] if self.aside else None
        if line is not None and (line.ready > now or line is self.last):
            line = None
        if aside is not None and aside.ready > now:
            aside = None
        if line is None or aside is None:
            return line or aside
        return line if (line.ready, line.number) <= (aside.ready, aside.number) else aside

    def foremost(self) -> Parcel[T]:
        """What goes on where there is too much."""
        if self.line:
            return self.line[0]
        return self.shuffled[0] if self.shuffled else self.aside[0][2]

    def step(self, parcel: Parcel[T], now: float) -> Iterator[T]:
        """Let something go on, or to those that let others go first; and those of them whose turn that makes it."""
        if self.line and self.line[0] is parcel:
            self.line.popleft()
        elif self.aside and self.aside[0][2] is parcel:
            heappop(self.aside)
        else:
            self.shuffled.remove(parcel)
        waiting = self.shuffled[:]
        awaited = any(each.left == 1 for each in waiting)  # where all let others go first, somebody has to go
        if parcel.window > 0 and not awaited and self.last is None and self.count <= self.limits.messages:
            parcel.left, parcel.window = min(parcel.window, MOST_WINDOW), 0
            parcel.ready = now + SHUFFLE_SECONDS
            self.shuffled.append(parcel)
        else:
            yield self.taken(parcel)
        for each in waiting:
            each.left -= 1
            if each.left <= 0:
                self.shuffled.remove(each)
                yield self.taken(each)

    def taken(self, parcel: Parcel[T]) -> T:
        """Count something out."""
        parcel.gone = True
        self.count -= 1
        self.size -= parcel.size
        return parcel.item
