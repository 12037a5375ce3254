"""How a running proxy does, a few lines every few seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from paperknife.live.amounts import count_text, size_text, span_text
from paperknife.live.cells import squeeze
from paperknife.stats.meter import Meter
from paperknife.stats.tables import duration_text, rate_text
from paperknife_decoders.message import Direction
from paperknife_decoders.printable import printable

__all__ = ["Pulse"]

MOST_ROWS = 12
"""Payloads that are told of each time."""

NAME_CELLS = 20

NEVER = -1.0
"""The time before the first tick, which no clock has told yet."""

type Key = tuple[Direction, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """What was counted up to some time: messages and bytes, buckets of latencies, gaps and numbers missing in them."""

    at: float = 0.0
    amounts: dict[Key, tuple[int, int]] = field(default_factory=dict)
    latencies: dict[tuple[Direction, str, str], Counter[int]] = field(default_factory=dict)
    gaps: dict[tuple[Direction, str, str], tuple[int, int]] = field(default_factory=dict)


class Pulse:
    """Tells `say` every `period` seconds what the meter has measured since the last time.

    To be asked to `tick` now and then, with a clock in seconds; the first period begins with the first tick, and counts
    what was measured since the pulse was made. Where nothing passes it says so once.
    """

    def __init__(self, meter: Meter, period: float, say: Callable[[str], None]) -> None:
        self.meter = meter
        self.period = period
        self.say = say
        self._before = self._moment(NEVER)
        self._is_idle = False

    def tick(self, now: float) -> None:
        """Say what is to be said by now."""
        if self._before.at == NEVER:
            self._before = replace(self._before, at=now)
        elif now >= self._before.at + self.period:
            before, self._before = self._before, self._moment(now)
            lines = list(self._lines(before, self._before))
            if lines or not self._is_idle:
                span = span_text(round((now - before.at) * 1e9))
                told = [f"In the last {span}:", *lines] if lines else [f"Nothing passed in the last {span}."]
                self.say("\n".join(told))
            self._is_idle = not lines

    def _moment(self, now: float) -> Moment:
        counts = self.meter.counts
        return Moment(
            now,
            {key: (rate.messages, rate.size) for key, rate in counts.rates.items()},
            {key: sketch.buckets.copy() for key, sketch in counts.answers.latencies.items()},
            {key: (series.faults.gaps, series.faults.missing) for key, series in counts.series.items()},
        )

    def _lines(self, before: Moment, now: Moment) -> Iterator[str]:
        """A line for each payload that passed or was answered, those that there are most of first."""
        added: list[tuple[Key, int, int]] = []
        answered = {
            (direction, name)
            for (direction, name, answer), buckets in now.latencies.items()
            if buckets != before.latencies.get((direction, name, answer))
        }
        for key, (messages, size) in now.amounts.items():
            was_messages, was_size = before.amounts.get(key, (0, 0))
            if messages > was_messages or key in answered:
                added.append((key, messages - was_messages, size - was_size))
        added.sort(key=lambda row: (row[0][0] is Direction.SERVER, -row[1]))
        span = now.at - before.at
        width = min(max((len(name) for (_, name), _, _ in added), default=0), NAME_CELLS)
        for (direction, name), messages, size in added[:MOST_ROWS]:
            head = f"{direction.arrow} {squeeze(printable(name), width):<{width}}"
            rates = f"{rate_text(messages / span):>5}/s {size_text(round(size / span)):>7}/s"
            rest = [*self._latency_texts((direction, name), before), *self._gap_texts((direction, name), before)]
            yield "  ".join([head, rates, ", ".join(rest)]).rstrip()
        if len(added) > MOST_ROWS:
            others = sum(messages for _, messages, _ in added[MOST_ROWS:])
            yield f"   and {count_text(others, 'message')} of {len(added) - MOST_ROWS} others"

    def _latency_texts(self, key: Key, before: Moment) -> Iterator[str]:
        """How long the answers to a request took, and how many are missing."""
        for place, sketch in self.meter.counts.answers.latencies.items():
            if place[:2] == key:
                new = sketch.since(before.latencies.get(place, Counter()))
                if new.count:
                    p50, p99 = (duration_text(new.percentile(share)) for share in (0.5, 0.99))
                    yield f"{printable(place[2])} p50 {p50} p99 {p99}"
        requests = self.meter.counts.answers.requests.get(key)
        if requests is not None and requests.unanswered:
            yield f"{requests.unanswered:,} unanswered"

    def _gap_texts(self, key: Key, before: Moment) -> Iterator[str]:
        """The gaps in the numbers of a payload."""
        for place, series in self.meter.counts.series.items():
            if place[:2] == key:
                was_gaps, was_missing = before.gaps.get(place, (0, 0))
                gaps, missing = series.faults.gaps - was_gaps, series.faults.missing - was_missing
                if gaps > 0:
                    yield f"! {count_text(gaps, 'gap')} in {place[2]}, {missing:,} missing"
