"""The order in which messages were recorded, in files that another tool has sorted by time."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from mcap.records import Header

from paperknife.recording.encoder import PROFILE
from paperknife.recording.records import Op, parsed

__all__ = ["in_order"]

NUMBERS = struct.Struct("<HIQ")
"""Of a message record: channel, sequence, log time."""

MOST_HELD = 10_000
"""Messages of one time that are put into their order."""

MOST_BYTES = 64 << 20
"""Bytes of them."""

type Record = tuple[int, bytes]


def in_order(records: Iterable[Record]) -> Iterator[Record]:
    """The records, with messages of the same time in the order of their sequence where we have not written the file.

    The messages of a chunk that was received share a time, and a sort by time alone may take them apart by channels.
    """
    source = iter(records)
    for opcode, body in source:
        yield opcode, body
        if opcode == Op.HEADER:
            header = parsed(opcode, body)
            ours = isinstance(header, Header) and header.library == PROFILE
            yield from source if ours else by_sequence(source)
            return
        if opcode == Op.MESSAGE:  # whoever wrote this has written no header
            yield from by_sequence(source)
            return


def by_sequence(records: Iterable[Record]) -> Iterator[Record]:
    """Messages of the same time by their sequence. What comes between them comes before them."""
    held: list[tuple[int, Record]] = []
    time, size = -1, 0
    for record in records:
        opcode, body = record
        if opcode != Op.MESSAGE or len(body) < NUMBERS.size:
            yield record
            continue
        _, sequence, time_ns = NUMBERS.unpack_from(body)
        if time_ns != time or len(held) >= MOST_HELD or size > MOST_BYTES:
            yield from drained(held)
            time, size = time_ns, 0
        held.append((sequence, record))
        size += len(body)
    yield from drained(held)


def drained(held: list[tuple[int, Record]]) -> list[Record]:
    """What is held, in order; nothing is held any more."""
    held.sort(key=lambda each: each[0])
    found = [record for _, record in held]
    held.clear()
    return found
