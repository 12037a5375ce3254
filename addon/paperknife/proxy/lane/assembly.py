"""Putting messages together that come in several frames, and handing on in pieces what is beyond the limit."""

from __future__ import annotations

from websockets.speedups import apply_mask

from paperknife.proxy.lane.deflate import TAIL, Inflater
from paperknife.proxy.lane.received import Piece, Received, Segment
from paperknife.proxy.lane.violation import Violation

__all__ = ["EXCESS", "Assembly", "Oversize"]

RSV1 = 0x40

MOST_OVERHEAD = 4
"""A fragmented message is held back up to so many times the limit in raw bytes: empty frames have no end."""

EXCESS = 4
"""A message may inflate to so many times the limit before we stop following it."""

GATHERED = 1 << 20
"""Bytes of a message beyond the limit that are put into one piece, if a chunk has or inflates to so many."""


class Assembly:
    """A message that is not whole yet: in several frames, or in one beyond the limit.

    `first` is the first byte of its first frame. Up to the limit, `buffer` gathers the payload as it came, and `held`
    its raw bytes where they are kept. Once it is `over` the limit, `parts` gather what the next piece is made of: all
    that a chunk has of the message, inflated. `offset` counts the bytes of the pieces before.
    """

    __slots__ = ("buffer", "compressed", "gathered", "held", "inflater", "limit", "offset", "opcode", "over", "parts")

    def __init__(self, first: int, inflater: Inflater | None, limit: int) -> None:
        self.opcode = first & 15
        self.compressed = bool(first & RSV1)
        self.inflater = inflater if self.compressed else None
        self.limit = limit
        self.buffer = bytearray()
        self.held = bytearray()
        self.parts: list[bytes] = []
        self.gathered = 0
        self.offset = 0
        self.over = False

    def add(self, payload: bytes, found: Received) -> None:
        """Add the payload of a frame, or part of it. Raises `Violation` where it does not inflate."""
        if self.over:
            self.extend(payload, found)
            return
        self.buffer += payload
        if len(self.buffer) > self.limit or len(self.held) > self.limit * MOST_OVERHEAD:
            self.give_up_whole(found)

    def give_up_whole(self, found: Received) -> None:
        """From here on the message goes on in pieces."""
        self.over = True
        payload = bytes(self.buffer)
        self.buffer.clear()
        self.extend(payload, found)

    def extend(self, payload: bytes, found: Received) -> None:
        """Gather what goes into the next pieces."""
        if self.inflater is None:
            self.gather(payload, found)
        else:
            for data in self.inflater.pieces(payload):
                self.gather(data, found)

    def gather(self, data: bytes, found: Received) -> None:
        """Gather data for a piece, up to a size."""
        self.parts.append(data)
        self.gathered += len(data)
        if self.compressed and self.offset + self.gathered > self.limit * EXCESS:
            self.hand_out(found)
            raise Violation(f"a compressed message inflates to over {self.offset:,} bytes", "our limit")
        if self.gathered > GATHERED:
            self.hand_out(found)

    def hand_out(self, found: Received, *, last: bool = False) -> None:
        """Make a piece of what was gathered, if anything was; the `last` one is empty."""
        if self.gathered:
            found.pieces.append(self.piece(b"".join(self.parts), found, last=False))
            self.offset += self.gathered
            self.gathered = 0
        self.parts.clear()
        if last:
            found.pieces.append(self.piece(b"", found, last=True))

    def piece(self, data: bytes, found: Received, *, last: bool) -> Piece:
        """A piece, at the place that the message has reached."""
        return Piece(self.opcode, data, self.offset, last, len(found.contents), self.compressed)

    def flush(self, found: Received) -> None:
        """Before anything else than this message is handed out: what was gathered of it, if it comes in pieces."""
        if self.over:
            self.hand_out(found)
            self.hand_out_raw(-1, found)

    def hand_out_raw(self, index: int, found: Received) -> None:
        """Make a segment of the raw bytes that are held, if any are."""
        if self.held:
            found.segments.append(Segment(index, bytes(self.held), len(found.pieces), self.compressed))
            self.held.clear()

    def finish(self, found: Received) -> None:
        """The last frame is there. Raises `Violation` where the whole does not inflate."""
        if self.over:
            if self.inflater is not None:
                self.extend(TAIL, found)
                self.inflater.end()
            self.finish_pieces(found)
            return
        content = bytes(self.buffer)
        if self.inflater is not None:
            content = self.inflater.whole(content, self.limit)
            if len(content) > self.limit:
                self.finish_inflated(content, self.inflater, found)
                return
        self.hand_out_raw(found.add(self.opcode, content), found)

    def finish_inflated(self, content: bytes, inflater: Inflater, found: Received) -> None:
        """A message that is beyond the limit only when inflated: `content` is the beginning."""
        self.over = True
        self.buffer.clear()
        self.gather(content, found)
        for data in inflater.rest():
            self.gather(data, found)
        self.finish_pieces(found)

    def finish_pieces(self, found: Received) -> None:
        """The last piece of a message beyond the limit, and its last raw bytes."""
        self.hand_out(found, last=True)
        self.hand_out_raw(-1, found)

    def let_go(self, found: Received) -> None:
        """After a violation: all that is held back; what was read of it before, if it comes in pieces."""
        if self.over:
            self.hand_out(found)
        if self.held:
            found.segments.append(Segment(-1, bytes(self.held), len(found.pieces)))
            self.held.clear()

    def release(self) -> bytes:
        """The raw bytes that are held back, which are then forgotten."""
        held = bytes(self.held)
        self.held.clear()
        return held


class Oversize:
    """A frame beyond the limit, whose payload is passed on as it comes in."""

    __slots__ = ("final", "key", "left")

    def __init__(self, final: bool, key: bytes, left: int) -> None:
        self.final = final
        self.key = key
        self.left = left

    def unmask(self, data: bytes) -> bytes:
        """The next part of the payload; the key goes on where it stopped (RFC 6455, section 5.3)."""
        self.left -= len(data)
        if not self.key:
            return data
        plain = apply_mask(data, self.key)
        turn = len(data) % 4
        self.key = self.key[turn:] + self.key[:turn]
        return plain
