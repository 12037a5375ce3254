"""Decimal numbers as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.demo.decimals import decimal_or_none, decimal_text


@pytest.mark.parametrize("text", ["0", "5021.25", "-0.5", "0.00005", "999999999999.999999999"])
def test_a_number_is_read_and_written_as_it_is(text):
    """What was read is written back with the same digits."""
    number = decimal_or_none(text)
    assert number is not None
    assert decimal_text(number) == text


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1.", ".5", "1e9", "1_000", "1,000", "nan", "inf", "+1", "٣", "1" * 13, "1\n", "0x1"]
)
def test_what_is_no_number(text):
    """Anything else is none, however Python would read it."""
    assert decimal_or_none(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text):
    """No text raises."""
    assert decimal_or_none(text) is None or Decimal(text) == decimal_or_none(text)


def test_small_numbers_have_no_exponent():
    """As the schema promises."""
    assert decimal_text(Decimal("0.00001") / 1000) == "0.00000001"
