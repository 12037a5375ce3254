"""The wire walker: fields, spans, errors, and agreement with Google's own parser."""

from __future__ import annotations

from random import Random

import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError as ProtobufDecodeError
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.inference.schemas import random_message, random_type

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.wire.walker import CutShort, WireType, encode, is_wire_format, walk, walk_partly

V, F64, LEN, GROUP, F32 = WireType.VARINT, WireType.FIXED64, WireType.LENGTH, WireType.GROUP, WireType.FIXED32

SOUND = [
    ("", []),
    ("0805", [(1, V, 5)]),
    ("089601", [(1, V, 150)]),
    ("08ffffffffffffffffff01", [(1, V, 2**64 - 1)]),
    ("0a03616263", [(1, LEN, 3)]),
    ("0a00", [(1, LEN, 0)]),
    ("0d01000000", [(1, F32, 1)]),
    ("090100000000000080", [(1, F64, 2**63 + 1)]),
    ("0b0c", [(1, GROUP, 0)]),
    ("0b13140c1001", [(1, GROUP, 2), (2, V, 1)]),
    ("10020801", [(2, V, 2), (1, V, 1)]),
    ("f8ffffff0f01", [(2**29 - 1, V, 1)]),
    # what no encoder writes and parsers take: a tag, a value and a length that are longer than they need to be
    ("888080800001", [(1, V, 1)]),
    ("08808000", [(1, V, 0)]),
    ("0a818080800041", [(1, LEN, 1)]),
    # of ten bytes only 64 bits count
    ("08ffffffffffffffffff7f", [(1, V, 2**64 - 1)]),
]

BROKEN = [
    ("0001", "field number 0", 0),
    ("08010001", "field number 0", 2),
    ("0e", "wire type 6", 0),
    ("0f", "wire type 7", 0),
    ("0c", "the end of group 1, which is not open", 0),
    ("0b14", "the end of group 2, which is not the open one", 1),
    ("08", "a number is cut short", 1),
    ("0896", "a number is cut short", 2),
    ("88", "a number is cut short", 1),
    ("0d0100", "field 1 ends after 2 of its 4 bytes", 3),
    ("0901", "field 1 ends after 1 of its 8 bytes", 2),
    ("0a0561", "field 1 ends after 1 of its 5 bytes", 3),
    ("0b0801", "group 1 is still open", 3),
    ("08ffffffffffffffffffff01", "a varint of more than 10 bytes", 1),
    ("88808080800001", "a tag of more than 32 bits", 0),
    ("f8ffffff7f01", "a tag of more than 32 bits", 0),
    ("0affffffff0f", "more than 2 GiB", 1),
    ("0a81808080800041", "more than 2 GiB", 1),
    ("0b" * 101 + "0c" * 101, "groups nested deeper than 100 levels", 100),
]


@pytest.mark.parametrize(("hexed", "fields"), SOUND)
def test_sound_bytes(hexed, fields):
    """Each field is told by number, wire type and value, and the fields side by side are the input again."""
    data = bytes.fromhex(hexed)
    found = walk(data)
    assert [(field.number, field.wire_type, field.value) for field in found] == fields
    assert encode(data, found) == data


@pytest.mark.parametrize(("hexed", "reason", "offset"), BROKEN)
def test_broken_bytes(hexed, reason, offset):
    """What is wrong, and at which byte."""
    data = bytes.fromhex(hexed)
    with pytest.raises(DecodeError) as caught:
        walk(data)
    assert reason in caught.value.reason
    assert caught.value.offset == offset
    assert not is_wire_format(data)


def test_spans_of_an_overlong_field():
    """The spans part tag, length and content, whatever their sizes."""
    data = bytes.fromhex("0801928080008380006162631801")
    field = walk(data)[1]
    assert (field.start, field.body, field.content, field.content_end, field.end) == (2, 6, 9, 12, 12)
    assert data[field.content : field.content_end] == b"abc"


def test_spans_of_a_group():
    """A group's content lies between its two tags."""
    data = bytes.fromhex("0b100113140c")
    field = walk(data)[0]
    assert (field.content, field.content_end, field.end) == (1, len(data) - 1, len(data))


def varint(number: int, longer: int = 0) -> bytes:
    """`number` as a varint, by so many bytes longer than needed."""
    data = bytearray()
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    return bytes([*data, number | 128, *[128] * (longer - 1), 0]) if longer else bytes([*data, number])


longer = st.integers(0, 0) | st.integers(0, 2)


