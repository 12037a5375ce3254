"""From the plain file that a recorder appended to, to the final form: compressed, indexed, counted, checked.

A plain file that was cut off is packed up to its last whole record.
"""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct

from mcap.opcode import Opcode
from mcap.records import Channel, Header, Metadata, Schema

from paperknife.recording.chunk_counts import ChunkCounts
from paperknife.recording.encoder import MESSAGE, MESSAGE_HEAD, record
from paperknife.recording.journal import Journal
from paperknife.recording.packed_file import PackedFile, Sheaf
from paperknife.recording.records import RecordingError, parsed
from paperknife.recording.shapes import MAGIC
from paperknife.recording.summary import SUMMARY

__all__ = ["CHUNK", "Packed", "Progress", "pack", "part_of"]

CHUNK = 1 << 20
"""Bytes of records in a chunk; only larger records make larger ones. A reader inflates so much to find one message."""

LARGEST = 128 << 20
"""Bytes of the largest record that is taken for one; the largest that we write is a few times smaller."""

HEAD = Struct("<BQHIQ")
"""Of a Message record: opcode, length of the rest, channel, sequence, log time."""

PLAIN = (Opcode.MESSAGE, Opcode.SCHEMA, Opcode.CHANNEL)
"""What stands in a plain file after its beginning."""

type Progress = Callable[[int, int], None]
"""Told how many bytes are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What became of a file: its messages, with all else that happened, and its bytes."""

    messages: int
    size: int


def pack(source: Path, target: Path, progress: Progress = lambda done, of: None) -> Packed:
    """Pack the plain recording `source` into `target`, which may be the same: it is replaced when all is written.

    Raises `OSError` where a file cannot be read or written, and `RecordingError` where `source` is no plain recording;
    both leave what was there as it was.
    """
    part = part_of(target)
    part.unlink(missing_ok=True)  # a kill left it behind
    file = Journal(part)
    try:
        with source.open("rb") as plain:
            size = source.stat().st_size
            packing = Packing(PackedFile(file), ChunkCounts(source.name))
            packing.run(plain.read, lambda: progress(min(plain.tell(), size), size))
        file.sync()
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    finally:
        file.close()
    return Packed(sum(packing.packed.counts.values()), file.size)


def part_of(target: Path) -> Path:
    """The hidden file that becomes `target` when all of it is written."""
    return target.with_name(f".{target.name}.packing")


@dataclass(slots=True)
class Packing:
    """One file on its way from the plain form to the packed one."""

    packed: PackedFile
    counts: ChunkCounts
    schemas: dict[int, bytes] = field(default_factory=dict)
    channels: dict[int, bytes] = field(default_factory=dict)

    def run(self, read: Callable[[int], bytes], progress: Callable[[], None]) -> None:
        """Pack all that `read` gives."""
        rest = self.begin(read(CHUNK))
        while data := read(max(missing(rest), CHUNK)):
            data = rest + data
            rest = data[self.gather(data) :]
            progress()
        self.gather(rest)
        progress()
        self.packed.add_metadata(SUMMARY, self.counts.summary().to_metadata())
        self.packed.finish(list(self.schemas.values()), list(self.channels.values()))

    def begin(self, data: bytes) -> bytes:
        """Take what stands before the messages, outside of chunks; what comes after it in `data`."""
        if not data.startswith(MAGIC):
            raise RecordingError("A plain recording was expected, and this is no MCAP file.")
        at = len(MAGIC)
        while len(data) - at >= HEAD.size:
            opcode, length, *_ = HEAD.unpack_from(data, at)
            end = at + 9 + length
            if opcode == Opcode.MESSAGE or end > len(data):
                break
            match parsed(opcode, data[at + 9 : end]):
                case Header() as header:
                    self.packed.write(record(header))
                case Metadata(name=name, metadata=metadata):
                    self.packed.add_metadata(name, metadata)
                case _:
                    break
            at = end
        return data[at:]

    def gather(self, data: bytes) -> int:
        """Make a chunk of the whole records that `data` begins with; returns how many bytes that are."""
        index: dict[int, array[int]] = {}
        alike, other, unpack = self.counts.alike, self.counts.other, HEAD.unpack_from
        at, end, last = 0, len(data), (0, 0)
        while at + MESSAGE_HEAD.size <= end:
            opcode, length, channel, sequence, time_ns = unpack(data, at)
            stop = at + 9 + length
            if stop > end:
                break
            if opcode == MESSAGE:
                if channel not in index:
                    index[channel] = array("Q")
                index[channel].extend((time_ns, at))
                last = sequence, time_ns
                if channel in alike:
                    alike[channel].append(data[at + 31 : stop])
                else:
                    other(channel, sequence, time_ns, data[at + 31 : stop])
            elif not self.declare(data[at:stop]):
                break
            at = stop
        if at:
            self.packed.add_chunk(Sheaf(data[:at], index))
            self.counts.count(*last)
        return at

    def declare(self, data: bytes) -> bool:
        """Keep a schema or channel for the summary; False for a record that does not stand in a plain file."""
        match parsed(data[0], data[9:]):
            case Schema() as schema:
                self.schemas[schema.id] = data
                self.counts.schema(schema)
            case Channel() as channel:
                self.channels[channel.id] = data
                self.counts.channel(channel)
            case _:
                return False
        return True


def missing(rest: bytes) -> int:
    """How many bytes the record that `rest` begins with is short of."""
    if len(rest) < HEAD.size:
        return 0
    opcode: int
    length: int
    opcode, length, *_ = HEAD.unpack_from(rest)
    if length > LARGEST or opcode not in PLAIN:
        raise RecordingError(
            f"A plain recording was expected, and this one goes on with {length:,} B of a record of the kind {opcode}."
        )
    return 9 + length - len(rest)
