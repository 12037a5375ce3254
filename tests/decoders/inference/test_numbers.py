"""What numbers have in common."""

import struct

import pytest

from paperknife_decoders.inference.numbers import Fixed, Varints, varint_size
from paperknife_decoders.unknown import varint

VARINTS = {
    "one": ([7], (7, 7, {7})),
    "both signs": ([3, (1 << 64) - 2, 5], (-2, 5, {3, -2, 5})),
    "many": (range(20), (0, 19, None)),
}


@pytest.mark.parametrize(("values", "expected"), VARINTS.values(), ids=VARINTS)
@pytest.mark.parametrize("at", [0, 1, 100])
def test_varints(values, expected, at):
    """Bounds are those of int64, few values are kept; two sketches that are merged know what one would."""
    first, second = Varints(), Varints()
    for index, value in enumerate(values):
        (first if index < at else second).add(value)
    first.merge(second)
    assert (first.low, first.high, first.values) == expected
    assert first.count == len(values)


ZIGZAG = {
    "a counter": (range(20), False),
    "even only": ([4, 2, 8, 6] * 5, False),
    "up and down": ([3, 2, 9, 4, 7, 6, 1, 8, 5, 2], True),
    "too few": ([3, 2, 1], False),
}


@pytest.mark.parametrize(("values", "expected"), ZIGZAG.values(), ids=ZIGZAG)
def test_zigzag(values, expected):
    """Numbers that could have a sign in their lowest bit are odd and even, and do not just count up."""
    varints = Varints()
    for value in values:
        varints.add(value)
    assert varints.may_be_zigzag is expected


FIXED = {
    "doubles": (8, [5021.25, 0.0, -3.5], True),
    "floats": (4, [0.5, 100.0], True),
    "zeros only": (8, [0.0, 0.0], False),
    "an integer among them": (8, [5021.25, 7], False),
    "integers": (4, [7, 1 << 31], False),
}


@pytest.mark.parametrize(("size", "values", "expected"), FIXED.values(), ids=FIXED)
def test_fixed(size, values, expected):
    """All samples but zeros have to have an everyday magnitude to be floating-point numbers."""
    fixed, other = Fixed.of(size), Fixed.of(size)
    for value in values:
        data = (
            struct.pack("<d" if size == 8 else "<f", value)
            if isinstance(value, float)
            else value.to_bytes(size, "little")
        )
        other.add(int.from_bytes(data, "little"))
    fixed.merge(other)
    assert fixed.is_real is expected


@pytest.mark.parametrize("value", [0, 1, 127, 128, 16383, 16384, (1 << 32) - 1, (1 << 63), (1 << 64) - 1])
def test_varint_size(value):
    """As many bytes as are written."""
    assert varint_size(value) == len(varint(value))
