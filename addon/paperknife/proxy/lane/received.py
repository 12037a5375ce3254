"""What reading a chunk gives: messages, control frames, pieces, and the raw bytes they came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from paperknife.proxy.lane.violation import Violation

__all__ = ["Piece", "Received", "Segment"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message beyond the limit: what one chunk held of it, or about a megabyte of what that inflates to.

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
    ends: Sequence[int] = ()

    def units(self) -> Iterator[tuple[int, bytes]]:
        """The index and the raw bytes of each message."""
        if not self.ends:
            yield self.index, self.raw
            return
        first = self.ends[0]
        for index, (start, end) in enumerate(pairwise(self.ends), self.index):
            yield index, self.raw[start - first : end - first]

    @property
    def count(self) -> int:
        """How many messages there are."""
        return len(self.ends) - 1 if self.ends else 1

    def part(self, start: int, stop: int) -> bytes:
        """The raw bytes of the messages from index `start` up to `stop`."""
        if stop - start == self.count:
            return self.raw
        ends, index = self.ends, self.index
        return self.raw[ends[start - index] - ends[0] : ends[stop - index] - ends[0]]

    def follows(self, piece: Piece, number: int) -> bool:
        """True if a piece, the chunk's `number`th from 0, was read before these bytes or with them."""
        return number < self.pieces if self.index < 0 else piece.after <= self.index


@dataclass(slots=True)
class Received:
    """What one chunk completed, in order.

    `contents` and `opcodes` go together: whole messages (1, 2) and control frames (8, 9, 10). `pieces` are parts of
    messages beyond the limit. `segments` are filled with `keep` only. `boundary` is how many bytes of the chunk come
    before its last point between two messages, -1 where there is none. After a `violation` nothing more is read.
    """

    contents: list[bytes] = field(default_factory=list)
    opcodes: list[int] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    boundary: int = -1
    violation: Violation | None = None

    def add(self, opcode: int, content: bytes) -> int:
        """Add a whole message or a control frame; its index."""
        self.contents.append(content)
        self.opcodes.append(opcode)
        return len(self.contents) - 1

    def add_row(self, data: bytes, ends: list[int]) -> None:
        """Make a segment of the newest messages: `ends` is where in `data` the first begins, and where each ends."""
        index = len(self.contents) - len(ends) + 1
        self.segments.append(Segment(index, data[ends[0] : ends[-1]], ends=ends if len(ends) > 2 else ()))
