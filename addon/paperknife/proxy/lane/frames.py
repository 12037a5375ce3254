"""Reading frames (RFC 6455, section 5): bytes of one direction in, messages and control frames out.

All complete frames of a received chunk are read at once. What is incomplete waits in parts that are joined when the
rest has come, so that the time is linear in the bytes, for frames of any size. Messages that are more than one frame
are put together in `assembly`.

A reader works in one of two ways. Where nothing can change a message, the chunk itself is what is forwarded, at once,
and the reader only looks on. With `keep`, it hands out the raw bytes of every message, so that a message can be changed
or dropped, and what is incomplete is held back.
"""

from __future__ import annotations

from websockets.speedups import apply_mask

from paperknife.proxy.lane.assembly import Assembly, Oversize
from paperknife.proxy.lane.deflate import Inflater
from paperknife.proxy.lane.received import Received, Segment
from paperknife.proxy.lane.violation import Violation

__all__ = ["FrameReader"]

FIN, RSV1, RSV, MASKED = 0x80, 0x40, 0x70, 0x80
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
WHOLE = (FIN | BINARY, FIN | TEXT)
"""The first bytes of the frames that most traffic consists of: one uncompressed message each."""

CONTROL_LENGTH = 125
"""The longest payload of a control frame (RFC 6455, section 5.5)."""

MASKING = "RFC 6455, section 5.1"
FRAMING = "RFC 6455, section 5.2"
FRAGMENTATION = "RFC 6455, section 5.4"


