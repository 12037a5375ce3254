"""Reading a packed recording from some time on, by the indexes at its end (mcap.dev/spec, "Summary Section").

Only messages are passed over. What tells of connections, of protocols and of what the user was told is read, wherever
it stands, so that what comes later means the same as if all had been read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from mcap.opcode import Opcode as Op
from mcap.records import Channel, ChunkIndex, Header

from paperknife.recording.channels import HAPPENINGS, ChannelKey, Kind
from paperknife.recording.encoder import PROFILE
from paperknife.recording.ending import part, summary_records
from paperknife.recording.inflation import Unreadable, inflated
from paperknife.recording.records import BLOCK, Limits, Records, parsed
from paperknife.recording.shapes import HEAD, INDEX, MAGIC

__all__ = ["Index", "Sought", "read_index"]

RUN_IN_NS = 5 * 10**9
"""So long before a time one begins to read: a response tells how long ago its request was, and clocks are set back."""

MOST_RUN_IN = 8
"""Chunks that are read for that at most; one is always: the original of a message may stand in the one before it."""

ENTRIES = Struct("<QQ")
"""Of a MessageIndex: the time of a message, and where it begins among the records of its chunk."""

BEFORE_ENTRIES = HEAD.size + INDEX.size
"""Bytes of a MessageIndex record before its entries."""


@dataclass(slots=True)
class Index:
    """What the end of the recording in `file` tells of where things are.

    `definitions` are the records of schemas and channels, `keys` the channels of messages, and `told` those whose
    messages are not to be passed over.
    """

    file: BinaryIO
    limits: Limits
    chunks: list[ChunkIndex] = field(default_factory=list)
    definitions: list[tuple[int, bytes]] = field(default_factory=list)
    keys: dict[int, ChannelKey] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)

    def add(self, opcode: int, body: bytes) -> None:
        """Take a record of the summary section."""
        if opcode in (Op.SCHEMA, Op.CHANNEL):
            self.definitions.append((opcode, body))
        match parsed(opcode, body):
            case ChunkIndex() as chunk:
                self.chunks.append(chunk)
            case Channel(topic=topic, id=number) if topic == HAPPENINGS:
                self.told.add(number)
            case Channel(id=number, metadata=metadata):
                with suppress(KeyError, ValueError):
                    key = self.keys[number] = ChannelKey.from_metadata(metadata)
                    if key.kind is Kind.PIECE:  # the last of them ends a message
                        self.told.add(number)

    def adds_up(self, size: int) -> bool:
        """True if all chunks lie one behind the other in a file of so many bytes, and none is too large to be read."""
        at = len(MAGIC)
        for chunk in self.chunks:
            if chunk.chunk_start_offset < at or chunk.chunk_length > self.limits.record:
                return False
            at = end_of(chunk)
        return bool(self.chunks) and at <= size

    def first(self, start_ns: int) -> int:
        """The place of the chunk to begin with for what is wanted from a time on; 0 where none can be left out."""
        found = next(
            (place for place, chunk in enumerate(self.chunks) if chunk.message_end_time >= start_ns), len(self.chunks)
        )
        least = max(found - MOST_RUN_IN, 0)
        found = max(found - 1, 0)
        while found > least and self.chunks[found - 1].message_end_time >= start_ns - RUN_IN_NS:
            found -= 1
        return found

    def passed(self, first: int) -> Counter[ChannelKey]:
        """How many messages of each channel are in the chunks before one."""
        found: Counter[ChannelKey] = Counter()
        for chunk in self.chunks[:first]:
            for channel, _, size in indexes(chunk):
                key = self.keys.get(channel)
                if key is not None and key.kind in (Kind.ENVELOPE, Kind.MESSAGE):
                    found[key] += size // ENTRIES.size
        return found


def end_of(chunk: ChunkIndex) -> int:
    """The offset behind a chunk and its message indexes."""
    return chunk.chunk_start_offset + chunk.chunk_length + chunk.message_index_length


def indexes(chunk: ChunkIndex) -> Iterator[tuple[int, int, int]]:
    """The channel, the offset of the entries and their bytes for each MessageIndex of a chunk: they lie in a row."""
    offsets = sorted((at, channel) for channel, at in chunk.message_index_offsets.items())
    ends = [*(at for at, _ in offsets[1:]), end_of(chunk)]
    for (at, channel), end in zip(offsets, ends, strict=False):  # a chunk with no messages has no index
        yield channel, at + BEFORE_ENTRIES, max(end - at - BEFORE_ENTRIES, 0)


def read_index(path: str | Path, limits: Limits) -> Index | None:
    """The index of a packed recording that we have written; None for anything else."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 (it is read for as long as its records are wanted)
        if not file.seekable():
            return None
        size = file.seek(0, 2)
        index = Index(file, limits)
        for opcode, body in summary_records(file, size):
            index.add(opcode, body)
        return index if index.adds_up(size) and is_ours(file, size) else None
    except OSError:
        return None


def is_ours(file: BinaryIO, size: int) -> bool:
    """True if the order of a file's records is that in which things happened."""
    start = part(file, 0, min(size, 1 << 10), size)
    at = len(MAGIC) + HEAD.size
    length = int.from_bytes(start[len(MAGIC) + 1 : at], "little")
    header = parsed(Op.HEADER, start[at : at + length]) if start[len(MAGIC) : len(MAGIC) + 1] == b"\x01" else None
    return isinstance(header, Header) and header.library == PROFILE


class Sought:
    """The records of one file as `Records` gives them, without the messages in the chunks before the one at `first`.

    `advance` is told of the bytes that are read or passed over.
    """

    def __init__(self, name: str, index: Index, first: int, advance: Callable[[int], object]) -> None:
        self._name, self._index, self._advance = name, index, advance
        self._file, self._limits = index.file, index.limits
        self._before = index.chunks[:first]
        self._start = index.chunks[first].chunk_start_offset
        self.faults: list[str] = []

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        self._file.seek(0)
        for opcode, body in Records(self._file.read, self._name, self._limits).top_level():
            if opcode == Op.CHUNK:
                break
            yield opcode, body
        yield from self._index.definitions
        for chunk in self._before:
            yield from self._told(chunk)
        self._advance(max(self._start - BLOCK, 0))
        self._file.seek(self._start)
        rest = Records(self._read, self._name, self._limits, start=self._start)
        rest.faults = self.faults
        yield from rest

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._advance(len(data))
        return data

    def _told(self, chunk: ChunkIndex) -> Iterator[tuple[int, bytes]]:
        """What is not to be passed over in a chunk."""
        size = end_of(chunk)
        places: list[int] = []
        for channel, at, length in indexes(chunk):
            if channel in self._index.told:
                entries = part(self._file, at, length // ENTRIES.size * ENTRIES.size, size)
                places += (place for _, place in ENTRIES.iter_unpack(entries))
        if not places:
            return
        start = chunk.chunk_start_offset
        try:
            data = inflated(
                part(self._file, start + HEAD.size, chunk.chunk_length - HEAD.size, size), self._limits.chunk
            )
        except Unreadable as error:
            self.faults.append(f"{self._name} has a chunk at byte {start:,} that {error}: it was passed over.")
            return
        for place in sorted(places):
            begin = place + HEAD.size
            if begin <= len(data) and data[place] == Op.MESSAGE:
                yield Op.MESSAGE, data[begin : begin + HEAD.unpack_from(data, place)[1]]
