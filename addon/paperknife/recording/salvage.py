"""All records that are whole in a damaged file, and where there are none.

A record says how long it is, and the next one begins behind it. Where that leads to bytes that are no record, the next
place is looked for from which several records follow each other, and what is in between is a `Loss`. What was packed
has checksums, so that a chunk with a wrong byte in it is lost as a whole; in a file that was never packed a wrong byte
within a message cannot be told from a right one, nor a wrong length that happens to lead to another record.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mcap.opcode import Opcode as Op

from paperknife.live.amounts import count_text
from paperknife.recording.damaged_file import BLOCK, START, DamagedFile
from paperknife.recording.inflation import Unreadable, inflated
from paperknife.recording.records import RecordingError
from paperknife.recording.shapes import HEAD, KNOWN, LARGEST, MAGIC, fits, indexed, inflated_partly

__all__ = ["Loss", "Salvage"]

MOST_LOSSES = 10_000
"""Damaged places that are told apart."""

type Found = Generator[tuple[int, bytes], None, int]
"""Records, and as the generator's own value a number."""


@dataclass(slots=True)
class Loss:
    """Bytes of a file that hold no whole record. `messages` is how many were in them, None where nothing tells."""

    offset: int
    size: int
    what: str
    messages: int | None = None

    def __str__(self) -> str:
        count = f" with {count_text(self.messages, 'message')}" if self.messages else ""
        return f"At byte {self.offset:,}: {self.size:,} B{count} are lost, {self.what}."


class Salvage:
    """Iterate over it for `(opcode, body)` of each whole record, those in a chunk instead of the chunk.

    `losses` tells what is in between, `cut` how many bytes at the end are a record that was not written to its end;
    `is_packed` whether there are chunks, `is_ended` and `is_whole` whether the ends of the data and of the file were
    found. `progress` is told of the bytes that are done, and of all.
    """

    def __init__(self, file: BinaryIO, size: int, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        self._file, self._size, self._progress = DamagedFile(file, size), size, progress
        self._damaged: Loss | None = None  # a chunk whose indexes tell how many messages it had
        self.losses: list[Loss] = []
        self.cut = 0
        self.is_whole = self.is_ended = self.is_packed = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        at = self._begin()
        while at < self._size and not self.is_whole:
            for opcode, body, start in self._run(at):
                at = start + HEAD.size + len(body)
                yield from self._taken(opcode, body, start)
            if at < self._size and not self.is_whole:
                at = yield from self._doubtful(at)

    def _begin(self) -> int:
        """Where the records begin."""
        head = self._file.look(0, len(MAGIC))
        if head == MAGIC[: len(head)]:
            return len(head)
        found = self._file.next_chain(0)
        if found is None:
            raise RecordingError("No record of a recording was found: an MCAP file was expected, whole or damaged.")
        self._lose(0, found, "the beginning is damaged")
        return found

    def _run(self, at: int) -> Iterator[tuple[int, bytes, int]]:
        """Records from an offset on, for as long as each is followed by what looks like the head of one."""
        unpack, head = HEAD.unpack_from, HEAD.size
        while True:
            block = self._file.look(at, BLOCK)
            position, end, begin = 0, len(block) - head, at
            while position <= end:
                opcode, length = unpack(block, position)
                stop = position + head + length
                if stop > end:
                    break
                following, size = unpack(block, stop)
                if opcode not in KNOWN or following not in KNOWN or size > LARGEST or opcode == Op.FOOTER:
                    return
                body = block[position + head : stop]
                if not fits(opcode, length, body):
                    return
                yield opcode, body, begin + position
                position = stop
            if not position:
                return
            at = begin + position

    def _doubtful(self, at: int) -> Found:
        """One record that is the last, is large, or has something wrong with it or behind it; the offset to go on."""
        head = self._file.look(at, HEAD.size)
        if len(head) < HEAD.size:
            return self._ends(at)
        opcode, length = (int(each) for each in HEAD.unpack(head))
        stop = at + HEAD.size + length
        if not fits(opcode, length, self._file.look(at + HEAD.size, min(length, START))):
            return self._lost(at, "they are damaged")
        if stop > self._size:
            return (yield from self._cut_or_damaged(at, opcode))
        if opcode == Op.FOOTER:
            self.is_whole = self._file.look(stop, len(MAGIC)) == MAGIC
            return stop if self.is_whole else self._ends(stop)
        if stop == self._size or self._file.is_head(stop):
            yield from self._taken(opcode, self._file.look(at + HEAD.size, length), at)
            return stop
        found = self._file.next_chain(at + 1)
        if found is not None and (found < stop or self._file.is_next(at, found)):
            self._lose(at, found, "they are damaged")  # its own length is wrong: what follows begins within it
            return found
        yield from self._taken(opcode, self._file.look(at + HEAD.size, length), at)
        if found is None:
            return self._ends(stop)
        self._lose(stop, found, "they are damaged")
        return found

    def _cut_or_damaged(self, at: int, opcode: int) -> Found:
        """A record that reaches beyond the end of the file: the last one of a cut file, unless more come within it."""
        found = self._file.next_chain(at + 1)
        if found is not None:
            self._lose(at, found, "they are damaged")
            return found
        self.cut = self._size - at
        if opcode == Op.CHUNK:
            self.is_packed = True
            data = inflated_partly(self._file.look(at + HEAD.size, self._size - at), LARGEST)
            yield from self._records(data)
        return self._size

    def _taken(self, opcode: int, body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
        """What a whole record gives."""
        if opcode == Op.MESSAGE_INDEX:
            if self._damaged is not None:
                self._damaged.messages = (self._damaged.messages or 0) + indexed(body)
            return
        self._damaged = None
        self._progress(at, self._size)
        if opcode == Op.DATA_END:
            self.is_ended = True
        if opcode != Op.CHUNK:
            yield opcode, body
            return
        self.is_packed = True
        try:
            data = inflated(body, LARGEST)
        except Unreadable as error:
            self._note(Loss(at, HEAD.size + len(body), f"in a chunk that {error}"))
            return
        if (left := (yield from self._records(data))) > 0:
            self._note(Loss(at, left, "at the end of a chunk whose records are damaged"))

    def _records(self, data: bytes) -> Found:
        """The records of a chunk; the value is the number of bytes at its end that are none."""
        position, end, unpack, head = 0, len(data), HEAD.unpack_from, HEAD.size
        while end - position >= head:
            opcode, length = unpack(data, position)
            stop = position + head + length
            if stop > end or not fits(opcode, length, data[position + head : stop]):
                break
            yield opcode, data[position + head : stop]
            position = stop
        return end - position

    def _lost(self, at: int, what: str) -> int:
        """Where records go on behind something that is none."""
        found = self._file.next_chain(at + 1)
        self._lose(at, self._size if found is None else found, what)
        return self._size if found is None else found

    def _lose(self, start: int, end: int, what: str) -> None:
        if not self.is_ended:  # an index is made anew
            self._note(Loss(start, end - start, what))

    def _note(self, loss: Loss) -> None:
        """Keep a loss; of very many the last ones as one."""
        if len(self.losses) >= MOST_LOSSES:
            self.losses[-1].size += loss.size
            self.losses[-1].what = "in many places from there on"
            return
        self._damaged = loss
        self.losses.append(loss)

    def _ends(self, at: int) -> int:
        """The file ends with less than a record."""
        self.cut = self._size - at
        return self._size
