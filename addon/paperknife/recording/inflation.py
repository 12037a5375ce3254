"""A chunk's records out of its compressed data, bounded and checked (mcap.dev/spec, "Chunk")."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import zstandard

__all__ = ["Unreadable", "inflated"]

CHUNK_HEAD = struct.Struct("<QQQII")
"""Times of the first and last message, inflated size, its CRC, length of the compression's name."""

SIZE = struct.Struct("<Q")


class Unreadable(Exception):
    """Why a chunk cannot be read: the end of a sentence that begins with "a chunk that"."""


def inflated(body: bytes, limit: int) -> bytes:
    """The records in a chunk with this `body`, `limit` bytes at most. Raises `Unreadable`."""
    try:
        _, _, size, crc, length = CHUNK_HEAD.unpack_from(body)
        at = CHUNK_HEAD.size + length
        compression = body[CHUNK_HEAD.size : at].decode()
        (stored,) = SIZE.unpack_from(body, at)
    except (struct.error, UnicodeDecodeError):
        raise Unreadable("is damaged") from None
    data = body[at + SIZE.size : at + SIZE.size + stored]
    if len(data) != stored:
        raise Unreadable("is damaged")
    if size > limit:
        raise Unreadable(f"holds {size:,} B, where {limit:,} B are allowed at most")
    if compression not in METHODS:
        raise Unreadable(f"is compressed with {compression[:20]!a}, where one of zstd and lz4 was expected")
    records = METHODS[compression](data, size)
    if len(records) != size:
        raise Unreadable(f"says that it holds {size:,} B, and has another size")
    if crc and zlib.crc32(records) != crc:
        raise Unreadable("does not match its checksum")
    return records


def from_zstd(data: bytes, size: int) -> bytes:
    try:
        told = zstandard.frame_content_size(data)
        if told not in (-1, size):  # else the library would make room for whatever a bomb says
            raise Unreadable(f"says that it holds {size:,} B, and has another size")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size) if size else b""
    except zstandard.ZstdError as error:
        raise Unreadable(f"is damaged ({error})") from None


def from_lz4(data: bytes, size: int) -> bytes:
    try:
        import lz4.frame  # type: ignore[import-untyped]
    except ImportError:
        raise Unreadable("is compressed with lz4, for which the package lz4 is missing") from None
    try:
        found: bytes = lz4.frame.LZ4FrameDecompressor().decompress(data, max_length=size + 1)
    except (RuntimeError, EOFError) as error:
        raise Unreadable(f"is damaged ({error})") from None
    return found


METHODS: dict[str, Callable[[bytes, int], bytes]] = {
    "": lambda data, _: data,
    "zstd": from_zstd,
    "lz4": from_lz4,
}
