"""What the messages of one connection show of how others are to be made: the last one of each payload.

A message of our own takes from it what neither its envelope nor the protocol's definition says: the values in front,
the way in which a text is quoted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from paperknife_decoders.rest import NOTHING, Rest

if TYPE_CHECKING:
    from paperknife_decoders.message import Direction, Message

__all__ = ["Mould", "Moulds"]

MOST = 128
"""Payloads of one direction."""

LARGEST = 8 << 10
"""Bytes of a message that is kept, with what came before it, unless there is no other one; 1 MiB with all others."""

LAST = 4
"""So many messages that came last show what grows from one to the next."""

type Mould = tuple[bytes, Rest]
"""A message that passed: its content, and what came before it."""


@dataclass(slots=True)
class Side:
    """One direction: the last message of each payload, the last ones of all, and the very last, large or not, where
    something of it may go on in the next.
    """

    by_payload: dict[str, Mould] = field(default_factory=dict)
    last: deque[tuple[str, Mould]] = field(default_factory=lambda: deque(maxlen=LAST))
    newest: Mould | None = None


class Moulds:
    """The messages of one connection that others are made like: those of the directions that are followed alone."""

    __slots__ = ("followed", "opcode", "sides", "told")

    def __init__(self) -> None:
        self.followed: frozenset[Direction] = frozenset()
        self.opcode = 0
        self.sides: dict[Direction, Side] = {}
        self.told: set[str] = set()
        """Sentences that need not be said again."""

    def follow(self, directions: Iterable[Direction], opcode: int) -> None:
        """Keep messages of these directions from now on, those that have this opcode."""
        self.followed |= frozenset(directions)
        self.opcode = opcode

    def note(self, message: Message) -> None:
        """Keep a message, if its direction is followed."""
        if self.followed and message.direction in self.followed:
            envelopes = message.envelopes
            payload = envelopes[0].payload if envelopes else ""
            before = (message.before,) if message.reader.gathers(message.direction) else ()
            self.note_all(message.direction, (message.opcode,), (message.content,), (payload,), before)

    def note_all(
        self,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        payloads: Sequence[str],
        before: Sequence[Rest] = (),
    ) -> None:
        """Keep messages in their order, each with the payload of its first envelope; large ones where there is no
        other. `before` is what came before each; empty where none goes on in the next.
        """
        side = self.sides.get(direction)
        if side is None:
            side = self.sides[direction] = Side()
        known = side.by_payload
        places: Sequence[int] = range(len(contents))
        if opcodes.count(self.opcode) < len(contents):
            places = [at for at in places if opcodes[at] == self.opcode]
        # Of many messages with the same payload the last one is all that is kept, and no other costs more than this.
        newest = dict(zip([payloads[at] for at in places], places, strict=True))
        for payload, at in newest.items():
            mould = contents[at], before[at] if before else NOTHING
            if not known or is_small(mould):
                known[payload] = mould
        for at in places[-LAST:]:
            mould = contents[at], before[at] if before else NOTHING
            if not side.last or is_small(mould):
                side.last.append((payloads[at], mould))
        if before and places:
            side.newest = contents[places[-1]], before[places[-1]]
        while len(known) > MOST:
            del known[next(iter(known))]

    def like(self, direction: Direction, payload: str) -> list[tuple[str, Mould]]:
        """What a message with this payload may be like, the best first: the last one that has it, the last ones of
        all, and a few others. Some may be no messages of the protocol at all.
        """
        side = self.sides.get(direction)
        if side is None:
            return []
        own = side.by_payload.get(payload)
        found = [] if own is None else [(payload, own)]
        for name, mould in chain(reversed(side.last), side.by_payload.items()):
            if len(found) < 2 * LAST and all(mould[0] is not other[0] for _, other in found):
                found.append((name, mould))
        return found

    def newest(self, direction: Direction) -> Mould | None:
        """The last message of a direction, of which something may go on in the next."""
        side = self.sides.get(direction)
        return None if side is None else side.newest

    def last(self, direction: Direction) -> list[Mould]:
        """The last messages of a direction, in their order."""
        side = self.sides.get(direction)
        return [mould for _, mould in side.last] if side is not None else []


def is_small(mould: Mould) -> bool:
    """True for what may be kept many times."""
    content, before = mould
    return len(content) + before.size <= LARGEST
