"""What was measured, as plain values: times in nanoseconds, sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.stats.beats import Regularity
from paperknife_decoders.message import Direction

__all__ = ["Amount", "Gap", "Heartbeats", "Latency", "Numbers", "Report", "Unanswered"]

SECOND = 10**9


@dataclass(frozen=True, slots=True)
class Amount:
    """The envelopes of one payload in one direction.

    `of` is the number of all envelopes in that direction, `peak` the most that came within one second of the clock.
    """

    direction: Direction
    payload: str
    messages: int
    size: int
    largest: int
    first_ns: int
    last_ns: int
    peak: int
    of: int

    @property
    def share(self) -> float:
        """Of all envelopes in that direction, 0 to 1."""
        return self.messages / self.of if self.of else 0.0

    @property
    def mean_size(self) -> float:
        """Bytes of one."""
        return self.size / self.messages if self.messages else 0.0

    @property
    def rate(self) -> float | None:
        """Messages a second between the first and the last; None where there are not two at different times."""
        span = self.last_ns - self.first_ns
        return (self.messages - 1) / (span / SECOND) if span > 0 else None


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the first answers of one payload took to requests of another; `direction` is that of the requests.

    The percentiles are within 1 %, `smallest_ns` and `largest_ns` are exact.
    """

    direction: Direction
    request: str
    answer: str
    count: int
    smallest_ns: int
    p50_ns: int
    p90_ns: int
    p99_ns: int
    largest_ns: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """`unanswered` of the requests of one payload have no answer; the oldest of these is from `oldest_ns`."""

    direction: Direction
    request: str
    asked: int
    unanswered: int
    oldest_ns: int
    oldest_connection: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where numbers are missing: `found` came behind `last`. `about` are names and values, safe to print."""

    time_ns: int
    connection: int
    about: tuple[tuple[str, str], ...]
    last: int
    found: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one field.

    `payload` is empty where the field is one of the envelope's own. `subjects` is the number of those that are counted
    apart from each other (by the fields `by`), 1 where all are counted together.
    """

    direction: Direction
    payload: str
    field: str
    by: tuple[str, ...]
    subjects: int
    counted: int
    gaps: int
    missing: int
    repeats: int
    back: int
    left_out: int
    first_gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Heartbeats of one name in one direction; those that are control frames are called ``(ping)`` and ``(pong)``."""

    direction: Direction
    name: str
    regularity: Regularity


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `start_ns` and `end_ns` are nanoseconds since the epoch, 0 where nothing was measured.

    `messages` and `sizes` are those of all WebSocket messages in each direction; a message may hold several envelopes.
    """

    start_ns: int
    end_ns: int
    connections: int
    messages: dict[Direction, int]
    sizes: dict[Direction, int]
    amounts: tuple[Amount, ...] = ()
    latencies: tuple[Latency, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    numbers: tuple[Numbers, ...] = ()
    heartbeats: tuple[Heartbeats, ...] = ()

    @property
    def span_ns(self) -> int:
        """From the first to the last of what was measured."""
        return max(self.end_ns - self.start_ns, 0)
