"""The pause that recording puts into the relay: how late messages are with it and without it, in turns.

Market data goes one way through the whole proxy at a fixed rate, into files that are split again and again, so that
their beginning, their end and the packing of the one before are part of it. Both proxies decode and count. What is
below the two, sending and looking for what came, is measured on a direct connection.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from bench import frames
from bench.contenders import DIRECT, RECORDING_SPLIT, SUMMARY
from bench.latency import one_way
from bench.pairs import Origin
from bench.report import Detail, Findings, Row
from bench.rounds import Bench, Stand
from bench.venue_messages import server_messages

__all__ = ["Lateness", "measure_pauses"]

SIZE, DISTINCT, RATE = 300, 1_000, 20_000
"""Bytes of a message, how many different ones, and messages a second."""

COUNT, WARMING_COUNT = 5 * RATE, RATE // 2
"""Messages of one turn, and before it."""

PAUSE_MS = 10

MEASURE = f"pause that recording puts into the relay, {RATE:,} messages/s of {SIZE} B"


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long messages were on their way, in nanoseconds: of so many, what half and 99.9 % take at most, and all."""

    p50: float
    p999: float
    longest: float

    @classmethod
    def of(cls, latencies: Sequence[int]) -> Self:
        """Of single latencies."""
        ordered = sorted(latencies)
        return cls(ordered[len(ordered) // 2], ordered[len(ordered) * 999 // 1000], ordered[-1])

    @classmethod
    def over(cls, turns: Sequence[Self]) -> Self:
        """The medians of several turns, and the longest of all."""
        return cls(
            statistics.median(turn.p50 for turn in turns),
            statistics.median(turn.p999 for turn in turns),
            max(turn.longest for turn in turns),
        )

    def __str__(self) -> str:
        return f"p50 {self.p50 / 1e6:.3f} ms, p99.9 {self.p999 / 1e6:.2f} ms, longest {self.longest / 1e6:.2f} ms"


def measure_pauses(bench: Bench) -> Findings:
    """How late messages are, with recording beside without."""
    messages = [memoryview(frames.frame(message)) for message in server_messages(SIZE, DISTINCT)]

    def one(origin: Origin, stand: Stand) -> Lateness:
        with origin.pairs(stand.port, 1) as (pair,):
            one_way(pair, messages, RATE, bench.scaled(WARMING_COUNT))
            return Lateness.of(one_way(pair, messages, RATE, bench.scaled(COUNT)))

    turns = bench.measure((DIRECT, SUMMARY, RECORDING_SPLIT), one)
    found = {name: Lateness.over(figures) for name, figures in turns.items()}
    return Findings([pause_row(found)], [Detail(MEASURE, name, str(lateness)) for name, lateness in found.items()])


def pause_row(found: Mapping[str, Lateness]) -> Row:
    """What recording adds."""
    goal = f"p99.9 below {PAUSE_MS} ms more than without"
    if RECORDING_SPLIT not in found or SUMMARY not in found:
        return Row(MEASURE, goal, "not measured", None)
    recording, without = found[RECORDING_SPLIT], found[SUMMARY]
    pause = (recording.p999 - without.p999) / 1e6
    figure = f"p99.9 {pause:+.2f} ms: {recording}; without {without}"
    return Row(MEASURE, goal, figure, pause < PAUSE_MS)
