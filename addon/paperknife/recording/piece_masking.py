"""Pieces of messages beyond the limit, without their secrets: also those that lie across two pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from paperknife.traffic import Piece
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.redaction.parts import Part, Parts
from paperknife_decoders.secrets import Secrets

__all__ = ["PieceMasking"]


class PieceMasking:
    """Takes pieces by `add`, and gives them back as they were and as they are without secrets.

    The end of a piece may wait for the one after it, so that pieces come back longer or shorter; together they are the
    same message. What still waits when a connection ends is given by `end`.
    """

    def __init__(self, redactor: Redactor, secrets: Secrets) -> None:
        self.redactor = redactor
        self.secrets = secrets
        self.waiting: dict[tuple[int, Direction], tuple[Piece, Parts]] = {}
        """The latest piece of each message that is not at its end."""

    @property
    def connections(self) -> list[int]:
        """Those with a message that is not at its end."""
        return sorted({connection for connection, _ in self.waiting})

    def add(self, piece: Piece) -> Iterator[tuple[Piece, Piece]]:
        """What is settled with this piece, each as it was and masked."""
        side = piece.connection, piece.direction
        if piece.last:
            yield from self.rest(side)
            yield piece, piece
            return
        if not piece.offset:
            self.waiting.pop(side, None)
        _, parts = self.waiting.get(side) or (piece, self.parts(piece))
        self.waiting[side] = replace(piece, data=b"", offset=piece.offset + len(piece.data)), parts
        start = piece.offset - len(parts.held)
        yield from both(piece, start, parts.add(piece.data))

    def end(self, connection: int) -> Iterator[tuple[Piece, Piece]]:
        """A connection ended: what waits of messages that are not at their end."""
        for direction in Direction:
            yield from self.rest((connection, direction))

    def parts(self, piece: Piece) -> Parts:
        """What masks the message that begins here, or of which the beginning is not there."""
        return Parts(self.redactor, self.secrets, is_text=piece.opcode is Opcode.TEXT)

    def rest(self, side: tuple[int, Direction]) -> Iterator[tuple[Piece, Piece]]:
        """What waits of one message, which goes no further."""
        if waiting := self.waiting.pop(side, None):
            latest, parts = waiting
            yield from both(latest, latest.offset - len(parts.held), parts.rest())


def both(like: Piece, offset: int, part: Part) -> Iterator[tuple[Piece, Piece]]:
    """A piece as it was and masked, if there is anything in it."""
    if part.data:
        before = replace(like, data=part.data, offset=offset)
        yield before, before if part.masked == part.data else replace(before, data=part.masked)
