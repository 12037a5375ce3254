"""The schemas that a recording carries, as bytes: for whoever reads other traffic by them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mcap.records import Schema

from paperknife.recording.ending import summary_records
from paperknife.recording.records import Op, RecordingError, Records, parsed

__all__ = ["embedded_schemas"]

MOST_BYTES = 64 << 20
"""Bytes of all schemas of a file, each counted once."""

MOST_SCHEMAS = 1000

MOST_READ = 4 << 30
"""Bytes of records, inflated, in which schemas are looked for where the end of the file does not list them. A schema
stands before the first message that was read by it."""


def embedded_schemas(path: Path) -> list[bytes]:
    """The different FileDescriptorSets in a recording, in their order; of one that was cut off, those before the cut.

    The end of a packed recording lists them, so that the rest of it is not read. Raises `OSError`, or `ValueError` with
    the end of a sentence about the file, where it is no recording or has more than any recorder writes.
    """
    with path.open("rb") as file:
        found = kept(summary_records(file, file.seek(0, 2)))
        if found:
            return found
        file.seek(0)
        try:
            return kept(Records(file.read, str(path)))
        except RecordingError as error:
            raise ValueError(str(error).removeprefix(f"{path} ").removesuffix(".")) from None


def kept(records: Iterable[tuple[int, bytes]]) -> list[bytes]:
    """The Protobuf schemas among the records of a file; one that is told of again is in the place of its last."""
    known: set[int] = set()
    found: dict[bytes, None] = {}
    size = read = 0
    for opcode, body in records:
        read += len(body)
        if read > MOST_READ:
            break
        schema = parsed(opcode, body) if opcode == Op.SCHEMA else None
        if not isinstance(schema, Schema) or schema.encoding != "protobuf" or schema.id in known:
            continue
        known.add(schema.id)
        size += 0 if schema.data in found else len(schema.data)
        if size > MOST_BYTES or len(known) > MOST_SCHEMAS:
            raise ValueError(f"has more than {MOST_SCHEMAS:,} schemas, or {MOST_BYTES >> 20} MB of them")
        found.pop(schema.data, None)
        found[schema.data] = None
    return list(found)
