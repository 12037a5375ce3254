"""JSON that need not fit into memory."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.recording.exchange.json_stream import JsonError, JsonStream

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def slowly(data: bytes, size: int):
    """What reads so many bytes at a time, whatever is asked for."""
    stream = io.BytesIO(data)
    return lambda _: stream.read(size)


def walked(stream: JsonStream):
    """The next value, walked through as far as possible."""
    match stream.peek():
        case "{":
            return {name: walked(stream) for name in stream.members()}
        case "[":
            return [walked(stream) for _ in stream.elements()]
    return stream.value()


@settings(max_examples=60)
@given(JSON, st.integers(1, 7), st.sampled_from([None, 2]), st.booleans())
def test_any_json_in_any_chunks(value, size, indent, escaped):
    """Walked through or read whole, a value is the same however it comes."""
    data = json.dumps(value, indent=indent, ensure_ascii=escaped).encode("utf-8")
    assert walked(JsonStream(slowly(data, size))) == value
    assert JsonStream(slowly(data, size)).value() == value


@given(st.binary(max_size=60) | st.text('{}[]",:0123456789.eE- \\untrfals').map(str.encode), st.integers(1, 5))
def test_any_bytes_are_read_or_refused(data, size):
    """Nothing but `JsonError` is raised for anything."""
    stream = JsonStream(slowly(data, size))
    try:
        walked(stream)
    except JsonError as error:
        assert "character" in str(error)


def test_numbers_are_exact():
    """A time in seconds keeps its nanoseconds."""
    assert JsonStream(io.BytesIO(b"1800000000.123456789").read).value() == Decimal("1800000000.123456789")


def test_a_byte_order_mark_is_passed_over():
    """Some programs write one."""
    assert JsonStream(io.BytesIO(b"\xef\xbb\xbf[1]").read).value() == [1]


FAULTS = {
    b"": "the file ends early",
    b'{"a": 1': "the file ends early",
    b'{"a": "b': "the file ends early",
    b'{"a" 1}': "':' was expected, and '1' was found at character 5",
    b"{1: 2}": "the name of a member was expected at character 1",
    b'{"a": 1 "b": 2}': "',' was expected, and '\"' was found at character 8",
    b'{"a": x' + b" " * 99 + b"}": "expecting value at character 6",
    b'{"a": ' + b"[" * 100_000 + b"}": "nested too deeply",
    b'{"a": ' + b"9" * 10_000 + b"}": "a number that is too long",
    b'{"a": "\xff"}': "text that is not UTF-8",
}


@pytest.mark.parametrize(("data", "what"), FAULTS.items(), ids=[data[:12] for data in FAULTS])
def test_faults_say_what_and_where(data, what):
    """Each fault is told with its place."""
    with pytest.raises(JsonError) as raised:
        walked_once(JsonStream(io.BytesIO(data).read))
    assert what in str(raised.value)


def walked_once(stream: JsonStream):
    return {name: stream.value() for name in stream.members()}


def test_a_value_that_is_too_long_is_refused():
    """No value is held that is longer than the limit, however long the file is."""
    endless = lambda size: b"a" * size  # noqa: E731
    first = iter([b'{"a": "'])
    stream = JsonStream(lambda size: next(first, b"") or endless(size), longest=1 << 20)
    with pytest.raises(JsonError, match="a value of more than 1,048,576 characters"):
        walked_once(stream)
