"""Following a connection, so that each message is opened with what the ones before it left unfinished."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife_decoders.message import Direction
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import LOST, NOTHING, Rest

__all__ = ["Trail"]


class Trail:
    """What both directions of one connection leave unfinished, by the contents that it is told of: each once, in order.

    Contents of which secrets were masked are another trail than those that passed.
    """

    __slots__ = ("rests",)

    def __init__(self, start: Rest = NOTHING) -> None:
        self.rests = dict.fromkeys(Direction, start)

    def follow(
        self,
        reader: Reader,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        *,
        passes: bool = True,
    ) -> Sequence[Rest]:
        """For each message what came before it; nothing at all where no step of the protocol gathers.

        Of messages that do not pass, nothing is left for the next ones.
        """
        if not reader.gathers(direction):
            return ()
        before = []
        rest = self.rests[direction]
        for opcode, content in zip(opcodes, contents, strict=True):
            before.append(rest)
            if passes:
                rest = reader.rest(direction, opcode, content, rest)
        self.rests[direction] = rest
        return before

    def follow_one(
        self, reader: Reader, direction: Direction, opcode: int, content: bytes, *, passes: bool = True
    ) -> Rest:
        """What came before one message."""
        before = self.follow(reader, direction, (opcode,), (content,), passes=passes)
        return before[0] if before else NOTHING

    def keep_to(self, direction: Direction, other: Rest) -> None:
        """Find the way again, or lose it, as `other` did, which follows what these contents were made of.

        Nothing is taken from there in which there are any bytes.
        """
        if other.known != self.rests[direction].known and not other.is_open:
            self.rests[direction] = other

    def lose(self, direction: Direction) -> None:
        """A message of this direction went by that nobody has opened."""
        self.rests[direction] = LOST
