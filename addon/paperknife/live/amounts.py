"""Sizes, latencies, times and counts as a person reads them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

__all__ = ["clock_text", "count_text", "latency_text", "rfc3339", "rfc3339_or_none", "size_text", "span_text"]

SIZES = (("B", 1), ("kB", 10**3), ("MB", 10**6), ("GB", 10**9))
"""Decimal units, as networks use them."""


def size_text(size: int) -> str:
    """`size` bytes in at most seven characters: ``41 B``, ``1.2 kB``, ``187 kB``, ``3.4 MB``."""
    if size < 1000:
        return f"{size} B"
    for unit, factor in SIZES[1:]:
        amount = size / factor
        if amount < 9.95:
            return f"{amount:.1f} {unit}"
        if amount < 999.5:
            return f"{amount:.0f} {unit}"
    return f"{size / 10**12:,.1f} TB"


def latency_text(nanoseconds: int) -> str:
    """How long an answer took, in at most eight characters: ``+0.31 ms``, ``+1.9 ms``, ``+240 ms``, ``+12.3 s``."""
    milliseconds = nanoseconds / 1e6
    if milliseconds < 0.995:
        return f"+{milliseconds:.2f} ms"
    if milliseconds < 9.95:
        return f"+{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"+{milliseconds:.0f} ms"
    return f"+{span_text(nanoseconds)}"


def span_text(nanoseconds: int) -> str:
    """A length of time: ``12 ms``, ``3.2 s``, ``3m20s``, ``2h05m``, ``4d02h``."""
    seconds = max(nanoseconds, 0) / 1e9
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, second = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{second:02d}s"
    hours, minute = divmod(minutes, 60)
    return f"{hours}h{minute:02d}m" if hours < 24 else f"{hours // 24}d{hours % 24:02d}h"


def clock_text(time_ns: int) -> str:
    """The local time of day with milliseconds: ``14:03:21.482``."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{_second_text(seconds)}.{rest // 1_000_000:03d}"


_second: tuple[int, str] = (-1, "")


def _second_text(seconds: int) -> str:
    """``14:03:21``; the last one is kept, as most lines share it with the line before."""
    global _second  # noqa: PLW0603 - one tuple, replaced whole
    known, text = _second
    if known != seconds:
        text = time.strftime("%H:%M:%S", time.localtime(seconds))
        _second = (seconds, text)
    return text


def rfc3339(time_ns: int) -> str:
    """The time in UTC with nanoseconds: ``2026-01-31T13:03:21.482000000Z``."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def rfc3339_or_none(time_ns: int) -> str | None:
    """The same; None for 0, which stands for no time, and for what a hostile file says that no calendar has."""
    try:
        return rfc3339(time_ns) if time_ns else None
    except (ValueError, OverflowError, OSError):
        return None


def count_text(count: int, noun: str, plural: str = "") -> str:
    """``1 line``, ``12,345 lines``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
