"""What was written is what is read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import NUMBERS, parsed, random_type, wire_type_of

from paperknife_decoders.splice import SpliceError
from paperknife_decoders.splice.decoding import decoded
from paperknife_decoders.splice.scalars import encode_scalar
from paperknife_decoders.wire.writing import varint


def numbers():
    kinds = [random_type(seed) for seed in range(12)]
    return [field for kind in kinds for field in kind.fields if field.type in NUMBERS and not field.is_repeated]


@given(st.sampled_from(numbers()), st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, 2, -3]))
def test_round_trips(field, value) -> None:
    """What a number's content means is what was written, to us and to the library; or it does not fit, in words."""
    try:
        content = encode_scalar(value, field)
    except SpliceError:
        return
    number = decoded(content, field)
    if not math.isnan(value):
        assert number == pytest.approx(value, rel=1e-6, abs=1e-30)
    message = parsed(field.containing_type, varint(field.number << 3 | wire_type_of(field)) + content)
    assert math.isnan(number) or getattr(message, field.name) == number
