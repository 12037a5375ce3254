"""A report as a person reads it, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paperknife.live.amounts import clock_text, count_text, size_text, span_text
from paperknife.live.cells import squeeze
from paperknife.stats.report import Amount, Heartbeats, Latency, Numbers, Report, Unanswered
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import PLAIN, Paint, dyed

__all__ = ["conduct_lines", "duration_text", "rate_text", "report_lines"]

NAME_CELLS = 24
"""Columns of a payload's name."""

MOST_ROWS = 40
"""Rows of one table; programs get all that there are."""


def report_lines(report: Report, paint: Paint = PLAIN) -> Iterator[str]:
    """All of it: totals, then a table for each kind of figure that there is anything of."""
    yield total_line(report)
    if report.amounts:
        yield ""
        yield from table(amount_head(), amount_rows(report.amounts, paint), paint)
    yield from conduct_lines(report, paint)


def conduct_lines(report: Report, paint: Paint = PLAIN) -> Iterator[str]:
    """What there is besides rates and sizes, each table behind an empty line."""
    if report.latencies or report.unanswered:
        yield ""
        yield from table(latency_head(), latency_rows(report.latencies, paint), paint)
        yield from unanswered_lines(report.unanswered, report.end_ns, paint)
    if report.numbers:
        yield ""
        yield from table(numbers_head(), numbers_rows(report.numbers, paint), paint)
        yield from gap_lines(report.numbers, paint)
    if report.heartbeats:
        yield ""
        yield from table(heartbeat_head(), heartbeat_rows(report.heartbeats, paint), paint)


def total_line(report: Report) -> str:
    """How much in all, in which time."""
    sums = (
        f"{direction.arrow} {count_text(report.messages[direction], 'message')} ({size_text(report.sizes[direction])})"
        for direction in Direction
    )
    connections = count_text(report.connections, "connection")
    return f"{', '.join(sums)} on {connections} in {span_text(report.span_ns)}"


def table(head: str, rows: Iterable[str], paint: Paint) -> Iterator[str]:
    """A heading and its rows, as many as a person reads."""
    yield dyed(head, paint.dim, paint)
    beyond = 0
    for number, row in enumerate(rows):
        if number < MOST_ROWS:
            yield row
        else:
            beyond += 1
    if beyond:
        yield f"   and {beyond:,} more (--format json has them all)"


def label(direction: Direction, name: str, width: int, paint: Paint) -> str:
    """A name with the sign of its direction."""
    tint = paint.client if direction is Direction.CLIENT else paint.server
    return dyed(f"{direction.arrow} {squeeze(name, width):<{width}}", tint, paint)


def marked(text: str, count: int, paint: Paint) -> str:
    """`text` so that it stands out where there is anything to see."""
    return dyed(text, paint.mark, paint) if count else text


def amount_head() -> str:
    """The columns of rates and sizes."""
    return f"   {'payload':<{NAME_CELLS}} messages share    bytes    mean largest  msg/s  peak"


def amount_rows(amounts: Iterable[Amount], paint: Paint) -> Iterator[str]:
    """A row for each payload."""
    for row in amounts:
        yield (
            f"{label(row.direction, row.payload, NAME_CELLS, paint)} {row.messages:>8,} {row.share:>5.0%}"
            f" {size_text(row.size):>8} {size_text(round(row.mean_size)):>7} {size_text(row.largest):>7}"
            f" {rate_text(row.rate):>6} {rate_text(row.peak):>5}"
        )


LATENCY_CELLS = 32


def latency_head() -> str:
    """The columns of latencies."""
    return f"   {'request and answer':<{LATENCY_CELLS}}  answers      p50      p90      p99      max"


def latency_rows(latencies: Iterable[Latency], paint: Paint) -> Iterator[str]:
    """A row for each pair of payloads."""
    for row in latencies:
        times = (row.p50_ns, row.p90_ns, row.p99_ns, row.largest_ns)
        half = (LATENCY_CELLS - 2) // 2
        answer = squeeze(row.answer, max(half, LATENCY_CELLS - 2 - len(row.request)))
        pair = f"{squeeze(row.request, LATENCY_CELLS - 2 - len(answer))}, {answer}"
        texts = " ".join(f"{duration_text(time):>8}" for time in times)
        yield f"{label(row.direction, pair, LATENCY_CELLS, paint)} {row.count:>8,} {texts}"


