"""Messages of one time come in the order of their sequence, in files by other tools."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.data_stream import RecordBuilder
from mcap.records import Header

from paperknife.recording.ordering import in_order
from paperknife.recording.records import Op


def header(library):
    """The body of a Header record."""
    builder = RecordBuilder()
    Header("paperknife", library).write(builder)
    return Op.HEADER, builder.end()[9:]


def message(sequence, time_ns):
    """A message."""
    return Op.MESSAGE, struct.pack("<HIQQ", 0, sequence, time_ns, time_ns)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3))))
def test_files_of_another_tool(messages):
    """Within a time by sequence; times stay as they came."""
    found = list(in_order([header("mcap go v1"), *(message(*each) for each in messages)]))[1:]
    unpacked = [struct.unpack_from("<HIQ", body)[1:] for _, body in found]
    assert [time_ns for _, time_ns in unpacked] == [time_ns for _, time_ns in messages]
    assert all(one[0] <= other[0] for one, other in pairwise(unpacked) if one[1] == other[1])


@pytest.mark.parametrize("first", [header("paperknife"), (Op.METADATA, b"")])
def test_files_of_ours(first):
    """They are taken as they are, and so is what has no message."""
    records = [first, *((Op.CHANNEL, bytes([number])) for number in range(4))]
    assert list(in_order(records)) == records


def test_what_comes_between():
    """Channels come before the messages that stood around them; a record that is too short is left where it is."""
    records = [header("x"), message(2, 1), (Op.CHANNEL, b"c"), message(1, 1), (Op.MESSAGE, b"short")]
    assert list(in_order(records)) == [records[0], records[2], records[4], records[3], records[1]]
