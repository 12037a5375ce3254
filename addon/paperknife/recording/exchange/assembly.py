"""Messages beyond the limit, put together again from their pieces for formats that know whole messages only."""

from __future__ import annotations

from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.protocol import Protocol

__all__ = ["LARGEST", "Assembly"]

LARGEST = 32 << 20
"""Bytes of all messages together that are being put together; one that does not fit is left out."""

UNREAD = Protocol(name="unread").reader()
"""Nothing is read in such a message, here as in the proxy."""


class Assembly:
    """Pieces in, messages out. `left_out` counts the messages that were too large."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.largest = largest
        self.left_out = 0
        self._held = 0
        self._parts: dict[tuple[int, Direction], list[bytes] | None] = {}

    def add(self, piece: Piece) -> Message | None:
        """The message that this piece is the last of, None while there is more to come or where it is too large."""
        way = (piece.connection, piece.direction)
        parts = self._parts.setdefault(way, [])
        if parts is not None and self._held + len(piece.data) > self.largest:
            self._release(parts)
            parts = self._parts[way] = None
        if parts is not None:
            parts.append(piece.data)
            self._held += len(piece.data)
        if not piece.last:
            return None
        del self._parts[way]
        if parts is None or piece.offset != sum(map(len, parts)):
            self.left_out += 1
            self._release(parts or [])
            return None
        self._release(parts)
        return Message(piece.connection, piece.direction, piece.time_ns, piece.opcode, b"".join(parts), UNREAD)

    def forget(self, connection: int) -> None:
        """Give up what a connection that ended left unfinished."""
        for way in [way for way in self._parts if way[0] == connection]:
            self._release(self._parts.pop(way) or [])
            self.left_out += 1

    def _release(self, parts: list[bytes]) -> None:
        self._held -= sum(map(len, parts))
