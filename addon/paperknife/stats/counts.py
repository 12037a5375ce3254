"""All that is counted, each kind of it within bounds."""

from __future__ import annotations

from paperknife.recording.subjects import subject_of
from paperknife.stats import reporting
from paperknife.stats.answers import Answers
from paperknife.stats.beats import Beats
from paperknife.stats.courses import Room
from paperknife.stats.numbering import Numbering
from paperknife.stats.rates import Rate
from paperknife.stats.report import Report
from paperknife.stats.series import Series
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.secrets import Secrets

__all__ = ["Counts"]

MOST_PAYLOADS = 1000
"""Payloads that are told apart; all others are counted together."""
MOST_SERIES = 1000
"""Fields that are followed."""
MOST_BEATS = 100
"""Names of heartbeats."""

OTHERS = "(others)"


class Counts:
    """What the meter counts with, made when it is first asked for. `secrets` are not told in a report."""

    def __init__(self) -> None:
        self.rates: dict[tuple[Direction, str], Rate] = {}
        self.series: dict[tuple[Direction, str, str], Series] = {}
        self.beats: dict[tuple[Direction, str], Beats] = {}
        self.answers = Answers()
        self.secrets = Secrets()
        self.connections = 0
        self.start_ns = self.end_ns = 0
        self.beside = {direction: [0, 0] for direction in Direction}
        """How many messages and bytes there are more than envelopes and theirs."""
        self._room = Room()

    def rate_of(self, direction: Direction, name: str) -> Rate:
        """What counts the envelopes of a payload."""
        rate = self.rates.get((direction, name))
        if rate is None:
            if len(self.rates) >= MOST_PAYLOADS:
                name = OTHERS
            rate = self.rates.setdefault((direction, name), Rate())
        return rate

    def series_of(self, direction: Direction, numbering: Numbering) -> Series:
        """What follows the numbers of a field; one that nobody asks for, where there are too many."""
        key = direction, numbering.payload, numbering.field
        series = self.series.get(key)
        if series is None:
            series = Series(numbering, self._room)
            if len(self.series) < MOST_SERIES:
                self.series[key] = series
        return series

    def beats_of(self, direction: Direction, name: str) -> Beats:
        """What counts heartbeats."""
        if (direction, name) not in self.beats and len(self.beats) >= MOST_BEATS:
            name = OTHERS
        return self.beats.setdefault((direction, name), Beats())

    def see(self, time_ns: int) -> None:
        """Something happened then."""
        if not self.start_ns or time_ns < self.start_ns:
            self.start_ns = time_ns
        self.end_ns = max(self.end_ns, time_ns)

    def renew(self, message: Message, envelope: Envelope) -> None:
        """A snapshot: what it is about has its numbers begin anew."""
        values: dict[str, set[object]] = {}
        for name, value in subject_of(envelope):
            values.setdefault(name, set()).add(value)
        for (direction, _, _), series in self.series.items():
            if direction is message.direction:
                series.renew_by(message.connection, values)

    def close(self, connection: int, time_ns: int) -> None:
        """A connection has ended."""
        for series in self.series.values():
            series.close(connection)
        for beats in self.beats.values():
            beats.close(connection, time_ns)
        self.answers.close(connection)

    def totals(self) -> tuple[dict[Direction, int], dict[Direction, int]]:
        """The messages of each direction, and their bytes."""
        messages = {direction: self.beside[direction][0] for direction in Direction}
        sizes = {direction: self.beside[direction][1] for direction in Direction}
        for (direction, _), rate in self.rates.items():
            messages[direction] += rate.messages
            sizes[direction] += rate.size
        return messages, sizes

    def report(self) -> Report:
        """What was counted so far."""
        return Report(
            self.start_ns,
            self.end_ns,
            self.connections,
            *self.totals(),
            tuple(reporting.amounts(self.rates)),
            tuple(reporting.latencies(self.answers)),
            tuple(reporting.unanswered(self.answers.requests)),
            tuple(reporting.numbers(self.series, self.secrets)),
            tuple(reporting.heartbeats(self.beats, self.end_ns)),
        )
