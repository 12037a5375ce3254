"""Edits of bytes, and the lengths of the records around them, which follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.wire.walker import MAX_LENGTH, Field, WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["Edit", "applied", "length_like", "relengthed"]


class Edit(NamedTuple):
    """The bytes from `start` to `end` become `new`."""

    start: int
    end: int
    new: bytes


def applied(data: bytes, edits: Sequence[Edit]) -> bytes:
    """`data` with all edits made, which are in their order and do not overlap."""
    pieces = []
    position = 0
    for start, end, new in edits:
        pieces += [data[position:start], new]
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)


def relengthed(edits: Sequence[Edit], records: Sequence[Field]) -> list[Edit]:
    """`edits`, which are all inside of `records`, and those of the lengths of `records`; both are in their order."""
    changed: list[Edit] = []
    at = 0
    for record in records:
        first, grown = at, 0
        while at < len(edits) and edits[at].start <= record.content_end:
            start, end, new = edits[at]
            grown += len(new) - (end - start)
            at += 1
        if grown and record.wire_type is WireType.LENGTH:
            changed.append(Edit(record.body, record.content, length_like(record, record.value + grown)))
        changed += edits[first:at]
    return changed


def length_like(record: Field, size: int) -> bytes:
    """A length in place of that of `record`. If that takes more bytes than it needs, so does this one."""
    if size > MAX_LENGTH:
        raise SpliceError(f"field {record.number} would have {size:,} bytes; parsers take no more than 2 GiB")
    width = record.content - record.body
    if width == 1 or record.value >> 7 * (width - 1):
        return varint(size)
    shortest = varint(size)
    if len(shortest) >= width:
        return shortest
    return bytes([*(byte | 128 for byte in shortest), *[128] * (width - len(shortest) - 1), 0])
