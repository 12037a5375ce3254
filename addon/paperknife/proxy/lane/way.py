"""One direction of a lane: what reads it, and what writes what was changed."""

from __future__ import annotations

from collections import deque

from mitmproxy.connection import Connection

from paperknife.proxy.lane.deflate import Agreement, Deflater, Inflater
from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.received import Piece
from paperknife.proxy.lane.writing import frame
from paperknife_decoders.message import Direction

__all__ = ["COMPRESSED", "Way"]

CONTINUATION = 0

COMPRESSED = 0x40
"""The bit that marks a compressed message in the first byte of its first frame (RFC 7692, section 6)."""


class Way:
    """From `source` to `target`. `reader` is None where the bytes pass unread; then nothing can be put in either.

    `waiting` holds frames to put in between two messages. `closing` tells that a close frame went by, `ended` that the
    source sends nothing any more.
    """

    __slots__ = ("agreement", "closing", "deflater", "direction", "ended", "reader", "source", "target", "waiting")

    def __init__(self, direction: Direction, source: Connection, target: Connection) -> None:
        self.direction = direction
        self.source = source
        self.target = target
        self.agreement: Agreement | None = None
        self.reader: FrameReader | None = None
        self.deflater: Deflater | None = None
        self.waiting: deque[bytes] = deque()
        self.closing = False
        self.ended = False

    def open(self, agreement: Agreement | None, limit: int, *, keep: bool) -> None:
        """Begin to read. `agreement` is that on permessage-deflate, if there is one."""
        self.agreement = agreement
        inflater = Inflater(agreement) if agreement is not None else None
        self.reader = FrameReader(masked=self.masked, inflater=inflater, limit=limit)
        self.reader.keep = keep

    @property
    def masked(self) -> bool:
        """Only what the client sends is masked (RFC 6455, section 5.3)."""
        return self.direction is Direction.CLIENT

    @property
    def between_messages(self) -> bool:
        """True where something of ours may be sent now."""
        reader = self.reader
        if reader is None:
            return False
        if reader.keep:
            return reader.assembly is None or not reader.assembly.over
        return reader.idle

    def frame(self, opcode: int, content: bytes) -> bytes:
        """A frame of our own. It is not compressed, so that it leaves the compression of this direction as it is."""
        return frame(opcode, content, masked=self.masked)

    def rewrite(self, opcode: int, content: bytes, raw: bytes, *, changed: bool) -> bytes:
        """The bytes for a message that came as `raw`: those, where nothing speaks against it.

        Once a compressed message of a direction with context takeover was changed, the receiver's window differs from
        the sender's, and all later ones are compressed anew.
        """
        compressed = raw[0] & COMPRESSED
        if not changed and (not compressed or self.deflater is None):
            return raw
        if not compressed or self.agreement is None:
            return self.frame(opcode, content)
        if not self.agreement.takeover:
            return self.compressed_frame(opcode, content, Deflater(self.agreement)) if changed else raw
        self.disturb(raw)
        assert self.deflater is not None
        return self.compressed_frame(opcode, content, self.deflater)

    def rewrite_piece(self, piece: Piece) -> bytes:
        """A frame for a part of a compressed message beyond the limit, once our own compression has begun."""
        assert self.deflater is not None
        first = CONTINUATION if piece.offset else piece.opcode
        if not self.deflater.able:
            return frame(first, piece.data, masked=self.masked, final=piece.last)
        data = self.deflater.deflate(piece.data) if piece.last else self.deflater.deflate_part(piece.data)
        compressed = first != CONTINUATION
        return frame(first, data, masked=self.masked, compressed=compressed, final=piece.last)

    def compressed_frame(self, opcode: int, content: bytes, deflater: Deflater) -> bytes:
        """A compressed message in one frame."""
        if not deflater.able:
            return self.frame(opcode, content)
        return frame(opcode, deflater.deflate(content), masked=self.masked, compressed=True)

    def disturb(self, raw: bytes) -> None:
        """A message that came as `raw` is not sent so: from here on our own compression takes the sender's place."""
        if raw[0] & COMPRESSED and self.agreement is not None and self.agreement.takeover and self.deflater is None:
            self.deflater = Deflater(self.agreement)
