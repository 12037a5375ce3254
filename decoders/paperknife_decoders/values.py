"""Single values in words: numbers, enum names, times, durations, decimals.

Everything here turns one value into text that fits into a line. Text that comes from a peer stays raw: whoever places
it quotes and escapes it by its own rules, YAML's in `tree`, a line's in `summary`.

The well-known types are documented at https://protobuf.dev/reference/protobuf/google.protobuf/.
"""

from __future__ import annotations

import datetime
import math
import re
import struct
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

__all__ = [
    "DECIMAL",
    "NO_NAME",
    "Dynamic",
    "bool_text",
    "clock_of",
    "duration_words",
    "enum_names",
    "float32_text",
    "float_text",
    "is_timestamp",
    "scalar_words",
    "stands_for",
    "timestamp_words",
    "words_of",
]

Dynamic = Any
"""A message of a type that is known only at run time, or a value of one of its fields. No static type describes it."""

DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{1,99})?(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
"""A number as JSON and YAML write it. A decimal string that matches is shown bare, any other one as text."""

NO_NAME = "?"
"""What follows the number of an enum value that has no name in this schema."""

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""What a Timestamp can hold: the years 1 to 9999."""

NANOS_PER_SECOND = 1_000_000_000
EPOCH = datetime.datetime(1970, 1, 1)

UNITS = ((86_400 * NANOS_PER_SECOND, "d"), (3600 * NANOS_PER_SECOND, "h"), (60 * NANOS_PER_SECOND, "m"))
SMALL_UNITS = ((NANOS_PER_SECOND, "s"), (1_000_000, "ms"), (1000, "us"), (1, "ns"))


# Numbers


def float_text(value: float) -> str:
    """The shortest text that reads back as the same double: ``0.1``, ``-0.0``, ``1e+300``, ``nan``, ``inf``."""
    return repr(value)


def float32_text(value: float) -> str:
    """The shortest text that reads back as the same single-precision number: 0.1, not 0.10000000149011612."""
    if not math.isfinite(value):
        return repr(value)
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if to_float32(short) == value:
            return repr(short)
    return repr(float(f"{value:.9g}"))


def to_float32(value: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:  # rounded up beyond the largest single
        return float("inf")


def bool_text(value: object) -> str:
    return "true" if value else "false"


class EnumNames(dict[int, str]):
    """Number to name, with a number that has no name shown as such: ``9?``."""

    def __missing__(self, number: int) -> str:
        return f"{number}{NO_NAME}"


def enum_names(enum: EnumDescriptor) -> EnumNames:
    """The names of `enum` by number; of several names for one number the first declared is taken."""
    return EnumNames({value.number: value.name for value in reversed(enum.values)})


def scalar_words(field: FieldDescriptor) -> Callable[[Any], str] | None:
    """How one value of a number, bool or enum field is written; None for strings, bytes and messages."""
    if field.enum_type is not None:
        return enum_names(field.enum_type).__getitem__
    return SCALARS.get(field.cpp_type)


SCALARS: dict[int, Callable[[Any], str]] = {
    FieldDescriptor.CPPTYPE_INT32: str,
    FieldDescriptor.CPPTYPE_INT64: str,
    FieldDescriptor.CPPTYPE_UINT32: str,
    FieldDescriptor.CPPTYPE_UINT64: str,
    FieldDescriptor.CPPTYPE_DOUBLE: float_text,
    FieldDescriptor.CPPTYPE_FLOAT: float32_text,
    FieldDescriptor.CPPTYPE_BOOL: bool_text,
}


# Times


def timestamp_words(seconds: int, nanos: int) -> str:
    """RFC 3339 in UTC with 0, 3, 6 or 9 decimals; what is no time is shown as its two numbers."""
    if not FIRST_SECOND <= seconds <= LAST_SECOND or not 0 <= nanos < NANOS_PER_SECOND:
        return two_numbers(seconds, nanos)
    return f"{(EPOCH + datetime.timedelta(seconds=seconds)).isoformat()}{fraction(nanos)}Z"


def clock_of(time: Dynamic) -> str:
    """The time of the day of a Timestamp, in UTC: ``14:03:21.482``."""
    seconds, nanos = time.seconds, time.nanos
    if not FIRST_SECOND <= seconds <= LAST_SECOND or not 0 <= nanos < NANOS_PER_SECOND:
        return two_numbers(seconds, nanos)
    decimals = fraction(nanos) if nanos % 1_000_000 else MILLIS[nanos // 1_000_000]
    return f"{MINUTES[seconds // 60 % 1440]}{TWO_DIGITS[seconds % 60]}{decimals}"


MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))
TWO_DIGITS = tuple(f"{second:02d}" for second in range(60))
MILLIS = ("", *(f".{millis:03d}" for millis in range(1, 1000)))
"""Nearly every line has a time on it: looking words up takes half as long as formatting them."""


def fraction(nanos: int) -> str:
    """The decimals of a second, in steps of three."""
    if not nanos:
        return ""
    if nanos % 1_000_000 == 0:
        return f".{nanos // 1_000_000:03d}"
    return f".{nanos // 1000:06d}" if nanos % 1000 == 0 else f".{nanos:09d}"


def duration_words(seconds: int, nanos: int) -> str:
    """A duration as people write it: ``20s``, ``1.5s``, ``3m20s``, ``2d3h``, ``250ms``, ``-5s``."""
    if not nanos and 0 <= seconds < 60:
        return f"{seconds}s"
    if abs(nanos) >= NANOS_PER_SECOND or seconds * nanos < 0:
        return two_numbers(seconds, nanos)
    total = abs(seconds * NANOS_PER_SECOND + nanos)
    sign = "-" if seconds < 0 or nanos < 0 else ""
    parts = []
    if total >= UNITS[-1][0]:
        for size, unit in UNITS:
            count, total = divmod(total, size)
            if count:
                parts.append(f"{count}{unit}")
    if total:
        parts.append(small_duration(total, with_seconds=bool(parts)))
    return sign + "".join(parts)


def small_duration(nanos: int, *, with_seconds: bool) -> str:
    """Less than a minute, in the largest unit that leaves a whole part (or in seconds, after minutes)."""
    for size, unit in SMALL_UNITS:
        if nanos >= size or with_seconds:
            whole, rest = divmod(nanos, size)
            decimals = f"{rest:0{len(str(size)) - 1}d}".rstrip("0") if rest else ""
            return f"{whole}.{decimals}{unit}" if decimals else f"{whole}{unit}"
    return f"{nanos}ns"


def two_numbers(seconds: int, nanos: int) -> str:
    """A Timestamp or Duration that is out of its range: nothing is hidden, nothing made up."""
    return f"seconds={seconds},nanos={nanos}"


# Messages that stand for one value


def money_words(units: int, nanos: int, currency: str) -> str:
    """An amount with at least two decimals where it has any, and its currency: ``12.50 USD``."""
    if abs(nanos) >= NANOS_PER_SECOND or units * nanos < 0:
        return f"units={units},nanos={nanos} {currency}".rstrip()
    sign = "-" if units < 0 or nanos < 0 else ""
    decimals = f"{abs(nanos):09d}".rstrip("0")
    amount = f"{sign}{abs(units)}.{decimals:0<2}" if decimals else f"{units}"
    return f"{amount} {currency}".rstrip()


TIME_FIELDS = frozenset({"seconds", "nanos"})
WELL_KNOWN: dict[str, tuple[frozenset[str], Callable[[Any], str]]] = {
    "google.protobuf.Timestamp": (TIME_FIELDS, lambda time: timestamp_words(time.seconds, time.nanos)),
    "google.protobuf.Duration": (TIME_FIELDS, lambda time: duration_words(time.seconds, time.nanos)),
    "google.protobuf.FieldMask": (frozenset({"paths"}), lambda mask: ",".join(mask.paths)),
    "google.type.Money": (
        frozenset({"units", "nanos", "currency_code"}),
        lambda money: money_words(money.units, money.nanos, money.currency_code),
    ),
}
"""By full name: the fields that the type must have (a schema may define anything under any name) and how it is said."""


def words_of(descriptor: Descriptor) -> Callable[[ProtoMessage], str] | None:
    """How a message of this type is said in a word or two; None where it is not one of those."""
    needed, words = WELL_KNOWN.get(descriptor.full_name, (None, None))
    return words if needed is not None and needed <= set(descriptor.fields_by_name) else None


def is_timestamp(descriptor: Descriptor) -> bool:
    """True for google.protobuf.Timestamp."""
    return descriptor.full_name == "google.protobuf.Timestamp" and words_of(descriptor) is not None


def stands_for(descriptor: Descriptor) -> FieldDescriptor | None:
    """The one field that a message of this type stands for, or None.

    So it is with the wrappers (google/protobuf/wrappers.proto), with google.type.Decimal, and with any type whose only
    field is a singular ``string value``: the usual way to carry a decimal number.
    """
    if len(descriptor.fields) != 1 or descriptor.is_extendable:
        return None
    field = descriptor.fields[0]
    if field.name != "value" or field.is_repeated or field.message_type is not None:
        return None
    is_wrapper = descriptor.full_name.startswith("google.protobuf.") and descriptor.full_name.endswith("Value")
    return field if is_wrapper or field.type == FieldDescriptor.TYPE_STRING else None
