"""Times as a user names them: of a clock, of a calendar, or counted from where a recording begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from paperknife_decoders.expression.literals import duration_from, timestamp_from

__all__ = ["FORMS", "Moment", "MomentError", "parse_moment"]

FORMS = "a time of day (14:03:22.104), a date and time (2026-07-30T14:03:22Z) or a time after the beginning (+10s, +5m)"
"""What can be written."""

MILLISECOND = 10**6
"""Nanoseconds; lines show no finer times."""

CLOCK = re.compile(r"(\d{1,2}:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?(Z|z)?")


class MomentError(ValueError):
    """The sentence why a text is no time."""


type Place = Callable[[int, int | None], int]
"""From where a recording begins and ends (None: not known) to a moment in it; all in nanoseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time in some recording, as the user wrote it."""

    text: str
    place: Place

    def start(self, begin_ns: int, end_ns: int | None = None) -> int:
        """The moment in a recording that begins and ends then, in nanoseconds since the epoch."""
        return self.place(begin_ns, end_ns)

    def end(self, begin_ns: int, end_ns: int | None = None) -> int:
        """Where a time range ends that goes up to here: behind the millisecond that was named, as lines show it."""
        found = self.place(begin_ns, end_ns)
        return found + (1 if found % MILLISECOND else MILLISECOND)


def parse_moment(text: str) -> Moment:
    """The moment that `text` names. Times are those of this machine, as lines show them, where no zone is named.

    A time of day is on the day on which the recording begins, or on the next one where it only reaches it then. Raises
    `MomentError`.
    """
    words = text.strip()
    for reading in (after_beginning, on_calendar, of_day):
        place = reading(words)
        if place is not None:
            return Moment(words, place)
    raise MomentError(f"A time was expected, and {words!r} was found. It may be {FORMS}.")


def after_beginning(text: str) -> Place | None:
    """``+10s``, ``+1m30s``, ``+1.5h``."""
    if not text.startswith("+"):
        return None
    span_ns = duration_from(text[1:])
    if span_ns is None or span_ns < 0:
        raise MomentError(f"A time after the beginning was expected, such as +10s, +1m30s or +250ms, not {text!r}.")
    return lambda begin_ns, _: begin_ns + span_ns


def on_calendar(text: str) -> Place | None:
    """An ISO 8601 date, with or without a time and a zone."""
    try:
        moment = datetime.fromisoformat(text)
        with_zone = text if moment.tzinfo else f"{moment.isoformat()}{offset(moment)}"
    except (ValueError, OverflowError, OSError):
        return None
    whole_ns = timestamp_from(with_zone)
    if whole_ns is None:
        return None
    found = whole_ns if moment.tzinfo else whole_ns + beyond_microseconds(text)
    return lambda *_: found


def offset(moment: datetime) -> str:
    """The zone of this machine at that local time, as ISO 8601 has it."""
    return moment.astimezone().isoformat()[len(moment.isoformat()) :]


def beyond_microseconds(text: str) -> int:
    """Nanoseconds that are written behind the six digits that `datetime` takes."""
    digits = re.search(r"[.,]\d{6}(\d{1,3})", text)
    return int(digits[1].ljust(3, "0")) if digits else 0


def of_day(text: str) -> Place | None:
    """``14:03``, ``14:03:22`` or ``14:03:22.104``."""
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    clock, digits, utc = found.groups()
    try:
        wanted = time.fromisoformat(clock.zfill(5) if clock.count(":") == 1 else clock.zfill(8))
    except ValueError:
        raise MomentError(f"A time of day goes from 00:00:00 to 23:59:59, and {text!r} was found.") from None
    rest_ns = int((digits or "").ljust(9, "0"))
    zone = UTC if utc else None

    def place(begin_ns: int, end_ns: int | None) -> int:
        day = datetime.fromtimestamp(begin_ns // 10**9, zone).date()
        today = on_day(day, wanted, zone) + rest_ns
        if today >= begin_ns - MILLISECOND:
            return today
        tomorrow = on_day(day + timedelta(days=1), wanted, zone) + rest_ns
        return tomorrow if end_ns is not None and tomorrow <= end_ns else today

    return place


def on_day(day: date, clock: time, zone: object) -> int:
    """A time of a day in nanoseconds since the epoch."""
    moment = datetime.combine(day, clock, UTC if zone else None)
    return int(moment.timestamp()) * 10**9
