"""Latencies, and what is said of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

__all__ = ["Latency"]


@dataclass(frozen=True, slots=True)
class Latency:
    """The median and the 99th percentile of one run, in nanoseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, latencies: Sequence[int]) -> Self:
        """Of single latencies in nanoseconds."""
        ordered = sorted(latencies)
        return cls(ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100])

    @classmethod
    def median(cls, runs: Sequence[Self]) -> Self:
        """The medians over several runs."""
        return cls(statistics.median(run.p50 for run in runs), statistics.median(run.p99 for run in runs))

    def __str__(self) -> str:
        return f"p50 {self.p50 / 1000:,.0f} us, p99 {self.p99 / 1000:,.0f} us"
