"""Small connections of a recording, read together: a file is gone through once for many, and not once for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence

from paperknife.recording.exchange.assembly import Assembly
from paperknife.recording.items import Closed
from paperknife.replay.survey import ConnectionSurvey
from paperknife.replay.timeline import LARGEST, Act, Choose, Session
from paperknife.traffic import Piece
from paperknife_decoders.message import Message, Opcode

__all__ = ["Bundle", "Held", "bundled", "gathering", "held_acts", "taken"]

MOST_MESSAGES = 50_000
MOST_BYTES = 32 << 20
"""Messages, and bytes in them, of the connections in a bundle that has more than one."""

AT_ONCE = 1000
"""Items that are read before others get their turn."""

type Held = dict[int, deque[Act]]
"""What was said on connections, by their numbers."""

type Bundle[Pair] = list[Pair]
"""Connections whose messages are held at once."""


def bundled[Pair: Sequence[ConnectionSurvey | None]](pairs: Collection[Pair]) -> Iterator[Bundle[Pair]]:
    """The same pairs in their order, as many at a time as can be held; a large one is alone."""
    bundle: Bundle[Pair] = []
    messages = size = 0
    for pair in pairs:
        known = [each for each in pair if each is not None]
        messages += sum(each.messages for each in known)
        size += sum(each.size for each in known)
        if bundle and (messages > MOST_MESSAGES or size > MOST_BYTES):
            yield bundle
            bundle = []
            messages = sum(each.messages for each in known)
            size = sum(each.size for each in known)
        bundle.append(pair)
    if bundle:
        yield bundle


def held_acts(session: Session, numbers: Collection[int], choose: Choose) -> dict[int, Iterator[Act]]:
    """What `Session.acts` gives for each of these connections, from one reading; of one alone, as it is read."""
    if len(numbers) == 1:
        return {number: session.acts(number, choose) for number in numbers}
    held: Held = {number: deque() for number in numbers}
    for _ in gathering(session, held, choose):
        pass
    return {number: taken(acts) for number, acts in held.items()}


def gathering(session: Session, held: Held, choose: Choose) -> Iterator[None]:
    """Fill `held` with what `Session.acts` gives for its connections, from one reading; pauses now and then."""
    pieces = {number: Assembly(LARGEST) for number in held}
    is_open = set(held)
    for count, item in enumerate(session.items() if held else ()):
        if count % AT_ONCE == 0:
            yield
        if isinstance(item, Message):
            if item.connection in is_open and item.opcode < Opcode.CLOSE and choose(item):
                held[item.connection].append(item)
        elif isinstance(item, Piece):
            if item.connection in is_open and (joined := pieces[item.connection].add(item)):
                held[item.connection].append(joined)
        elif isinstance(item, Closed) and item.connection.number in is_open:
            held[item.connection.number].append(item)
            is_open.discard(item.connection.number)
            if not is_open:
                break


def taken(acts: deque[Act]) -> Iterator[Act]:
    """Each of these, which is not kept once it was taken."""
    while acts:
        yield acts.popleft()
