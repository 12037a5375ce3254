"""Streams of the standard library's codecs, piece by piece."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps.stream_codecs import CODECS, PIECE

ALL = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
MIXED = os.urandom(3 * PIECE) + bytes(5 * PIECE) + b"tail"


def fault(codec, data: bytes) -> str:
    """What is said about data that are no stream."""
    with pytest.raises(DecodeError) as caught:
        list(codec.pieces(data))
    assert 0 <= caught.value.offset <= len(data)
    return str(caught.value)


@ALL
@pytest.mark.parametrize("content", [b"", b"a", bytes(PIECE), bytes(20 * PIECE + 1), MIXED], ids=len)
def test_there_and_back(codec, content) -> None:
    """What was compressed comes out in pieces of a bounded size, and is compressed to the same each time."""
    data = codec.deflate(content)
    pieces = list(codec.pieces(data))
    assert b"".join(pieces) == content
    assert all(0 < len(piece) <= PIECE for piece in pieces)
    assert codec.deflate(content) == data
    assert codec.magic is None or codec.magic.match(data)


@ALL
@pytest.mark.parametrize("content", [b"", b"abc" * 100, MIXED], ids=len)
def test_what_is_not_whole_is_refused(codec, content) -> None:
    """A stream that is cut anywhere is no stream, and neither is one with anything behind it."""
    data = codec.deflate(content)
    for end in {0, 1, len(data) // 2, len(data) - 1}:
        assert fault(codec, data[:end]) == f"{codec.name} data that are cut short at byte {end}"
    behind = f"bytes, where the {codec.name} data should be at their end, at byte {len(data)}"
    assert fault(codec, data + b"x") == f"1 {behind}"
    assert fault(codec, data + bytes(2 * PIECE)) == f"{2 * PIECE:,} {behind}"
    assert fault(codec, data + data) == f"{len(data):,} {behind}"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("gzip", b"abc", "incorrect header check"),
        ("gzip", CODECS["zlib"].deflate(b"abc"), "incorrect header check"),
        ("zlib", CODECS["gzip"].deflate(b"abc"), "incorrect header check"),
        ("zlib", CODECS["zlib"].deflate(b"abc")[:-1] + b"\x00", "incorrect data check"),
        ("deflate", b"\x07", "invalid block type"),
    ],
)
def test_what_is_none_is_refused(name, data, reason) -> None:
    """Something else, and what does not match its checksum, is refused with the reason that zlib gives."""
    assert (
        fault(CODECS[name], data) == f"{name} data were expected, and these are none or damaged ({reason}), at byte 0"
    )


def test_dictionaries_are_refused() -> None:
    """A stream that needs a dictionary cannot be read."""
    stream = zlib.compressobj(zdict=b"abcabc")
    assert "none or damaged" in fault(CODECS["zlib"], stream.compress(b"abcabc") + stream.flush())


@ALL
@given(data=st.binary(max_size=60), content=st.binary(max_size=40), place=st.integers(0, 100), bits=st.integers(1, 255))
def test_any_bytes(codec, data, content, place, bits) -> None:
    """Any bytes, and any damage, give pieces or a `DecodeError`."""
    damaged = bytearray(codec.deflate(content))
    damaged[place % len(damaged)] ^= bits
    for each in (data, bytes(damaged)):
        try:
            list(codec.pieces(each))
        except DecodeError as error:
            assert 0 <= error.offset <= len(each)