class FrameReader:
    """Reads one direction of one connection.

    `masked` is True for the client's frames (RFC 6455, section 5.1). `inflater` is there where permessage-deflate was
    agreed on. A message of more than `limit` bytes, inflated or not, comes in pieces. After a violation the reader is
    not to be used any more.
    """

    __slots__ = ("assembly", "have", "inflater", "keep", "limit", "masked", "need", "oversize", "pending")

    def __init__(self, *, masked: bool, inflater: Inflater | None = None, limit: int = 1 << 24) -> None:
        self.masked = MASKED if masked else 0
        self.inflater = inflater
        self.limit = max(limit, CONTROL_LENGTH)
        self.keep = False
        self.pending: list[bytes] = []
        self.have = 0
        self.need = 2
        self.assembly: Assembly | None = None
        self.oversize: Oversize | None = None

    @property
    def idle(self) -> bool:
        """True between two messages, with nothing of the next one received."""
        return not self.pending and self.assembly is None

    def receive(self, data: bytes, *, one_message: bool = False) -> Received:
        """Read a chunk of any size.

        With `one_message` reading ends with the first message or control frame: a `boundary` over 0 tells how much of
        the chunk was read up to there; otherwise none has ended, and the chunk is read whole.
        """
        found = Received()
        fresh = len(data)
        if self.pending:
            self.pending.append(data)
            self.have += fresh
            if self.have < self.need:
                return found
            data = b"".join(self.pending)
            self.pending.clear()
        at, opened = 0, -1
        if self.oversize is not None:
            at = self.read_oversize(data, 0, found)
        message_ended = one_message and at > 0 and self.assembly is None
        if self.oversize is None and found.violation is None and not message_ended:
            at, opened = self.read_frames(data, at, found, one_message)
        found.boundary = max((at if self.assembly is None else opened) - (len(data) - fresh), -1)
        if found.violation is not None:
            self.let_go(data[at:], found)
            return found
        if self.assembly is not None:
            self.assembly.flush(found)
        if at < len(data) and not (one_message and found.boundary > 0):
            self.pending.append(data[at:])
            self.have = len(data) - at
        return found

    def let_go(self, rest: bytes, found: Received) -> None:
        """Hand out all that is held back."""
        if self.assembly is not None:
            self.assembly.let_go(found)
        if self.keep and rest:
            found.segments.append(Segment(-1, rest, len(found.pieces)))

    def release(self) -> bytes:
        """With `keep`: all that is held back, which is then no longer kept."""
        assert self.keep
        self.keep = False
        held = b"" if self.assembly is None else self.assembly.release()
        return held + b"".join(self.pending)

    def read_frames(  # noqa: PLR0915 - the hot loop, in one piece
        self, data: bytes, at: int, found: Received, one_message: bool
    ) -> tuple[int, int]:
        """Read all whole frames from `at` on; where the rest starts, and where the message began that is not whole."""
        contents, opcodes, masked, keep = found.contents, found.opcodes, self.masked, self.keep
        end, opened = len(data), -1
        ends: list[int] = []
        """Where the messages end that are one uncompressed frame each and that stand in one row, up to here."""
        while True:
            if end - at < 2:
                self.need = 2
                break
            first, second = data[at], data[at + 1]
            if second & MASKED != masked:
                found.violation = Violation("a frame is masked by the wrong side, or not at all", MASKING)
                break
            length, body = second & 127, at + 2
            if length > CONTROL_LENGTH:
                body += 2 if length == 126 else 8
                if body > end:
                    self.need = body - at
                    break
                length = (
                    data[at + 2] << 8 | data[at + 3] if length == 126 else int.from_bytes(data[at + 2 : body], "big")
                )
            if masked:
                body += 4
            stop = body + length
            if stop > end and length <= self.limit:
                self.need = stop - at
                break
            payload = data[body:stop]
            if masked and length <= self.limit:
                payload = apply_mask(payload, data[body - 4 : body])
            if first in WHOLE and length <= self.limit and self.assembly is None:
                contents.append(payload)
                opcodes.append(first & 15)
                if keep:
                    ends = ends or [at]
                    ends.append(stop)
                at = stop
                if one_message:
                    break
                continue
            if ends:
                found.add_row(data, ends)
                ends = []
            found.violation = self.refusal(first, length)
            if found.violation is not None:
                break
            if self.assembly is None:
                opened = at
            if length <= self.limit:
                self.read_frame(first, payload, data[at:stop] if keep else b"", found)
                at = stop
            elif body > end:
                self.need = body - at
                break
            else:
                self.begin_oversize(first, data[at:body], length, found)
                at = self.read_oversize(data, body, found)
            if self.oversize is not None or found.violation is not None or (one_message and self.assembly is None):
                break
        if ends:
            found.add_row(data, ends)
        return at, opened

    def refusal(self, first: int, length: int) -> Violation | None:
        """What is wrong with a frame that begins so, if anything is (RFC 6455, sections 5.2, 5.4 and 5.5)."""
        opcode, bits = first & 15, first & RSV
        if length >> 63:
            return Violation("a frame's length has its highest bit set", FRAMING)
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            return Violation(f"the reserved opcode {opcode}", FRAMING)
        if bits and not (bits == RSV1 and opcode in (TEXT, BINARY) and self.inflater is not None):
            return Violation("reserved bits are set that no extension explains", FRAMING)
        if opcode >= CLOSE:
            if length > CONTROL_LENGTH:
                return Violation(f"a control frame of {length:,} bytes", "RFC 6455, section 5.5")
            if not first & FIN:
                return Violation("a control frame in fragments", FRAGMENTATION)
            if opcode == CLOSE and length == 1:
                return Violation("a close frame of one byte", "RFC 6455, section 5.5.1")
        elif opcode == CONTINUATION and self.assembly is None:
            return Violation("a continuation of nothing", FRAGMENTATION)
        elif opcode != CONTINUATION and self.assembly is not None:
            return Violation("a new message inside a fragmented one", FRAGMENTATION)
        return None

    def read_frame(self, first: int, payload: bytes, raw: bytes, found: Received) -> None:
        """Read one whole frame of any kind that is not refused."""
        if first & 15 < CLOSE:
            assembly = self.assembly or self.open_message(first)
            assembly.held += raw
            self.extend(assembly, payload, found, final=bool(first & FIN))
            return
        if self.assembly is not None:
            self.assembly.flush(found)
        index = found.add(first & 15, payload)
        if self.keep:
            found.segments.append(Segment(index, raw))

    def open_message(self, first: int) -> Assembly:
        """The message that a frame begins."""
        self.assembly = Assembly(first, self.inflater, self.limit)
        return self.assembly

    def extend(self, assembly: Assembly, payload: bytes, found: Received, *, final: bool) -> None:
        """Add payload to a message; the frame has been taken even if only inflating it shows a violation."""
        try:
            assembly.add(payload, found)
            if final:
                assembly.finish(found)
                self.assembly = None
        except Violation as violation:
            found.violation = violation

    def begin_oversize(self, first: int, header: bytes, length: int, found: Received) -> None:
        """Start on a frame beyond the limit."""
        assembly = self.assembly or self.open_message(first)
        if self.keep:
            assembly.held += header
        self.oversize = Oversize(bool(first & FIN), header[-4:] if self.masked else b"", length)
        try:
            assembly.give_up_whole(found)
        except Violation as violation:
            found.violation = violation

    def read_oversize(self, data: bytes, at: int, found: Received) -> int:
        """Take what belongs to the frame beyond the limit; where it ends in `data`."""
        oversize, assembly = self.oversize, self.assembly
        assert oversize is not None
        assert assembly is not None
        part = data[at : at + oversize.left]
        if self.keep:
            assembly.held += part
        if found.violation is None:
            plain = oversize.unmask(part)
            self.extend(assembly, plain, found, final=oversize.final and not oversize.left)
        if not oversize.left:
            self.oversize = None
        return at + len(part)
