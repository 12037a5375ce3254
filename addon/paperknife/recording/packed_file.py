"""The final form of a recording: compressed chunks, indexes, a summary and checksums (mcap.dev/spec)."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct

import zstandard
from mcap.opcode import Opcode
from mcap.records import ChunkIndex, DataEnd, Footer, McapRecord, Metadata, MetadataIndex, Statistics, SummaryOffset

from paperknife.recording.encoder import record
from paperknife.recording.journal import Journal
from paperknife.recording.shapes import MAGIC

__all__ = ["LEVEL", "PackedFile", "Sheaf"]

LEVEL = 3
"""How hard zstd tries. For the demo's market data: level 1 makes 0.20 of it at 480 MB/s, 3 makes 0.19 at 400 MB/s, 6
makes 0.18 at 100 MB/s."""

METHOD = b"zstd"
CHUNK_HEAD = Struct("<BQQQQII4sQ")
"""Of a Chunk record: opcode, length, first and last time, inflated size, its CRC, the compression's name after its
length, compressed size."""

INDEX_HEAD = Struct("<BQHI")
"""Of a MessageIndex record: opcode, length, channel, size of the entries."""


@dataclass(slots=True)
class Sheaf:
    """What goes into one chunk: records as they are, and for each channel the time and offset of its messages."""

    records: bytes = b""
    index: dict[int, array[int]] = field(default_factory=dict)
    """Times and offsets in turn, as they stand in a MessageIndex record."""


class PackedFile:
    """Writes a packed recording into a new file. Raises `OSError` where that fails."""

    def __init__(self, file: Journal) -> None:
        self.file = file
        self.crc = 0
        self.compressor = zstandard.ZstdCompressor(level=LEVEL)
        self.chunks: list[ChunkIndex] = []
        self.metadata: list[MetadataIndex] = []
        self.counts: dict[int, int] = {}
        self.write(MAGIC)

    def write(self, data: bytes) -> None:
        """Append to the data section."""
        self.crc = zlib.crc32(data, self.crc)
        self.file.append(data)

    def add_metadata(self, name: str, values: Mapping[str, str]) -> None:
        """Append a metadata record."""
        data = record(Metadata(name=name, metadata=dict(values)))
        self.metadata.append(MetadataIndex(offset=self.file.size, length=len(data), name=name))
        self.write(data)

    def add_chunk(self, sheaf: Sheaf) -> None:
        """Append a chunk and its message indexes."""
        first = min((min(pairs[::2]) for pairs in sheaf.index.values()), default=0)
        last = max((max(pairs[::2]) for pairs in sheaf.index.values()), default=0)
        packed = self.compressor.compress(sheaf.records)
        size, start = len(sheaf.records), self.file.size
        length, crc = CHUNK_HEAD.size - 9 + len(packed), zlib.crc32(sheaf.records)
        head = CHUNK_HEAD.pack(Opcode.CHUNK, length, first, last, size, crc, len(METHOD), METHOD, len(packed))
        self.write(head)
        self.write(packed)
        chunk_length = len(head) + len(packed)
        offsets = {}
        for channel, pairs in sheaf.index.items():
            offsets[channel] = self.file.size
            self.counts[channel] = self.counts.get(channel, 0) + len(pairs) // 2
            self.write(message_index(channel, pairs))
        self.chunks.append(
            ChunkIndex(
                chunk_length=chunk_length,
                chunk_start_offset=start,
                compression=METHOD.decode(),
                compressed_size=len(packed),
                message_end_time=last,
                message_index_length=self.file.size - start - chunk_length,
                message_index_offsets=offsets,
                message_start_time=first,
                uncompressed_size=size,
            )
        )

    def finish(self, schemas: Sequence[bytes], channels: Sequence[bytes]) -> None:
        """End the file; `schemas` and `channels` are the records of all of them, for who reads the summary alone."""
        self.file.append(record(DataEnd(self.crc)))
        start = self.file.size
        groups: list[tuple[Opcode, Sequence[bytes]]] = [
            (Opcode.SCHEMA, schemas),
            (Opcode.CHANNEL, channels),
            (Opcode.STATISTICS, [record(self.statistics(len(schemas), len(channels)))]),
            (Opcode.CHUNK_INDEX, recorded(self.chunks)),
            (Opcode.METADATA_INDEX, recorded(self.metadata)),
        ]
        crc, offsets = 0, []
        for opcode, records in groups:
            data = b"".join(records)
            if data:
                offsets.append(SummaryOffset(group_opcode=opcode, group_start=self.file.size, group_length=len(data)))
                self.file.append(data)
                crc = zlib.crc32(data, crc)
        offset_start = self.file.size
        data = b"".join(recorded(offsets))
        footer = record(Footer(summary_start=start, summary_offset_start=offset_start, summary_crc=0))[:-4]
        crc = zlib.crc32(footer, zlib.crc32(data, crc))
        self.file.append(data + footer + crc.to_bytes(4, "little") + MAGIC)

    def statistics(self, schemas: int, channels: int) -> Statistics:
        """The counts of the whole file."""
        timed = [chunk for chunk in self.chunks if chunk.message_index_offsets]
        return Statistics(
            attachment_count=0,
            channel_count=channels,
            channel_message_counts=self.counts,
            chunk_count=len(self.chunks),
            message_count=sum(self.counts.values()),
            message_end_time=max((chunk.message_end_time for chunk in timed), default=0),
            message_start_time=min((chunk.message_start_time for chunk in timed), default=0),
            metadata_count=len(self.metadata),
            schema_count=schemas,
        )


def recorded(of: Iterable[McapRecord]) -> list[bytes]:
    """The bytes of each record."""
    return [record(each) for each in of]


def message_index(channel: int, pairs: array[int]) -> bytes:
    """A MessageIndex record."""
    if sys.byteorder == "big":
        pairs = array("Q", pairs)
        pairs.byteswap()
    entries = pairs.tobytes()
    return INDEX_HEAD.pack(Opcode.MESSAGE_INDEX, 6 + len(entries), channel, len(entries)) + entries
