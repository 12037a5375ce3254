"""A file in which some bytes are no records: its bytes, and the places from which records follow each other."""

from __future__ import annotations

import re
from typing import BinaryIO

from mcap.opcode import Opcode as Op

from paperknife.recording.shapes import HEAD, KNOWN, MAGIC, fits

__all__ = ["BLOCK", "START", "DamagedFile"]

BLOCK = 4 << 20
"""Bytes that are read at once."""
START = 4096
"""Bytes of a record that are looked at to tell whether it is one."""
CHAIN = 3
"""Records in a row that are taken for records and not for chance."""
MOST_CANDIDATES = 3_000_000
"""Places that are tried in one file; a hostile one could have as many as it has bytes."""
DESCRIBING = 10
"""Schemas and channels that may come before the message that needs them."""

CANDIDATE = re.compile(rb"[\x01-\x0f](?=.{4}\x00{4})", re.DOTALL)
"""The opcode of a record that is shorter than 4 GiB."""


class DamagedFile:
    """Reads a file of `size` bytes at any offset; the block that was read last is kept."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.size = size
        self._file = file
        self._block, self._offset = b"", 0
        self._tried = 0

    def is_head(self, at: int) -> bool:
        """True if what stands there looks like a record, or like the first bytes of one."""
        head = self.look(at, HEAD.size)
        if len(head) < HEAD.size:
            return bool(head) and head[0] in KNOWN
        opcode, length = HEAD.unpack(head)
        return fits(opcode, length, self.look(at + HEAD.size, min(length, START)))

    def is_next(self, at: int, found: int) -> bool:
        """True if the first message from `found` on is numbered next to the one at `at`: none is missing in between."""
        number = self._number(at)
        for _ in range(DESCRIBING):
            if (following := self._number(found)) is not None:
                return number is not None and following == number + 1
            head = self.look(found, HEAD.size)
            if len(head) < HEAD.size or head[0] not in (Op.SCHEMA, Op.CHANNEL):
                break
            found += HEAD.size + HEAD.unpack(head)[1]
        return False

    def _number(self, at: int) -> int | None:
        """The number of the message at an offset, None for another record."""
        head = self.look(at, HEAD.size + 6)
        return int.from_bytes(head[11:15], "little") if len(head) == HEAD.size + 6 and head[0] == Op.MESSAGE else None

    def next_chain(self, at: int) -> int | None:
        """The next offset from which records follow each other."""
        while at < self.size:
            block = self.look(at, BLOCK)
            for match in CANDIDATE.finditer(block):
                self._tried += 1
                if self._tried > MOST_CANDIDATES:
                    return None
                if self._is_chain(at + match.start()):
                    return at + match.start()
            if len(block) <= HEAD.size:
                return None
            at += len(block) - HEAD.size
        return None

    def _is_chain(self, at: int) -> bool:
        """True if several records follow each other from an offset on, or reach the end of the file."""
        for count in range(CHAIN):
            head = self.look(at, HEAD.size)
            if len(head) < HEAD.size:
                return count > 0 and (at == self.size or head[0] in KNOWN)
            opcode, length = HEAD.unpack(head)
            if not fits(opcode, length, self.look(at + HEAD.size, min(length, START))):
                return False
            if opcode == Op.FOOTER:
                return self.look(at + HEAD.size + length, len(MAGIC)) == MAGIC
            at += HEAD.size + length
            if at > self.size:
                return count > 0
        return True

    def look(self, at: int, size: int) -> bytes:
        """Bytes of the file from an offset on; fewer at its end."""
        size = max(min(size, self.size - at), 0)
        start = at - self._offset
        if start >= 0 and start + size <= len(self._block):
            return self._block[start : start + size] if start or size < len(self._block) else self._block
        self._file.seek(at)
        if size < min(BLOCK, self.size - at):
            return self._file.read(size)  # a look ahead, which does not move the block
        self._block, self._offset = self._file.read(size), at
        return self._block
