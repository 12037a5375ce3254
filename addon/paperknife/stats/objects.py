"""A report as a JSON object. The names of numbers say their units.

==============  ======================================================================================================
key             what it is
==============  ======================================================================================================
`start` `end`   RFC 3339, null where nothing was measured; `duration_s`, `connections`
`totals`        for ``client`` and ``server``: `messages`, `bytes`
`payloads`      of each `direction` and `payload`: `messages`, `share` (0 to 1, of the direction), `bytes`,
                `mean_bytes`, `largest_bytes`, `messages_per_s` (from the first to the last, null where there are not
                two), `peak_messages_in_1s`, `first`, `last`
`latencies`     of each `request` and `answer`, `direction` being the request's: `answers`, `min_ms`, `p50_ms`,
                `p90_ms`, `p99_ms` (within 1 %), `max_ms`
`unanswered`    of each `request`: `requests`, `unanswered`, `oldest` (time), `oldest_connection`, `waiting_s`
`sequences`     of each `direction`, `payload` (null: the envelope) and `field`: `counted`, `by` (fields whose values
                have numbers of their own), `subjects`, `gaps`, `missing`, `repeats`, `backwards`, `not_followed`, and
                `first_gap` (null, or `time`, `connection`, `subject`, `last`, `found`)
`heartbeats`    of each `direction` and `name`: `count`, `period_ms`, `jitter_ms`, `longest_ms`, `longest_end`, which
                are null where there are not two, `gaps` (more than 1.5 periods), `missed`
==============  ======================================================================================================
"""

from __future__ import annotations

from typing import Any

from paperknife.live.amounts import rfc3339_or_none
from paperknife.stats.report import Amount, Gap, Heartbeats, Latency, Numbers, Report, Unanswered
from paperknife_decoders.message import Direction

__all__ = ["report_object"]


def report_object(report: Report) -> dict[str, Any]:
    """All of it."""
    return {
        "start": rfc3339_or_none(report.start_ns),
        "end": rfc3339_or_none(report.end_ns),
        "duration_s": report.span_ns / 1e9,
        "connections": report.connections,
        "totals": {
            direction.value: {"messages": report.messages[direction], "bytes": report.sizes[direction]}
            for direction in Direction
        },
        "payloads": [amount_object(row) for row in report.amounts],
        "latencies": [latency_object(row) for row in report.latencies],
        "unanswered": [unanswered_object(row, report.end_ns) for row in report.unanswered],
        "sequences": [numbers_object(row) for row in report.numbers],
        "heartbeats": [heartbeats_object(row) for row in report.heartbeats],
    }


def amount_object(row: Amount) -> dict[str, Any]:
    """One payload."""
    return {
        "direction": row.direction.value,
        "payload": row.payload,
        "messages": row.messages,
        "share": round(row.share, 6),
        "bytes": row.size,
        "mean_bytes": round(row.mean_size, 1),
        "largest_bytes": row.largest,
        "messages_per_s": None if row.rate is None else round(row.rate, 3),
        "peak_messages_in_1s": row.peak,
        "first": rfc3339_or_none(row.first_ns),
        "last": rfc3339_or_none(row.last_ns),
    }


def latency_object(row: Latency) -> dict[str, Any]:
    """One pair of payloads."""
    return {
        "direction": row.direction.value,
        "request": row.request,
        "answer": row.answer,
        "answers": row.count,
        "min_ms": milliseconds(row.smallest_ns),
        "p50_ms": milliseconds(row.p50_ns),
        "p90_ms": milliseconds(row.p90_ns),
        "p99_ms": milliseconds(row.p99_ns),
        "max_ms": milliseconds(row.largest_ns),
    }


def unanswered_object(row: Unanswered, end_ns: int) -> dict[str, Any]:
    """The requests of one payload."""
    return {
        "direction": row.direction.value,
        "request": row.request,
        "requests": row.asked,
        "unanswered": row.unanswered,
        "oldest": rfc3339_or_none(row.oldest_ns),
        "oldest_connection": row.oldest_connection,
        "waiting_s": max(end_ns - row.oldest_ns, 0) / 1e9,
    }


def numbers_object(row: Numbers) -> dict[str, Any]:
    """One field."""
    return {
        "direction": row.direction.value,
        "payload": row.payload or None,
        "field": row.field,
        "by": list(row.by),
        "subjects": row.subjects,
        "counted": row.counted,
        "gaps": row.gaps,
        "missing": row.missing,
        "repeats": row.repeats,
        "backwards": row.back,
        "not_followed": row.left_out,
        "first_gap": None if row.first_gap is None else gap_object(row.first_gap),
    }


def gap_object(gap: Gap) -> dict[str, Any]:
    """One gap."""
    return {
        "time": rfc3339_or_none(gap.time_ns),
        "connection": gap.connection,
        "subject": dict(gap.about),
        "last": gap.last,
        "found": gap.found,
    }


def heartbeats_object(row: Heartbeats) -> dict[str, Any]:
    """One sort of heartbeat."""
    found = row.regularity
    is_known = found.period_ns > 0
    return {
        "direction": row.direction.value,
        "name": row.name,
        "count": found.count,
        "period_ms": milliseconds(found.period_ns) if is_known else None,
        "jitter_ms": milliseconds(found.jitter_ns) if is_known else None,
        "longest_ms": milliseconds(found.longest_ns) if is_known else None,
        "longest_end": rfc3339_or_none(found.longest_end_ns) if is_known else None,
        "gaps": found.gaps,
        "missed": found.missed,
    }


def milliseconds(nanoseconds: int) -> float:
    """With all that nanoseconds tell."""
    return nanoseconds / 1e6
