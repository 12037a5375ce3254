"""Numbers and records as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.wire.walker import read_varint, walk
from paperknife_decoders.wire.writing import length_delimited, varint


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02"), (2**64 - 1, "ffffffffffffffffff01")],
)
def test_examples(number, written) -> None:
    """The lowest bits come first, and no byte is needed to say that nothing follows."""
    assert varint(number).hex() == written


@given(st.integers(0, 2**64 - 1))
def test_varints(number) -> None:
    """What is written as a varint is read as it was."""
    assert read_varint(varint(number), 0, 10) == (number, len(varint(number)))


@given(st.integers(1, 2**29 - 1), st.binary(max_size=300))
def test_records(number, content) -> None:
    """A record is one field with its content, to the end."""
    data = length_delimited(number, content)
    (field,) = walk(data)
    assert (field.number, data[field.content : field.content_end], field.end) == (number, content, len(data))
