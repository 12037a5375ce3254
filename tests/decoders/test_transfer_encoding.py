"""How bytes were written down: hex, base64, or as they are."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.transfer_encoding import Encoding, find_encoding, read_as

HEX, BASE64, RAW = Encoding.HEX, Encoding.BASE64, Encoding.RAW

MESSAGE = b"\x0a\x04ESZ6\x10\x07\x18\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01"

DRESSES = [
    (HEX, b"0a0445535a36100718fbffffffffffffffff01"),
    (HEX, b"0A0445535A36100718FBFFFFFFFFFFFFFFFF01\n"),
    (HEX, b"0a 04 45 53 5a 36 10 07 18 fb ff ff ff ff ff ff ff ff 01"),
    (HEX, b"0a:04:45:53:5a:36:10:07:18:fb:ff:ff:ff:ff:ff:ff:ff:ff:01"),
    (HEX, b"0x0a0445535a36100718fbffffffffffffffff01"),
    (HEX, b"[0x0a, 0x04, 0x45, 0x53, 0x5a, 0x36, 0x10, 0x07,\n 0x18, 0xfb" + b", 0xff" * 8 + b", 0x01]"),
    # xxd, xxd -g1, hexdump -C, od -tx1, od -A x -tx1z
    (
        HEX,
        b"00000000: 0a04 4553 5a36 1007 18fb ffff ffff ffff  ..ESZ6..........\n"
        b"00000010: ffff 01                                  ...\n",
    ),
    (
        HEX,
        b"00000000: 0a 04 45 53 5a 36 10 07 18 fb ff ff ff ff ff ff  ..ESZ6..........\n"
        b"00000010: ff ff 01                                         ...\n",
    ),
    (
        HEX,
        b"00000000  0a 04 45 53 5a 36 10 07  18 fb ff ff ff ff ff ff  |..ESZ6..........|\n"
        b"00000010  ff ff 01                                          |...|\n"
        b"00000013\n",
    ),
    (HEX, b"0000000 0a 04 45 53 5a 36 10 07 18 fb ff ff ff ff ff ff\n0000020 ff ff 01\n0000023\n"),
    (
        HEX,
        b"000000 0a 04 45 53 5a 36 10 07 18 fb ff ff ff ff ff ff  >..ESZ6..........<\n"
        b"000010 ff ff 01                                         >...<\n"
        b"000013\n",
    ),
    # strings with escapes: Python, C, Protobuf's text format
    (HEX, b"b'\\n\\x04ESZ6\\x10\\x07\\x18\\xfb" + b"\\xff" * 8 + b"\\x01'"),
    (HEX, b'"\\n\\004ESZ6\\020\\a\\030\\373' + b"\\377" * 8 + b'\\001"\n'),
    (HEX, b"\\n\\x04ESZ6\\x10\\x07\\x18\\xfb" + b"\\xff" * 8 + b"\\x01"),
    (BASE64, b"CgRFU1o2EAcY+///////////AQ=="),
    (BASE64, b"CgRFU1o2EAcY-___________AQ"),
    (BASE64, b"CgRFU1o2EAcY\n+///////////AQ==\n"),
    (RAW, MESSAGE),
]


@pytest.mark.parametrize(("encoding", "content"), DRESSES)
def test_one_message_in_many_dresses(encoding, content):
    """The same bytes are found whatever they were written as, and the encoding can also be told."""
    found = find_encoding(content)
    assert (found.encoding, found.data, found.others) == (encoding, MESSAGE, ())
    assert read_as(content, encoding) == MESSAGE


AUTO = [
    # hex digits that are a message as they stand, too
    (b"0805", HEX, (RAW,)),
    # hex digits that are a message as they stand only
    (b"0001", HEX, (RAW,)),
    (b"00 01\n", HEX, ()),
    # base64 that is a message as it stands only
    (b"unzeOanINdyp/MXF", RAW, (BASE64,)),
    # short, but it makes a message
    (b"CAUQBQ", BASE64, ()),
    # a message that is printable: a UUID in field 1
    (b"\n$550e8400-e29b-41d4-a716-446655440000", RAW, ()),
    # no message at all: digits are hex, a long run of base64 is base64, words are words
    (b"deadbeef", HEX, ()),
    (base64.b64encode(MESSAGE[:-1]), BASE64, ()),
    (b"text", RAW, ()),
    (b"hello, world", RAW, ()),
    (b'{"a": 1}', RAW, ()),
    (b"", RAW, ()),
    (b"08zz", RAW, ()),
    (b"123", RAW, ()),
]


@pytest.mark.parametrize(("content", "encoding", "others"), AUTO)
def test_telling_them_apart(content, encoding, others):
    """What makes a message wins; where several do, the others are told."""
    found = find_encoding(content)
    assert (found.encoding, found.others) == (encoding, others)


WRONG = [
    (HEX, b"08zz", "hex digits were expected and 'z' was found at byte 2"),
    (HEX, b"080", "an even number of hex digits was expected, and there are 3 at byte 3"),
    (HEX, b"", "hex digits were expected and nothing was found at byte 0"),
    (HEX, b"00000000: 0a04  ..\nwhat is this", "a line of a hex dump was expected at byte 19"),
    (HEX, b"\\x0a\\q", "a character or an escape such as \\x0a was expected at byte 4"),
    (BASE64, b"Cg*=", "base64 was expected and '*' was found at byte 2"),
    (BASE64, b"CgRFU", "base64 was expected, and one character is missing or too many in 5 at byte 5"),
    (BASE64, b"", "base64 was expected and nothing was found at byte 0"),
]


@pytest.mark.parametrize(("encoding", "content", "error"), WRONG)
def test_what_was_told_and_is_not_so(encoding, content, error):
    """What does not belong there is told with its place."""
    with pytest.raises(DecodeError) as caught:
        read_as(content, encoding)
    assert str(caught.value) == error


def c_escaped(data: bytes) -> bytes:
    """As C and Protobuf's text format write it."""
    return b"".join(bytes([byte]) if 32 <= byte < 127 and byte not in b"\"'\\" else b"\\%03o" % byte for byte in data)


WRITERS = [
    (HEX, lambda data: data.hex().encode()),
    (HEX, lambda data: data.hex(" ").encode()),
    (BASE64, base64.b64encode),
    (BASE64, lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")),
    (RAW, lambda data: data),
]


@pytest.mark.parametrize(("encoding", "write"), WRITERS)
@given(data=st.binary(min_size=1, max_size=60))
def test_round_trips(encoding, write, data):
    """Any bytes come back as they were."""
    assert read_as(write(data), encoding) == data


@given(st.binary(max_size=60))
def test_escapes_round_trip(data):
    """A string with escapes stands for the bytes that it was written from."""
    assert read_as(b'"\\x00' + c_escaped(data) + b'"', HEX) == b"\0" + data


@given(st.binary(max_size=60) | st.text(st.characters(max_codepoint=126), max_size=60).map(str.encode))
def test_any_input_is_something(content):
    """Finding out never raises, and what was chosen can be told as well."""
    found = find_encoding(content)
    assert read_as(content, found.encoding) == found.data
