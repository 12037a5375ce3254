"""What a varint and fixed bytes are read as."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.wire.number_readings import FIXED32, FIXED64, Kind, fixed_readings, varint_readings

VARINTS = [
    (0, [(Kind.VARINT, 0), (Kind.BOOL, False)]),
    (1, [(Kind.VARINT, 1), (Kind.BOOL, True), (Kind.SINT, -1)]),
    (7, [(Kind.VARINT, 7), (Kind.SINT, -4)]),
    (150, [(Kind.VARINT, 150), (Kind.SINT, 75)]),
    (2**64 - 5, [(Kind.INT, -5), (Kind.VARINT, 2**64 - 5), (Kind.SINT, -(2**63) + 2)]),
    (1_772_460_201, [(Kind.VARINT, 1_772_460_201), (Kind.TIME, "2026-03-02T14:03:21Z"), (Kind.SINT, -886230101)]),
]

TIMES = [
    (999_999_999, None),
    (1_000_000_000, "2001-09-09T01:46:40Z"),
    (1_772_460_201_482, "2026-03-02T14:03:21.482Z"),
    (1_772_460_201_482_007, "2026-03-02T14:03:21.482007Z"),
    (1_772_460_201_000_000_001, "2026-03-02T14:03:21.000000001Z"),
    (2_208_988_800, None),
]


@pytest.mark.parametrize(("value", "expected"), VARINTS)
def test_varints(value, expected):
    """The number as it stands comes first, a negative one where the 64 bits say so; then what else it could be."""
    assert [(reading.kind, reading.value) for reading in varint_readings(value)] == expected


@pytest.mark.parametrize(("value", "expected"), TIMES)
def test_times(value, expected):
    """A number between 2001 and 2040 in seconds, milliseconds, microseconds or nanoseconds could be a time."""
    times = [reading.value for reading in varint_readings(value) if reading.kind is Kind.TIME]
    assert times == ([expected] if expected else [])


def bits(layout: str, number: float) -> int:
    """The bits of a number as an unsigned one."""
    return int.from_bytes(struct.pack(f"<{layout}", number), "little")


FIXED = [
    (FIXED64, bits("d", 5021.25), Kind.DOUBLE, 5021.25),
    (FIXED64, bits("d", -0.25), Kind.DOUBLE, -0.25),
    (FIXED64, 0, Kind.FIXED64, 0),
    (FIXED64, 12, Kind.FIXED64, 12),
    (FIXED64, bits("q", -12), Kind.SFIXED64, -12),
    (FIXED64, 1_772_460_201_000_000_001, Kind.FIXED64, 1_772_460_201_000_000_001),
    (FIXED64, bits("d", math.inf), Kind.FIXED64, 0x7FF0 << 48),
    (FIXED64, bits("d", 1e300), Kind.FIXED64, bits("d", 1e300)),
    (FIXED32, bits("f", 1.1), Kind.FLOAT, 1.1),
    (FIXED32, bits("f", -5021.25), Kind.FLOAT, -5021.25),
    (FIXED32, 12, Kind.FIXED32, 12),
    (FIXED32, bits("i", -12), Kind.SFIXED32, -12),
    (FIXED32, 1_772_460_201, Kind.FIXED32, 1_772_460_201),
]


@pytest.mark.parametrize(("kinds", "value", "kind", "number"), FIXED)
def test_fixed_bytes(kinds, value, kind, number):
    """A floating-point number of everyday magnitude wins over an integer, and nothing else does."""
    best = fixed_readings(value, kinds)[0]
    assert (best.kind, best.value) == (kind, number)


@given(st.integers(0, 2**64 - 1))
def test_every_number_has_readings(value):
    """Any bits can be read, and no reading is given twice."""
    for found in (varint_readings(value), fixed_readings(value, FIXED64), fixed_readings(value >> 32, FIXED32)):
        kinds = [reading.kind for reading in found]
        assert kinds
        assert len(set(kinds)) == len(kinds)


@given(st.integers(-(2**63), 2**63 - 1))
def test_zigzag(number):
    """A sint64 is among the readings of its own encoding (zigzag)."""
    encoded = ((number << 1) ^ (number >> 63)) & (2**64 - 1)
    assert number in [reading.value for reading in varint_readings(encoded)]
