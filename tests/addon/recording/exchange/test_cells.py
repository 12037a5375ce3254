"""Values as the cells of a table."""

from __future__ import annotations

import math

import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.exchange.cells import (
    FORMULA,
    SCALARS,
    bytes_cell,
    duration_cell,
    json_cell,
    scalar_cell,
    text_cell,
    timestamp_cell,
)
from paperknife_decoders.values import DECIMAL

TEXTS = {
    "": "",
    "ESZ6": "ESZ6",
    "-12.50": "-12.50",
    "5021.50": "5021.50",
    "-1e5": "-1e5",
    "=1+1": "'=1+1",
    '=HYPERLINK("x")': '\'=HYPERLINK("x")',
    "+49 30": "'+49 30",
    "+1": "'+1",
    "-": "'-",
    "-1-cmd|' /C calc'!A0": "'-1-cmd|' /C calc'!A0",
    "@SUM(1)": "'@SUM(1)",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "\n=1": "'\n=1",
    "'quoted": "''quoted",
    "a=b": "a=b",
}


@pytest.mark.parametrize(("text", "cell"), TEXTS.items(), ids=repr)
def test_text(text, cell):
    """Text stays as it is but for what a spreadsheet would run; numbers stay numbers."""
    assert text_cell(text) == cell


@given(st.text())
def test_text_comes_back(text):
    """To take one ' off the front of a cell gives the text; no cell that is no number begins like a formula."""
    cell = text_cell(text)
    assert (cell[1:] if cell.startswith("'") else cell) == text
    assert not cell or cell[0] == "'" or cell[0] not in FORMULA or DECIMAL.fullmatch(cell)


def test_a_string_that_is_not_utf_8():
    """proto2 lets such strings through; they are shown with escapes."""
    assert text_cell(b"a\xff") == "a\\xff"


NUMBERS = {
    (SCALARS[5], 0.1): "0.1",
    (SCALARS[5], -0.0): "-0.0",
    (SCALARS[5], 1e300): "1e+300",
    (SCALARS[5], math.inf): "Infinity",
    (SCALARS[5], -math.inf): "-Infinity",
    (SCALARS[5], math.nan): "NaN",
    (SCALARS[6], 0.10000000149011612): "0.1",
    (SCALARS[6], math.nan): "NaN",
    (SCALARS[2], -(1 << 63)): "-9223372036854775808",
    (SCALARS[4], (1 << 64) - 1): "18446744073709551615",
    (SCALARS[7], True): "true",
    (bytes_cell, b""): "",
    (bytes_cell, b"\x00\x12"): "0x0012",
}


@pytest.mark.parametrize(
    ("case", "cell"), NUMBERS.items(), ids=[f"{write.__name__} {value!r}" for write, value in NUMBERS]
)
def test_numbers(case, cell):
    """64-bit integers are exact, floats are the shortest text of the same number, bytes are hex."""
    write, value = case
    assert write(value) == cell


DURATIONS = {
    (0, 0): "0",
    (2, 0): "2",
    (1, 500_000_000): "1.5",
    (0, 1): "0.000000001",
    (0, -1): "-0.000000001",
    (-1, -250_000_000): "-1.25",
    (1, -1): "seconds=1,nanos=-1",
    (0, 1_000_000_000): "seconds=0,nanos=1000000000",
}


@pytest.mark.parametrize(("parts", "cell"), DURATIONS.items(), ids=str)
def test_durations(parts, cell):
    """Durations are exact seconds; what is none shows its two numbers."""
    assert duration_cell(Duration(seconds=parts[0], nanos=parts[1])) == cell


def test_timestamps():
    """RFC 3339 in UTC, with as many decimals as there are."""
    assert timestamp_cell(Timestamp(seconds=1_800_000_000, nanos=5)) == "2027-01-15T08:00:00.000000005Z"


def test_enum_values_that_the_schema_does_not_know():
    """They are their numbers, so that the column keeps its kind of value."""
    label = scalar_cell(FieldDescriptorProto.DESCRIPTOR.fields_by_name["label"])
    assert [label(3), label(77)] == ["LABEL_REPEATED", "77"]


def test_json():
    """JSON without spaces, in its own letters."""
    assert json_cell({"a": ["é", 1]}) == '{"a":["é",1]}'
