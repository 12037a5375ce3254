"""Reading frames (RFC 6455, section 5): bytes of one direction in, messages and control frames out.

All complete frames of a received chunk are read at once. What is incomplete waits in pieces that are joined when the
rest has come, so that the time is linear in the bytes, for frames of any size.

A reader works in one of two ways. Where nothing can change a message, the chunk itself is what is forwarded, at once,
and the reader only looks on. With `keep`, it hands out the raw bytes of every message, so that a message can be changed
or dropped, and what is incomplete is held back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.speedups import apply_mask

from paperknife.proxy.lane.deflate import TAIL, Inflater
from paperknife.proxy.lane.violation import Violation

__all__ = ["FrameReader", "Piece", "Received", "Segment"]

FIN, RSV1, RSV, MASKED = 0x80, 0x40, 0x70, 0x80
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
WHOLE = (FIN | BINARY, FIN | TEXT)
"""The first bytes of the frames that most traffic consists of: one uncompressed message each."""

CONTROL_LENGTH = 125
"""The longest payload of a control frame (RFC 6455, section 5.5)."""

MOST_OVERHEAD = 4
"""A fragmented message is held back up to so many times the limit in raw bytes: empty frames have no end."""

EXCESS = 4
"""A message may inflate to so many times the limit before we stop following it."""

MASKING = "RFC 6455, section 5.1"
FRAMING = "RFC 6455, section 5.2"
FRAGMENTATION = "RFC 6455, section 5.4"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message beyond the limit.

    `offset` counts the bytes of the message before it, `after` the contents of the same chunk before it. `data` is
    inflated where the message is `compressed`, and empty in the `last` piece.
    """

    opcode: int
    data: bytes
    offset: int
    last: bool
    after: int
    compressed: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Raw bytes to forward.

    `index` says which of the contents they carry, -1 where they are not of a whole message. `pieces` counts the pieces
    that were read up to the end of these bytes; those of a message that comes in pieces may be `compressed`.
    """

    index: int
    raw: bytes
    pieces: int = 0
    compressed: bool = False


@dataclass(slots=True)
class Received:
    """What one chunk completed, in order.

    `contents` and `opcodes` go together: whole messages (1, 2) and control frames (8, 9, 10). `pieces` are parts of
    messages beyond the limit. `segments` are filled with `keep` only. `boundary` is how many bytes of the chunk come
    before its last point between two messages, -1 where there is none; `ahead` tells that something behind that point
    is already handed out. After a `violation` nothing more is read.
    """

    contents: list[bytes] = field(default_factory=list)
    opcodes: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    boundary: int = -1
    ahead: bool = False
    violation: Violation | None = None


class Assembly:
    """A message that is not whole yet: in several frames, or in one beyond the limit.

    `buffer` gathers its payload and `held` its raw bytes; once it is `over` the limit, neither is kept.
    """

    __slots__ = ("buffer", "compressed", "held", "offset", "opcode", "over")

    def __init__(self, opcode: int, compressed: bool) -> None:
        self.opcode = opcode
        self.compressed = compressed
        self.buffer = bytearray()
        self.held = bytearray()
        self.offset = 0
        self.over = False


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

    def receive(self, data: bytes) -> Received:
        """Read a chunk of any size."""
        found = Received()
        fresh = len(data)
        if self.pending:
            self.pending.append(data)
            self.have += fresh
            if self.have < self.need:
                return found
            data = b"".join(self.pending)
            self.pending.clear()
        at = self.read_oversize(data, found) if self.oversize is not None else 0
        opened = -1
        if self.oversize is None:
            at, opened = self.read_frames(data, at, found)
        boundary = (at if self.assembly is None else opened) - (len(data) - fresh)
        found.boundary = max(boundary, -1)
        if found.violation is not None:
            self.let_go(data[at:], found)
        elif at < len(data):
            self.pending.append(data[at:])
            self.have = len(data) - at
        return found

    def let_go(self, rest: bytes, found: Received) -> None:
        """Hand out all that is held back."""
        if self.assembly is not None and self.assembly.held:
            found.segments.append(Segment(-1, bytes(self.assembly.held)))
            self.assembly.held.clear()
        if self.keep and rest:
            found.segments.append(Segment(-1, rest))

    def release(self) -> bytes:
        """With `keep`: all that is held back, which is then no longer kept."""
        assert self.keep
        self.keep = False
        held = b""
        if self.assembly is not None:
            held = bytes(self.assembly.held)
            self.assembly.held.clear()
        return held + b"".join(self.pending)

    def retain(self, tail: bytes) -> None:
        """Keep raw bytes from the last boundary on: `tail` is what was received behind it and not forwarded."""
        self.keep = True
        self.assembly = None
        self.pending = [tail] if tail else []
        self.have, self.need = len(tail), 2

    def read_frames(  # noqa: PLR0915 - the hot loop, in one piece
        self, data: bytes, at: int, found: Received
    ) -> tuple[int, int]:
        """Read all whole frames from `at` on; where the rest starts, and where the message began that is not whole."""
        contents, opcodes, masked, keep = found.contents, found.opcodes, self.masked, self.keep
        end, opened, before = len(data), -1, 0
        while found.violation is None:
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
                    found.segments.append(Segment(len(contents) - 1, data[at:stop]))
                at = stop
                continue
            found.violation = self.refusal(first, length)
            if found.violation is not None:
                break
            if self.assembly is None:
                opened, before = at, len(contents)
            if length > self.limit:
                if body > end:
                    self.need = body - at
                    break
                at += self.begin_oversize(first, data[at:body], length, found)
                at += self.read_oversize(data[at:], found)
                if self.oversize is not None:
                    break
                continue
            self.read_frame(first, payload, data[at:stop] if keep else b"", found)
            at = stop
        found.ahead = self.assembly is not None and (len(contents) > before or self.assembly.over)
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
        if first & 15 >= CLOSE:
            found.contents.append(payload)
            found.opcodes.append(first & 15)
            if self.keep:
                found.segments.append(Segment(len(found.contents) - 1, raw))
            return
        assembly = self.open_message(first)
        assembly.held += raw
        self.guard(found, lambda: self.extend(assembly, payload, found))
        if first & FIN and found.violation is None:
            self.guard(found, lambda: self.close_message(assembly, found))

    def guard(self, found: Received, step: Callable[[], None]) -> None:
        """Note a violation that shows only when a message is inflated; the frame itself has been taken then."""
        try:
            step()
        except Violation as violation:
            found.violation = violation

    def open_message(self, first: int) -> Assembly:
        """The message that a data frame begins or goes on with."""
        if self.assembly is None:
            self.assembly = Assembly(first & 15, bool(first & RSV1))
        return self.assembly

    def extend(self, assembly: Assembly, payload: bytes, found: Received) -> None:
        """Add payload to a message; beyond the limit it goes on in pieces."""
        if not assembly.over:
            assembly.buffer += payload
            if len(assembly.buffer) > self.limit or len(assembly.held) > self.limit * MOST_OVERHEAD:
                self.give_up_whole(assembly, bytes(assembly.buffer), found)
        elif assembly.compressed and self.inflater is not None:
            for piece in self.inflater.pieces(payload):
                self.add_piece(assembly, piece, found)
        else:
            self.add_piece(assembly, payload, found)
        if assembly.over and assembly.held:
            found.segments.append(Segment(-1, bytes(assembly.held), len(found.pieces), assembly.compressed))
            assembly.held.clear()

    def give_up_whole(self, assembly: Assembly, payload: bytes, found: Received) -> None:
        """From here on a message goes on in pieces."""
        assembly.over = True
        assembly.buffer.clear()
        self.extend(assembly, payload, found)

    def add_piece(self, assembly: Assembly, data: bytes, found: Received, *, last: bool = False) -> None:
        """Hand out a part of a message beyond the limit."""
        found.pieces.append(
            Piece(assembly.opcode, data, assembly.offset, last, len(found.contents), assembly.compressed)
        )
        assembly.offset += len(data)
        if assembly.compressed and assembly.offset > self.limit * EXCESS and not last:
            raise Violation(f"a compressed message inflates to over {assembly.offset:,} bytes", "our limit")

    def close_message(self, assembly: Assembly, found: Received) -> None:
        """The last frame of a message is there."""
        content = b""
        if not assembly.over:
            content = bytes(assembly.buffer)
            if assembly.compressed and self.inflater is not None:
                content = self.inflater.whole(content, self.limit)
                if len(content) > self.limit:
                    assembly.over = True
                    self.add_piece(assembly, content, found)
                    for piece in self.inflater.rest():
                        self.add_piece(assembly, piece, found)
        elif assembly.compressed and self.inflater is not None:
            for piece in self.inflater.pieces(TAIL):
                self.add_piece(assembly, piece, found)
            self.inflater.end()
        self.assembly = None
        index = -1
        if assembly.over:
            self.add_piece(assembly, b"", found, last=True)
        else:
            index = len(found.contents)
            found.contents.append(content)
            found.opcodes.append(assembly.opcode)
        if assembly.held:
            found.segments.append(Segment(index, bytes(assembly.held), len(found.pieces), assembly.compressed))

    def begin_oversize(self, first: int, header: bytes, length: int, found: Received) -> int:
        """Start on a frame beyond the limit; how many bytes its header has."""
        assembly = self.open_message(first)
        if self.keep:
            assembly.held += header
        if not assembly.over:
            self.guard(found, lambda: self.give_up_whole(assembly, bytes(assembly.buffer), found))
        self.oversize = Oversize(bool(first & FIN), header[-4:] if self.masked else b"", length)
        return len(header)

    def read_oversize(self, data: bytes, found: Received) -> int:
        """Take what belongs to the frame beyond the limit; how many bytes that were."""
        oversize, assembly = self.oversize, self.assembly
        assert oversize is not None
        assert assembly is not None
        part = data[: oversize.left]
        if self.keep:
            assembly.held += part
        plain = oversize.unmask(part)
        self.guard(found, lambda: self.extend(assembly, plain, found))
        if not oversize.left:
            self.oversize = None
            if oversize.final and found.violation is None:
                self.guard(found, lambda: self.close_message(assembly, found))
        return len(part)