def unanswered_lines(rows: Iterable[Unanswered], end_ns: int, paint: Paint) -> Iterator[str]:
    """A line for each payload of which some have no answer."""
    for row in rows:
        verb = "has" if row.unanswered == 1 else "have"
        text = (
            f"! {row.direction.arrow} {row.request}: {row.unanswered:,} of {row.asked:,} {verb} no answer, the oldest "
            f"from {clock_text(row.oldest_ns)} #{row.oldest_connection}, {span_text(end_ns - row.oldest_ns)} before "
            "the end"
        )
        yield dyed(text, paint.mark, paint)


def numbers_head() -> str:
    """The columns of numberings."""
    return f"   {'numbered by':<{LATENCY_CELLS}}  counted    of   gaps missing repeats   back"


def numbers_rows(rows: Iterable[Numbers], paint: Paint) -> Iterator[str]:
    """A row for each field; ``of`` is how many symbols or the like have numbers of their own."""
    for row in rows:
        faults = (
            f"{row.gaps:>6,} {row.missing:>7,} {row.repeats:>7,} {row.back:>6,}"
            if row.gaps or row.repeats or row.back
            else f"{0:>6} {0:>7} {0:>7} {0:>6}"
        )
        yield (
            f"{label(row.direction, full_name(row), LATENCY_CELLS, paint)} {row.counted:>8,}"
            f" {rate_text(row.subjects):>5} {marked(faults, row.gaps + row.repeats + row.back, paint)}"
        )


def gap_lines(rows: Iterable[Numbers], paint: Paint) -> Iterator[str]:
    """Where the first gaps are, and what could not be followed."""
    for row in rows:
        place = f"{row.direction.arrow} {full_name(row)}"
        if gap := row.first_gap:
            about = "".join(f" {value}" for _, value in gap.about)
            where = f"first gap at {clock_text(gap.time_ns)} #{gap.connection}{about}: {gap.found:,} after {gap.last:,}"
            yield dyed(f"! {place}: {where}", paint.mark, paint)
        if row.left_out:
            text = f"! {place}: {row.left_out:,} numbers are not followed, there are too many that count for themselves"
            yield dyed(text, paint.mark, paint)


def full_name(row: Numbers) -> str:
    """A field with its payload."""
    return f"{row.payload}.{row.field}" if row.payload else row.field


def heartbeat_head() -> str:
    """The columns of heartbeats."""
    return f"   {'heartbeat':<{NAME_CELLS}}    count   period   jitter  longest   gaps missed"


def heartbeat_rows(rows: Iterable[Heartbeats], paint: Paint) -> Iterator[str]:
    """A row for each sort of heartbeat."""
    for row in rows:
        found = row.regularity
        times = (found.period_ns, found.jitter_ns, found.longest_ns)
        texts = " ".join(f"{duration_text(time) if found.period_ns else '-':>8}" for time in times)
        late = marked(f"{found.gaps:>6,} {found.missed:>6,}", found.gaps, paint)
        yield f"{label(row.direction, row.name, NAME_CELLS, paint)} {found.count:>8,} {texts} {late}"


UNITS = (("k", 10**3), ("M", 10**6), ("G", 10**9), ("T", 10**12))


def rate_text(rate: float | None) -> str:
    """Messages a second, or another number, in at most five characters."""
    if rate is None:
        return "-"
    if rate < 9.95:
        return f"{rate:.2f}" if rate != int(rate) else f"{rate:.0f}"
    if rate < 99999.5:
        return f"{rate:.0f}"
    return next(f"{rate / factor:.0f}{unit}" for unit, factor in UNITS if rate < 9999.5 * factor or unit == "T")


def duration_text(nanoseconds: int) -> str:
    """How long something took, in at most eight characters: ``31 us``, ``0.31 ms``, ``12 ms``, ``2.00 s``."""
    if nanoseconds < 99_500:
        return f"{nanoseconds / 1e3:.0f} us"
    milliseconds = nanoseconds / 1e6
    if milliseconds < 9.995:
        return f"{milliseconds:.2f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return f"{nanoseconds / 1e9:.2f} s" if milliseconds < 59_950 else span_text(nanoseconds)
