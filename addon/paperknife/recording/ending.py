"""What a packed recording tells at its end, so that it need not be read whole (mcap.dev/spec, "Summary Section")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from mcap.opcode import Opcode as Op
from mcap.records import Footer, Metadata, MetadataIndex

from paperknife.recording.encoder import SESSION
from paperknife.recording.records import parsed
from paperknife.recording.shapes import HEAD, MAGIC
from paperknife.recording.summary import SUMMARY, Summary

__all__ = ["Ending", "ending_of", "part", "read_ending", "summary_records"]

FOOTER_SIZE = HEAD.size + 20 + len(MAGIC)
"""Bytes of the footer record, which is the last, and the magic behind it."""

MOST_SUMMARY = 64 << 20
"""Bytes of a summary section that are read; that of a file of 10 GB is a few MB."""

MOST_METADATA = 8 << 20
"""Bytes of one metadata record."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The summary of a packed recording, and the metadata of its session."""

    summary: Summary
    session: dict[str, str] = field(default_factory=dict)


def read_ending(path: Path) -> Ending | None:
    """What the end of a file tells; None for one that has no such end, as one that was cut off. Raises `OSError`."""
    with path.open("rb") as file:
        return ending_of(file)


def ending_of(file: BinaryIO) -> Ending | None:
    """The same, of an open file."""
    metadata = {name: found.metadata for name, found in all_metadata(file, file.seek(0, 2))}
    try:
        return Ending(Summary.from_metadata(metadata[SUMMARY]), metadata.get(SESSION, {}))
    except (KeyError, ValueError):
        return None


def all_metadata(file: BinaryIO, size: int) -> Iterator[tuple[str, Metadata]]:
    """Our metadata records, by way of their indexes."""
    for index in metadata_indexes(file, size):
        if index.name in (SUMMARY, SESSION) and 0 < index.length <= MOST_METADATA:
            record = part(file, index.offset, index.length, size)
            found = parsed(record[0], record[HEAD.size :]) if record else None
            if isinstance(found, Metadata) and found.name == index.name:
                yield found.name, found


def metadata_indexes(file: BinaryIO, size: int) -> list[MetadataIndex]:
    """The indexes of metadata in the summary section."""
    records = [body for opcode, body in summary_records(file, size) if opcode == Op.METADATA_INDEX]
    return [index for body in records if isinstance(index := parsed(Op.METADATA_INDEX, body), MetadataIndex)]


def summary_records(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """The opcode and body of each record in the summary section of a file of `size` bytes; none where it has none."""
    end = part(file, size - FOOTER_SIZE, FOOTER_SIZE, size)
    if not end.endswith(MAGIC) or end[0] != Op.FOOTER:
        return
    footer = parsed(Op.FOOTER, end[HEAD.size : -len(MAGIC)])
    if not isinstance(footer, Footer) or not footer.summary_start:
        return
    data = part(file, footer.summary_start, size - FOOTER_SIZE - footer.summary_start, size)
    at = 0
    while len(data) - at >= HEAD.size:
        opcode, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield opcode, data[at : at + length]
        at += length


def part(file: BinaryIO, start: int, length: int, size: int) -> bytes:
    """Some bytes of a file; none where they are not in it, or too many."""
    if start < 0 or length <= 0 or length > MOST_SUMMARY or start + length > size:
        return b""
    file.seek(start)
    return file.read(length)
