"""Readings of numbers: what a varint, and four or eight fixed bytes, could be, the likeliest first.

A varint is a number as it stands, negative where its 64 bits say so; an odd one could be a negative `sint`, 0 and 1 a
`bool`, and a number between the years 2001 and 2040 a time. Enums are numbers. Fixed bytes are a floating-point
number if that has an everyday magnitude, for an integer's bits hardly ever do; else an integer.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = [
    "FIXED32",
    "FIXED64",
    "Kind",
    "Reading",
    "fixed_readings",
    "is_everyday",
    "real_number",
    "varint_readings",
]


class Kind(enum.Enum):
    """What a value is read as: the names of the Protobuf types, and a few of our own."""

    VARINT = "varint"
    """uint64, uint32, an enum, or an int64 or int32 that is not negative: they read alike."""
    INT = "int64"
    SINT = "sint64"
    BOOL = "bool"
    TIME = "time"
    DOUBLE = "double"
    FIXED64 = "fixed64"
    SFIXED64 = "sfixed64"
    FLOAT = "float"
    FIXED32 = "fixed32"
    SFIXED32 = "sfixed32"
    GROUP = "group"
    MESSAGE = "message"
    STRING = "string"
    BYTES = "bytes"
    PACKED_VARINT = "packed varint"
    PACKED_DOUBLE = "packed double"
    PACKED_FLOAT = "packed float"


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a field.

    `value` is the number, the time (``2026-03-02T14:03:21.482Z``), the text of at most the first 65,536 bytes, or the
    first 32 of the packed numbers; None for messages, groups and bytes, whose value is the field's content.
    """

    kind: Kind
    value: int | float | bool | str | tuple[int | float, ...] | None = None


def varint_readings(value: int) -> tuple[Reading, ...]:
    """Readings of the 64 bits of a varint."""
    zigzag = Reading(Kind.SINT, (value >> 1) ^ -(value & 1))
    if value >> 63:
        return Reading(Kind.INT, value - (1 << 64)), Reading(Kind.VARINT, value), zigzag
    found = [Reading(Kind.VARINT, value), *time_readings(value)]
    if value < 2:
        found.append(Reading(Kind.BOOL, bool(value)))
    if value:
        found.append(zigzag)
    return tuple(found)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = range(1_000_000_000, 2_208_988_800)


def time_readings(value: int) -> list[Reading]:
    """The time that `value` could be, in seconds, milliseconds, microseconds or nanoseconds since 1970."""
    for digits in (0, 3, 6, 9):
        unit = 10**digits
        if value // unit in SECONDS:
            second = (EPOCH + timedelta(seconds=value // unit)).strftime("%Y-%m-%dT%H:%M:%S")
            fraction = f".{value % unit:0{digits}d}" if digits else ""
            return [Reading(Kind.TIME, f"{second}{fraction}Z")]
    return []


@dataclass(frozen=True, slots=True)
class FixedKinds:
    """The readings of so many fixed bytes."""

    bits: int
    real: Kind
    packed: Kind
    unsigned: Kind
    signed: Kind
    layout: str
    everyday: tuple[float, float]
    """Magnitudes between which a floating-point number is likelier than an integer with these bits."""


FIXED64 = FixedKinds(64, Kind.DOUBLE, Kind.PACKED_DOUBLE, Kind.FIXED64, Kind.SFIXED64, "d", (1e-12, 1e18))
FIXED32 = FixedKinds(32, Kind.FLOAT, Kind.PACKED_FLOAT, Kind.FIXED32, Kind.SFIXED32, "f", (1e-6, 1e9))


def fixed_readings(value: int, kinds: FixedKinds) -> tuple[Reading, ...]:
    """Readings of four or eight bytes, given as an unsigned number."""
    number = real_number(value.to_bytes(kinds.bits // 8, "little"), kinds)
    real = Reading(kinds.real, number)
    negative = value >> (kinds.bits - 1)
    signed = [Reading(kinds.signed, value - (1 << kinds.bits))] if negative else []
    whole = [*signed, Reading(kinds.unsigned, value), *time_readings(value)]
    if value and is_everyday(number, kinds):
        return real, *whole
    return *whole, real


def real_number(data: bytes, kinds: FixedKinds) -> float:
    """The floating-point number in `data`; a float is given with the few digits that it was written with."""
    number: float = struct.unpack(f"<{kinds.layout}", data)[0]
    return float(f"{number:.7g}") if kinds is FIXED32 else number


def is_everyday(number: float, kinds: FixedKinds) -> bool:
    """True for a magnitude that people and machines measure in; NaN has none."""
    low, high = kinds.everyday
    return low <= abs(number) <= high
