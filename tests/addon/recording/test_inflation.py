"""Chunks out of their compressed data: the very bytes, or a reason; never more than was said."""

import struct
import zlib

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.inflation import Unreadable, inflated

METHODS = {b"": bytes, b"zstd": zstandard.compress, b"lz4": lz4.frame.compress}


def body(method, stored, size, crc=0):
    """The body of a Chunk record."""
    return struct.pack("<QQQII", 1, 2, size, crc, len(method)) + method + struct.pack("<Q", len(stored)) + stored


@given(st.sampled_from(sorted(METHODS)), st.binary(max_size=2000))
def test_round_trip(method, data):
    """What was compressed comes back, its checksum compared."""
    assert inflated(body(method, METHODS[method](data), len(data), zlib.crc32(data)), 4096) == data


@pytest.mark.parametrize("method", [b"zstd", b"lz4"])
@pytest.mark.parametrize("size", [0, 10, 99_999])
def test_a_bomb(method, size):
    """Data that inflate to more than was said are refused before they are inflated any further."""
    with pytest.raises(Unreadable):
        inflated(body(method, METHODS[method](bytes(10**6)), size), 1 << 20)


def test_a_zstd_frame_without_its_size():
    """A writer that streams does not tell the size in the frame; that of the chunk counts."""
    compressor = zstandard.ZstdCompressor(write_content_size=False)
    assert inflated(body(b"zstd", compressor.compress(b"hello" * 9), 45), 100) == b"hello" * 9
    with pytest.raises(Unreadable):
        inflated(body(b"zstd", compressor.compress(bytes(5000)), 45), 100)


@given(st.binary(max_size=100), st.sampled_from(sorted(METHODS)))
def test_noise(noise, method):
    """Noise is refused, and raises nothing else."""
    for data in (noise, body(method, noise, 50)):
        try:
            inflated(data, 1000)
        except Unreadable as error:
            assert str(error)
