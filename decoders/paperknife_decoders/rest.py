"""What the messages of one direction leave unfinished: the beginning of something that goes on in the next message.

A message may be opened several times, by several consumers, and has to give the same each time. So what came before it
is a value that goes along with it, and no state of whoever opens it (`paperknife_decoders.trail` follows a connection).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["LOST", "NOTHING", "Rest"]


@dataclass(frozen=True, slots=True)
class Rest:
    """The first `size` bytes, in `pieces`, of something that has `wanted` bytes, 0 where these do not tell yet.

    `skip` are the bytes still to come of something too large to be gathered. Where it is not `known` what came before,
    nobody can tell where anything begins, and the pieces are a guess until something ends where a message does.
    """

    pieces: tuple[bytes, ...] = ()
    size: int = 0
    wanted: int = 0
    skip: int = 0
    known: bool = True

    @property
    def is_open(self) -> bool:
        """True if something goes on in the message that comes next."""
        return bool(self.pieces or self.skip)

    def with_more(self, data: bytes, wanted: int) -> Rest:
        """The same with what a message adds.

        A piece that is no longer than what comes behind it is joined to it, so that a thing in many small messages is
        a handful of pieces, and no byte of it is copied more often than there are pieces.
        """
        pieces = list(self.pieces)
        while data and pieces and len(pieces[-1]) <= len(data):
            data = pieces.pop() + data
        if data:
            pieces.append(data)
        return Rest(tuple(pieces), sum(map(len, pieces)), wanted, known=self.known)

    def joined(self) -> bytes:
        """All of the bytes."""
        return b"".join(self.pieces)


NOTHING: Final = Rest()
"""All that came before is finished; so it is when a connection begins."""

LOST: Final = Rest(known=False)
"""What came before is not known: a recording that begins in the middle, a message beyond the limit, a fault."""
