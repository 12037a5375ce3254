"""Typed netstrings, compared with mitmproxy's own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mitmproxy.io import tnetstring

from paperknife.recording.exchange.netstrings import DICT, LIST, NetstringError, elements, members, node_at, scalar

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


def value_of(data: bytes, node):
    """A value as Python has it."""
    if node.kind == LIST:
        return [value_of(data, element) for element in elements(data, node)]
    if node.kind == DICT:
        return {name: value_of(data, value) for name, value in members(data, node).items()}
    return scalar(data, node)


@settings(max_examples=60)
@given(VALUES)
def test_what_mitmproxy_writes(value):
    """Any value that mitmproxy writes is read as it was."""
    data = tnetstring.dumps(value)
    node = node_at(data, 0, len(data))
    assert node.end + 1 == len(data)
    assert value_of(data, node) == value


@given(
    st.binary(max_size=40)
    | VALUES.map(tnetstring.dumps).flatmap(lambda data: st.permutations(list(data[:40])).map(bytes))
)
def test_anything_is_read_or_refused(data):
    """Nothing but `NetstringError` is raised for anything."""
    try:
        value_of(data, node_at(data, 0, len(data)))
    except NetstringError as error:
        assert "byte" in str(error)


FAULTS = {
    b"": "the size of a value was expected at byte 0",
    b"x": "the size of a value was expected at byte 0",
    b"3:ab,": "the value of 3 bytes at byte 0 is cut off",
    b"999999999999:a,": "is cut off",
    b"9999999999999:a,": "the size of a value was expected",
    b"-1:,": "the size of a value was expected",
    b"1:x#": "not of its kind",
    b"1:x!": "not of its kind",
    b"1:x~": "not of its kind",
    b"1:\xff;": "not of its kind",
    b"1:x?": "a single value was expected",
}


@pytest.mark.parametrize(("data", "what"), FAULTS.items(), ids=repr)
def test_faults(data, what):
    """Each fault is told with its place."""
    with pytest.raises(NetstringError, match=what):
        value_of(data, node_at(data, 0, len(data)))
