"""The records of any MCAP file (mcap.dev/spec), read in large pieces and bounded, whoever wrote it.

Nothing of a file is believed: each length is compared with a limit, chunks are inflated up to a limit and checked, and
what cannot be read costs itself alone where its length is known. A file that was cut off is read up to its last whole
record.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode as Op
from mcap.records import Channel, ChunkIndex, Footer, Header, McapRecord, Metadata, MetadataIndex, Schema

from paperknife.recording.inflation import Unreadable, inflated
from paperknife.recording.shapes import HEAD, MAGIC, inflated_partly

__all__ = ["BLOCK", "LIMITS", "Limits", "Op", "Read", "RecordingError", "Records", "parsed"]

BLOCK = 1 << 20
"""Bytes that are asked for at once."""

MOST_FAULTS = 20
"""So many faults of a file are told; it may have one in each of its records."""

CHUNK = bytes([Op.CHUNK])

SKIPPED = frozenset({Op.ATTACHMENT, Op.ATTACHMENT_INDEX, Op.MESSAGE_INDEX, Op.CHUNK_INDEX})
"""Records that nobody reads in order, and of any length."""

type Read = Callable[[int], bytes]
"""Gives at most so many bytes, at least one; none at the end."""


class RecordingError(Exception):
    """A file that cannot be read as a recording at all: a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the largest record that is read, and of the largest chunk once it is inflated.

    The tallest message that a proxy hands on whole is far smaller, and so is a chunk by any writer.
    """

    record: int = 128 << 20
    chunk: int = 128 << 20


LIMITS = Limits()


class Records:
    """The records of one file in their order, as opcode and body; those in a chunk instead of the chunk.

    `name` is the file's in what is said of it. After the last record `faults` are sentences about what could not be
    read, and `is_whole` tells whether the end of the file was found. `start` is the offset of the record at which
    `read` begins, 0 for the beginning of the file.
    """

    def __init__(self, read: Read, name: str, limits: Limits = LIMITS, *, start: int = 0) -> None:
        self._read = read
        self._name = name
        self._limits = limits
        self._offset = start  # of the buffer in the file
        self._at = 0  # of the record in the buffer
        self._rest = b""  # of a record that was cut off
        self.faults: list[str] = []
        self.is_whole = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yields `(opcode, body)`. Raises `RecordingError` where this is no MCAP file, and nothing else of its own."""
        for opcode, body in self.top_level():
            if opcode == Op.CHUNK:
                yield from self._chunk(body)
            else:
                yield opcode, body
        if self._rest[:1] == CHUNK:
            yield from self._records(inflated_partly(self._rest[HEAD.size :], self._limits.chunk), is_cut=True)

    def top_level(self) -> Iterator[tuple[int, bytes]]:
        """The same, with each chunk as it is."""
        buffer, at = (self._read(BLOCK), 0) if self._offset else (self._begin(), len(MAGIC))
        while True:
            end = len(buffer)
            length = 0
            while end - at >= HEAD.size:
                opcode, length = HEAD.unpack_from(buffer, at)
                stop = at + HEAD.size + length
                if stop > end:
                    break
                if opcode == Op.FOOTER:
                    yield opcode, buffer[at + HEAD.size : stop]
                    self._finish(buffer[stop:])
                    return
                if opcode not in SKIPPED:
                    self._at = at
                    yield opcode, buffer[at + HEAD.size : stop]
                at = stop
            self._offset += at
            rest = buffer[at:]
            at = 0
            if len(rest) >= HEAD.size and (rest[0] in SKIPPED or length > self._limits.record):
                buffer = self._skip(rest, length)
            else:
                buffer = self._more(rest, HEAD.size + length if len(rest) >= HEAD.size else HEAD.size)
            if not buffer:
                return

    def _begin(self) -> bytes:
        """The first block, which begins as it should."""
        buffer = b""
        while len(buffer) < len(MAGIC) and (block := self._read(BLOCK)):
            buffer += block
        if not buffer:
            raise RecordingError(f"{self._name} is empty. A recording was expected (paperknife proxy --record FILE).")
        if buffer[: len(MAGIC)] != MAGIC[: len(buffer)]:
            raise RecordingError(
                f"{self._name} is no recording: an MCAP file was expected, and it begins with {buffer[:8].hex(' ')}."
            )
        if len(buffer) < len(MAGIC):
            self._fault(f"{self._name} was cut off within its first {len(MAGIC)} bytes")
        return buffer

    def _more(self, rest: bytes, wanted: int) -> bytes:
        """`rest` with what comes behind it, at least `wanted` bytes in all; nothing where the file ends before."""
        parts, size = [rest], len(rest)
        while size < wanted:
            block = self._read(BLOCK)
            if not block:
                where = f"byte {self._offset:,}"
                self._fault(
                    f"{self._name} was cut off in the record at {where}, of which {size:,} of {wanted:,} B are there"
                    if size
                    else f"{self._name} has no end: it is still being written, or was cut off at {where}"
                )
                self._rest = b"".join(parts)
                return b""
            parts.append(block)
            size += len(block)
        return b"".join(parts)

    def _skip(self, rest: bytes, length: int) -> bytes:
        """What comes behind the record that `rest` begins with and that nobody needs, or that is too large."""
        if rest[0] not in SKIPPED:
            self._fault(
                f"{self._name} has a record of {length:,} B at byte {self._offset:,}, where"
                f" {self._limits.record:,} B are allowed at most: it was passed over"
            )
        left = HEAD.size + length - len(rest)
        self._offset += HEAD.size + length
        block = rest[:0]
        while left >= 0:
            block = self._read(BLOCK)
            if not block:
                self._fault(f"{self._name} was cut off in a record of {length:,} B")
                return b""
            left -= len(block)
        return block[left:]

    def _finish(self, tail: bytes) -> None:
        """Look for the magic behind the footer."""
        while len(tail) < len(MAGIC) and (block := self._read(BLOCK)):
            tail += block
        self.is_whole = tail[: len(MAGIC)] == MAGIC
        if not self.is_whole:
            self._fault(f"{self._name} was cut off in its last bytes")

    def _chunk(self, body: bytes) -> Iterator[tuple[int, bytes]]:
        """The records in a chunk; where it is damaged, those before that place."""
        try:
            data = inflated(body, self._limits.chunk)
        except Unreadable as error:
            self._fault(
                f"{self._name} has a chunk at byte {self._offset + self._at:,} that {error}: it was passed over"
            )
            return
        yield from self._records(data)

    def _records(self, data: bytes, *, is_cut: bool = False) -> Iterator[tuple[int, bytes]]:
        """The whole records that a chunk's `data` begins with; of one that `is_cut`, what is behind them is told of."""
        at, end = 0, len(data)
        unpack, head = HEAD.unpack_from, HEAD.size
        while end - at >= head:
            opcode, length = unpack(data, at)
            at += head
            stop = at + length
            if stop > end or not opcode:
                break
            yield opcode, data[at:stop]
            at = stop
        if at != end and not is_cut:
            self._fault(f"{self._name} has a chunk at byte {self._offset + self._at:,} whose last records are damaged")

    def _fault(self, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(f"{sentence}.")


RARE: dict[int, tuple[Callable[[ReadDataStream], McapRecord], int]] = {
    Op.HEADER: (Header.read, 1 << 20),
    Op.FOOTER: (Footer.read, 1 << 20),
    Op.SCHEMA: (Schema.read, 64 << 20),
    Op.CHANNEL: (Channel.read, 1 << 20),
    Op.METADATA: (Metadata.read, 8 << 20),
    Op.METADATA_INDEX: (MetadataIndex.read, 1 << 20),
    Op.CHUNK_INDEX: (ChunkIndex.read, 1 << 20),
}
"""What reads a record as a value, and bytes of the largest: as values they take several times as much."""


def parsed(opcode: int, body: bytes) -> McapRecord | None:
    """A record as a value; None for one that is not read so, is damaged or too large."""
    read, most = RARE.get(opcode, (None, 0))
    if read is None or len(body) > most:
        return None
    try:
        return read(ReadDataStream(BytesIO(body)))
    except (McapError, struct.error, ValueError, OverflowError):
        return None