@st.composite
def fields(draw: st.DrawFn, inner: st.SearchStrategy[bytes]) -> bytes:
    """One field of any wire type, with varints that may be longer than needed."""
    number = draw(st.integers(1, 20) | st.integers(1, 2**12))
    kind = draw(st.sampled_from([V, F64, LEN, GROUP, F32]))
    tag = varint(number << 3 | kind, draw(longer))
    match kind:
        case WireType.VARINT:
            return tag + varint(draw(st.integers(0, 2**63 - 1)), draw(st.integers(0, 1)))
        case WireType.LENGTH:
            content = draw(inner)
            return tag + varint(len(content), draw(longer)) + content
        case WireType.GROUP:
            return tag + draw(inner) + varint(number << 3 | WireType.GROUP_END, draw(longer))
    return tag + draw(st.binary(min_size=8 if kind is F64 else 4, max_size=8 if kind is F64 else 4))


def rows(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Some fields in a row."""
    return st.lists(fields(inner), max_size=4).map(b"".join)


messages = st.recursive(st.just(b""), rows, max_leaves=12)


@given(messages)
def test_every_byte_of_a_message_has_its_place(data):
    """At each level the fields lie side by side without a gap, and together are the input, byte for byte."""
    levels = [(0, len(data))]
    while levels:
        start, end = levels.pop()
        found = walk(data, start, end)
        position = start
        for field in found:
            assert field.start == position
            assert field.start < field.body <= field.content <= field.content_end <= field.end
            position = field.end
            if field.wire_type is GROUP:
                levels.append((field.content, field.content_end))
        assert position == end
        assert encode(data, found) == data[start:end]


def rebuilt(data: bytes) -> bytes:
    """A message made anew of its fields: each tag as it was, and lengths and messages of what is in them."""
    pieces = []
    for field in walk(data):
        content = data[field.content : field.content_end]
        if field.wire_type is LEN:
            content = rebuilt(content) if is_wire_format(content) else content
            pieces += [data[field.start : field.body], varint(len(content)), content]
        else:
            pieces.append(data[field.start : field.end])
    return b"".join(pieces)


def test_ten_thousand_messages():
    """Messages of every kind of field, as an encoder writes them, are taken apart and put together byte for byte."""
    random = Random(5)
    kinds = [random_type(random) for _ in range(200)]
    for number in range(10_000):
        data = random_message(random, kinds[number % len(kinds)])
        assert rebuilt(data) == data
        assert encode(data, walk(data)) == data


@given(messages, st.data())
def test_a_cut_message_is_read_up_to_the_cut(data, draws):
    """Every prefix of a message gives the whole fields before the cut, and is called cut, not wrong."""
    whole = walk(data)
    end = draws.draw(st.integers(0, len(data)))
    read = walk_partly(data[:end])
    assert read.fields == tuple(field for field in whole if field.end <= end)
    assert read.end == (read.fields[-1].end if read.fields else 0)
    if read.end == end:
        assert read.error is None
    else:
        assert isinstance(read.error, CutShort)
        assert read.error.offset == end


likely = st.sampled_from([0, 1, 2, 3, 8, 10, 11, 12, 13, 18, 20, 127, 128, 129, 255])
garbage = st.binary(max_size=40) | st.lists(likely | st.integers(0, 255), max_size=16).map(bytes)


@given(garbage)
def test_garbage_walks_or_raises_the_one_error(data):
    """Any bytes either walk, or raise DecodeError at an offset within them; both entrances agree."""
    read = walk_partly(data)
    try:
        found = walk(data)
    except DecodeError as error:
        assert 0 <= error.offset <= len(data)
        assert str(read.error) == str(error)
    else:
        assert read.error is None
        assert read.fields == found


@given(garbage)
def test_it_accepts_what_the_official_parser_accepts(data):
    """The walker takes the bytes that Google's parser takes, less those with a field number 0."""
    try:
        Empty.FromString(data)
        accepted = True
    except ProtobufDecodeError:
        accepted = False
    error = walk_partly(data).error
    if error is None:
        assert accepted
        assert is_wire_format(data) == bool(data)
    elif "field number 0" not in error.reason:
        assert not accepted
        assert not is_wire_format(data)


def test_a_limit_ends_the_walk_early():
    """With a limit the rest is left unread, and no error is told."""
    read = walk_partly(b"\x08\x01" * 10, limit=3)
    assert (len(read.fields), read.end, read.error) == (3, 6, None)


def test_a_part_of_the_input():
    """Walking a span gives offsets of the whole input, and never looks beyond the span."""
    data = b"\xff\xff\x08\x01\xff"
    (field,) = walk(data, 2, 4)
    assert (field.start, field.end, field.value) == (2, 4, 1)


def test_field_zero_is_no_wire_format():
    """The parser in C accepts field number 0 in a type without fields; the check must not."""
    assert Empty.FromString(b"\x00\x01").ByteSize() == 2
    assert not is_wire_format(b"\x00\x01")
