"""What the records of an MCAP file look like (mcap.dev/spec, "Records"): enough to tell them from other bytes."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import BinaryIO

import zstandard
from mcap.opcode import Opcode as Op

__all__ = ["HEAD", "INDEX", "KNOWN", "LARGEST", "MAGIC", "MESSAGE", "fits", "indexed", "inflated_partly"]

MAGIC = b"\x89MCAP0\r\n"
"""What a file begins and ends with (mcap.dev/spec, "Magic")."""

HEAD = struct.Struct("<BQ")
"""Opcode, length of what follows."""
MESSAGE = struct.Struct("<HIQQ")
"""Channel, sequence, log time, publish time; then the content."""
CHUNK = struct.Struct("<QQQII")
"""Times, inflated size, its CRC, length of the compression's name; then that, and the stored size."""
INDEX = struct.Struct("<HI")
"""Channel, bytes of the entries."""

KNOWN = frozenset(map(int, Op))
"""The opcodes that there are."""
LARGEST = 128 << 20
"""Bytes of a record; a proxy hands on no message that is as large."""
LONGEST_NAME = 16
"""Of a compression."""
ENTRY = 16
"""Bytes of an entry of a MessageIndex."""

START = 64
PIECE = 1 << 16
"""Bytes that are inflated at once."""

SIZES: Mapping[int, int] = MappingProxyType({Op.FOOTER: 20, Op.DATA_END: 4, Op.SUMMARY_OFFSET: 17})
"""Records that are always of one size."""

type Check = Callable[[int, bytes], bool]
"""Of a length, and of what a record begins with."""


def fits(opcode: int, length: int, start: bytes) -> bool:
    """True if a record of that opcode and length may begin with `start`: all of it, or so much that 64 B are there."""
    if opcode not in KNOWN or length > LARGEST:
        return False
    if opcode in SIZES:
        return length == SIZES[opcode]
    check = CHECKS.get(opcode)
    return check is None or check(length, start)


def is_chunk(length: int, start: bytes) -> bool:
    """True if the sizes in a chunk's head add up."""
    if len(start) < CHUNK.size:
        return False
    first, last, _, _, name = CHUNK.unpack_from(start)
    at = CHUNK.size + name
    if name > LONGEST_NAME or first > last or len(start) < at + 8:
        return False
    stored = int.from_bytes(start[at : at + 8], "little")
    return bool(at + 8 + stored == length)


def is_index(length: int, start: bytes) -> bool:
    """True if the size of the entries fits."""
    return len(start) >= INDEX.size and INDEX.unpack_from(start)[1:] == (length - INDEX.size,) and length % ENTRY == 6


def indexed(body: bytes) -> int:
    """How many messages a MessageIndex lists."""
    return max(len(body) - INDEX.size, 0) // ENTRY


def inflated_partly(body: bytes, limit: int) -> bytes:
    """The first records of a chunk whose end is missing, as far as they are there."""
    start = body[:START]
    if len(start) < CHUNK.size or CHUNK.unpack_from(start)[4] > LONGEST_NAME:
        return b""
    _, _, size, _, name = CHUNK.unpack_from(start)
    at = CHUNK.size + name
    data, left, parts = BytesIO(body[at + 8 :]), min(size, limit), []
    method = OPENED.get(bytes(start[CHUNK.size : at]))
    source = method(data) if method is not None else BytesIO()
    with contextlib.suppress(zstandard.ZstdError):
        while left > 0 and (part := source.read(min(left, PIECE))):
            parts.append(part)
            left -= len(part)
    return b"".join(parts)


OPENED: dict[bytes, Callable[[BytesIO], BinaryIO]] = {
    b"": lambda data: data,
    b"zstd": lambda data: zstandard.ZstdDecompressor().stream_reader(data),
}


def adds_up(before: int, parts: int) -> Check:
    """A check of records that have so many bytes, and then so many parts with their length before each."""

    def check(length: int, start: bytes) -> bool:
        at = before
        for _ in range(parts):
            if at + 4 > len(start) < length:
                return True  # it is not all there; what is there adds up
            at += 4 + int.from_bytes(start[at : at + 4], "little")
        return at == length

    return check


CHECKS: dict[int, Check] = {
    Op.MESSAGE: lambda length, _: length >= MESSAGE.size,
    Op.CHUNK: is_chunk,
    Op.MESSAGE_INDEX: is_index,
    Op.STATISTICS: lambda length, _: length >= 46,
    Op.CHUNK_INDEX: lambda length, _: length >= 64,
    Op.ATTACHMENT: lambda length, _: length >= 36,
    Op.ATTACHMENT_INDEX: lambda length, _: length >= 48,
    Op.HEADER: adds_up(0, 2),
    Op.SCHEMA: adds_up(2, 3),
    Op.CHANNEL: adds_up(4, 3),
    Op.METADATA: adds_up(0, 2),
    Op.METADATA_INDEX: adds_up(16, 1),
}
