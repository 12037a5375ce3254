"""From the counts of a moment to the values of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from paperknife.stats.answers import Answers, Requests
from paperknife.stats.beats import Beats
from paperknife.stats.courses import Jump
from paperknife.stats.rates import Rate
from paperknife.stats.report import Amount, Gap, Heartbeats, Latency, Numbers, Unanswered
from paperknife.stats.series import Series
from paperknife.stats.sketch import Sketch
from paperknife_decoders.message import Direction
from paperknife_decoders.printable import elide, printable, printable_bytes
from paperknife_decoders.secrets import MASK, Secrets

__all__ = ["amounts", "heartbeats", "latencies", "numbers", "unanswered"]

LONGEST = 60
"""Characters of what a number is about."""

type ByName = Mapping[tuple[Direction, str], Rate]
type BySeries = Mapping[tuple[Direction, str, str], Series]


def amounts(rates: ByName) -> Iterator[Amount]:
    """The client's payloads before the server's, and what there is most of first."""
    of = dict.fromkeys(Direction, 0)
    for (direction, _), rate in rates.items():
        of[direction] += rate.messages
    for (direction, name), rate in sorted(rates.items(), key=lambda row: (order(row[0][0]), -row[1].messages)):
        yield Amount(
            direction,
            printable(name),
            rate.messages,
            rate.size,
            rate.largest,
            rate.first_ns,
            rate.last_ns,
            rate.peak,
            of[direction],
        )


def latencies(answers: Answers) -> Iterator[Latency]:
    """The pairs of payloads, those that there are most of first."""

    def place(row: tuple[tuple[Direction, str, str], Sketch]) -> tuple[int, str, int]:
        (direction, request, _), sketch = row
        return order(direction), request, -sketch.count

    for (direction, request, answer), sketch in sorted(answers.latencies.items(), key=place):
        yield Latency(
            direction,
            printable(request),
            printable(answer),
            sketch.count,
            sketch.smallest,
            sketch.percentile(0.5),
            sketch.percentile(0.9),
            sketch.percentile(0.99),
            sketch.largest,
        )


def unanswered(requests: Mapping[tuple[Direction, str], Requests]) -> Iterator[Unanswered]:
    """The payloads of which some have no answer."""
    for (direction, payload), found in sorted(requests.items(), key=lambda row: (order(row[0][0]), row[0][1])):
        oldest = found.oldest
        if oldest is not None:
            yield Unanswered(
                direction, printable(payload), found.asked, found.unanswered, oldest.time_ns, oldest.connection
            )


def numbers(series: BySeries, secrets: Secrets) -> Iterator[Numbers]:
    """The fields that numbered anything."""
    for (direction, payload, field), found in sorted(series.items(), key=lambda row: (order(row[0][0]), *row[0][1:])):
        if not found.counted:
            continue
        faults, numbering = found.faults, found.numbering
        yield Numbers(
            direction,
            printable(payload),
            printable(field),
            () if found.is_whole else tuple(field.name for _, field in numbering.subjects),
            1 if found.is_whole else found.subjects,
            found.counted,
            faults.gaps,
            faults.missing,
            faults.repeats,
            faults.back,
            found.left_out,
            gap(faults.first, found, secrets) if faults.first else None,
        )


def gap(jump: Jump, series: Series, secrets: Secrets) -> Gap:
    """A gap, in words that may be shown."""
    about = tuple(
        (field.name, MASK if secrets.hides(field, path) else subject_text(value))
        for (path, field), value in zip(series.numbering.subjects, jump.about, strict=False)
    )
    return Gap(jump.time_ns, jump.connection, about, jump.last, jump.found)


def subject_text(value: object) -> str:
    """A symbol or the like."""
    text = printable_bytes(value) if isinstance(value, bytes) else printable(str(value))
    return elide(text, LONGEST)


def heartbeats(beats: Mapping[tuple[Direction, str], Beats], now_ns: int) -> Iterable[Heartbeats]:
    """All heartbeats."""
    rows = sorted(beats.items(), key=lambda row: (order(row[0][0]), row[0][1]))
    found = (Heartbeats(direction, printable(name), each.regularity(now_ns)) for (direction, name), each in rows)
    return (each for each in found if each.regularity.count)


def order(direction: Direction) -> int:
    """The client comes first."""
    return direction is Direction.SERVER
