"""Zstandard (RFC 8878) as a codec for steps; the decoders have only those of Python's own library."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Final

import zstandard

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps.stream_codecs import CODECS, PIECE, Codec, check_end

__all__ = ["ALL_CODECS", "ZSTD"]

MAGIC = b"\x28\xb5\x2f\xfd"

WINDOW = 8 << 20
"""Bytes that a frame can ask to be kept at hand: what RFC 9659 allows on the web, and all usual levels keep to."""

CHECKSUM = 0x04
"""The bit of a frame's descriptor for a checksum of four bytes at its end."""

RLE, RESERVED = 1, 3
BLOCK_HEAD = 3

MOST_BLOCKS = 100_000
"""A block is up to 128 KiB of content; only a bomb has more of them, with nothing in each."""


class PerThread(threading.local):
    """One decompressor for all frames of a thread: to make one takes many times as long as to read a small frame."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW)


THREAD = PerThread()


def zstd_pieces(data: bytes) -> Iterator[bytes]:
    """The content of the one frame that fills `data`, at most `PIECE` bytes at a time."""
    try:
        if not data.startswith(MAGIC):
            raise DecodeError("zstd data were expected, and these are none,", 0)
        # The library takes a frame that is cut short for good, and reads on behind the end of one.
        check_end("zstd", frame_end(data), len(data))
        reader = THREAD.decompressor.stream_reader(data)
        while piece := reader.read(PIECE):
            yield piece
    except zstandard.ZstdError as error:
        reason = str(error).rpartition(": ")[2]
        raise DecodeError(f"zstd data were expected, and these are none or damaged ({reason}),", 0) from None


def frame_end(data: bytes) -> int:
    """The offset behind the frame that `data` begins with (RFC 8878, section 3.1.1). Raises `DecodeError`."""
    at = zstandard.frame_header_size(data)
    has_checksum = data[len(MAGIC)] & CHECKSUM
    for _ in range(MOST_BLOCKS):
        head = int.from_bytes(data[at : at + BLOCK_HEAD], "little")
        is_last, kind, size = head & 1, head >> 1 & 3, head >> 3
        if kind == RESERVED:
            raise DecodeError("a zstd block of a kind that does not exist", at)
        at += BLOCK_HEAD + (1 if kind == RLE else size) + (4 if is_last and has_checksum else 0)
        if at > len(data):
            raise DecodeError("zstd data that are cut short", len(data))
        if is_last:
            return at
    raise DecodeError(f"zstd data with more than {MOST_BLOCKS:,} blocks", at)


def zstd_deflate(content: bytes) -> bytes:
    """One frame, which tells its content's size."""
    return zstandard.ZstdCompressor().compress(content)


ZSTD: Final = Codec("zstd", re.compile(re.escape(MAGIC)), zstd_pieces, zstd_deflate)

ALL_CODECS: Final[Mapping[str, Codec]] = {**CODECS, ZSTD.name: ZSTD}
"""Every way to compress that a protocol's definition can name."""
