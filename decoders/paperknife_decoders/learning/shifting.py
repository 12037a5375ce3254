"""Times moved by a span, so that a recorded message looks as if it were said now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, partial

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.moments import FIRST, LAST, LONGEST_TIME, UNITS
from paperknife_decoders.pairing import snake
from paperknife_decoders.sites import Shape, Site, Sites, content_field, items_of
from paperknife_decoders.splice import Set
from paperknife_decoders.values import FIRST_SECOND, LAST_SECOND, NANOS_PER_SECOND, Dynamic, is_timestamp
from paperknife_decoders.volatile import names_time

__all__ = ["shifted"]

DEEPEST = 100

NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), 1 << 31),
    FieldDescriptor.CPPTYPE_UINT32: (0, 1 << 32),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), 1 << 63),
    FieldDescriptor.CPPTYPE_UINT64: (0, 1 << 64),
    FieldDescriptor.CPPTYPE_DOUBLE: (-float("inf"), float("inf")),
}
"""The kinds of numbers that can be times, and what they can hold."""

SAID_UNITS = {
    "ms": 1_000,
    "millis": 1_000,
    "us": 1_000_000,
    "micros": 1_000_000,
    "ns": 1_000_000_000,
    "nanos": 1_000_000_000,
}
"""The last words of names that say a unit: a second and a half in ``took_ns`` is no time in seconds since 1970."""

TIME_TEXT = re.compile(
    r"(?P<date>\d{4}(?P<dash>-?)\d\d(?P=dash)\d\d)(?P<between>[T -])(?P<time>\d\d(?P<colon>:?)\d\d(?P=colon)\d\d)"
    r"(?P<fraction>[.,]\d{1,9})?(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
"""A date and a time of ISO 8601, or of FIX (``20260102-03:04:05.123``)."""

type Moved = int | float | str | None
type Moving = Callable[[Dynamic, int], Moved]
"""From a value and nanoseconds to the value so much later; None where it stays."""
type Where = Site[None, Moving]


class Choosing:
    """Says which fields may be times: Timestamps, and numbers and texts that are called like times."""

    start = None

    def choose(self, state: None, field: FieldDescriptor) -> tuple[None, Moving | None]:
        """What moves the values of a field."""
        content = content_field(field)
        if content.message_type is not None:
            return None, moved_timestamp if is_timestamp(content.message_type) else None
        if not names_time(field.name):
            return None, None
        if content.type == FieldDescriptor.TYPE_STRING:
            return None, moved_text
        return None, moving_numbers(field.name, content.cpp_type) if content.cpp_type in NUMBERS else None

    def may_choose(self, field: FieldDescriptor) -> bool:
        """False for a field that is no time wherever it lies."""
        return self.choose(None, field)[1] is not None


@lru_cache(maxsize=64)
def sites_for(kind: EnvelopeType) -> Sites[None, Moving]:
    """Where the times in envelopes of a type are."""
    return Sites(Choosing())


def shifted(envelope: Envelope, delta_ns: int) -> tuple[Set, ...]:
    """The changes that move the times in an envelope by so many nanoseconds; never raises.

    These are its Timestamps at any depth, and in fields that are called like times (`paperknife_decoders.volatile`)
    numbers since 1970 in seconds, milli-, micro- or nanoseconds, which of them their name or size tells, and texts of
    ISO 8601 and FIX, which stay as they are written. What is zero or unset stays, and so does what would be no time any
    more. The contents of an Any are left as they are.
    """
    if envelope.type is None or envelope.message is None or not delta_ns:
        return ()
    sites = sites_for(envelope.type).of_envelope(envelope)
    return tuple(changes(envelope.message, sites, delta_ns, "", 0)) if sites else ()


def changes(message: Dynamic, sites: list[Where], delta_ns: int, path: str, depth: int) -> list[Set]:
    """The changes in a message at `path`."""
    found: list[Set] = []
    for site in sites if depth < DEEPEST else ():
        if site.is_set is not None and not site.is_set(message):
            continue
        value = site.get(message)
        if site.shape is Shape.ONE:
            found += changes_at(site, value, delta_ns, f"{path}{site.name}", depth)
        elif value:
            for at, item in items_of(site.shape, value):
                found += changes_at(site, item, delta_ns, f"{path}{site.name}{at}", depth)
    return found


def changes_at(site: Where, value: Dynamic, delta_ns: int, path: str, depth: int) -> Sequence[Set]:
    """The changes in one value of a field."""
    if site.what is None:
        return changes(value, site.inside, delta_ns, f"{path}.", depth + 1)
    moved = site.what(value, delta_ns)
    return () if moved is None else (Set(path, moved),)


def moved_timestamp(time: Dynamic, delta_ns: int) -> int | None:
    """A Timestamp some time later, in nanoseconds since 1970."""
    seconds, nanos = time.seconds, time.nanos
    if not (seconds or nanos) or not 0 <= nanos < NANOS_PER_SECOND or not FIRST_SECOND <= seconds <= LAST_SECOND:
        return None
    moved: int = seconds * NANOS_PER_SECOND + nanos + delta_ns
    return moved if FIRST_SECOND <= moved // NANOS_PER_SECOND <= LAST_SECOND else None


@cache
def moving_numbers(name: str, cpp_type: int) -> Moving:
    """What moves the numbers in a field of this name and kind."""
    said = SAID_UNITS.get(snake(name).rpartition("_")[2])
    return partial(moved_number, units=UNITS if said is None else (said,), bounds=NUMBERS[cpp_type])


def moved_number(
    value: Dynamic, delta_ns: int, units: tuple[int, ...] = UNITS, bounds: tuple[float, float] = (0, 1 << 64)
) -> int | float | None:
    """A number some time later, in its own unit; `bounds` are what its field can hold."""
    for unit in units:
        if FIRST * unit <= value < LAST * unit:
            if isinstance(value, float):
                return value + delta_ns * unit / NANOS_PER_SECOND
            moved = value + delta_ns * unit // NANOS_PER_SECOND
            return moved if bounds[0] <= moved < bounds[1] else None
    return None


def moved_text(text: str, delta_ns: int) -> str | None:
    """A text some time later, written as it was."""
    if len(text) > LONGEST_TIME:
        return None
    if text.isascii() and text.isdecimal():
        moved = moved_number(int(text), delta_ns)
        return None if moved is None else str(moved)
    found = TIME_TEXT.fullmatch(text)
    if found is None:
        return None
    fraction = found["fraction"] or ""
    digits = max(0, len(fraction) - 1)
    try:
        whole = datetime.strptime(found["date"].replace("-", "") + found["time"].replace(":", ""), "%Y%m%d%H%M%S")
        span, rest = divmod(int(fraction[1:].ljust(9, "0")) + delta_ns, NANOS_PER_SECOND)
        later = whole.replace(tzinfo=UTC) + timedelta(seconds=span)
    except (ValueError, OverflowError):
        return None
    dash, colon = found["dash"], found["colon"]
    date = f"{later.year:04}{dash}{later.month:02}{dash}{later.day:02}"
    time = f"{later.hour:02}{colon}{later.minute:02}{colon}{later.second:02}"
    return f"{date}{found['between']}{time}{fraction[:1]}{f'{rest:09}'[:digits]}{found['zone'] or ''}"
