"""Messages of many connections that come one connection after the other, put into the order of time.

Each connection's messages are a run that is in order already, so that they are merged; between times they lie in a
file that has no name.
"""

from __future__ import annotations

import heapq
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from paperknife.recording.exchange.sources import Told
from paperknife_decoders.message import Direction, Fate, Opcode

__all__ = ["Spool"]

HEAD = struct.Struct("<QBBBiII")
"""Time, direction, opcode, fate, sizes of original (-1: none) and content, number of masked parts."""
SPAN = struct.Struct("<II")

DIRECTIONS, FATES = tuple(Direction), tuple(Fate)
BUFFERED = 1 << 22
"""Bytes that are read ahead for all runs together."""


class Spool:
    """Takes messages by `add`, gives all of them back by `merged`. Raises `OSError`. Use as a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `__exit__`
        self._runs: list[tuple[int, int, int]] = []
        self._size = 0
        self.bounds: dict[int, tuple[int, int]] = {}
        """The earliest and the latest time of each session."""

    def add(self, told: Told) -> None:
        """The next message. Those of one session that come in a row are taken to be in order."""
        original = told.original
        data = b"".join(
            (
                HEAD.pack(
                    told.time_ns,
                    DIRECTIONS.index(told.direction),
                    told.opcode,
                    FATES.index(told.fate),
                    -1 if original is None else len(original),
                    len(told.content),
                    len(told.masked),
                ),
                *(SPAN.pack(*span) for span in told.masked),
                original or b"",
                told.content,
            )
        )
        if not self._runs or self._runs[-1][0] != told.session:
            self._runs.append((told.session, self._size, self._size))
        session, start, _ = self._runs[-1]
        first_ns, last_ns = self.bounds.get(session, (told.time_ns, told.time_ns))
        self.bounds[session] = (min(first_ns, told.time_ns), max(last_ns, told.time_ns))
        self._file.write(data)
        self._size += len(data)
        self._runs[-1] = (session, start, self._size)

    def merged(self) -> Iterator[tuple[int, Told]]:
        """All messages, each behind the time under which it is filed: a clock that went back does not reorder a run."""
        self._file.flush()
        ahead = max(BUFFERED // max(len(self._runs), 1), 1 << 12)
        return heapq.merge(*(self._run(*run, ahead) for run in self._runs), key=lambda pair: pair[0])

    def _run(self, session: int, at: int, end: int, ahead: int) -> Iterator[tuple[int, Told]]:
        """The messages of one run."""
        latest = 0
        text = b""
        while True:
            while (size := record_size(text)) is None or size > len(text):
                if at >= end:
                    return
                self._file.seek(at)
                more = self._file.read(min(max(ahead, (size or 0) - len(text)), end - at))
                at += len(more)
                text += more
            start = 0
            while (size := record_size(text, start)) is not None and start + size <= len(text):
                told = read_record(session, text, start)
                latest = max(latest, told.time_ns)
                start += size
                yield latest, told
            text = text[start:]

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def record_size(text: bytes, start: int = 0) -> int | None:
    """Bytes of the record at `start`; None where not even its head is there."""
    if len(text) - start < HEAD.size:
        return None
    original: int
    content: int
    spans: int
    *_, original, content, spans = HEAD.unpack_from(text, start)
    return HEAD.size + spans * SPAN.size + max(original, 0) + content


def read_record(session: int, text: bytes, start: int) -> Told:
    """The record at `start`."""
    time_ns, direction, opcode, fate, original_size, size, count = HEAD.unpack_from(text, start)
    at = start + HEAD.size
    masked = tuple(SPAN.unpack_from(text, at + place * SPAN.size) for place in range(count))
    at += count * SPAN.size
    original = None if original_size < 0 else text[at : at + original_size]
    at += max(original_size, 0)
    content = text[at : at + size]
    return Told(session, DIRECTIONS[direction], Opcode(opcode), time_ns, content, FATES[fate], original, masked)
