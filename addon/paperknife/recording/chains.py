"""Messages of which one goes on in the next: an excerpt takes all of them or none, as one alone says something else."""

from __future__ import annotations

from paperknife_decoders.message import Direction, Message

__all__ = ["MOST_BYTES", "MOST_HELD", "Chains"]

MOST_HELD = 10_000
"""Messages of one direction that wait for what they lead to, the first ones; a peer may cut as small as it likes."""

MOST_BYTES = 16 << 20
"""Bytes of them, as far as they are more than one message."""

type Side = tuple[int, Direction]
"""A connection, and who sent it."""


class Chains:
    """Told of every message in its order, it knows what comes along with those that are wanted.

    Where no step of a protocol gathers, there are no chains, and nothing is kept.
    """

    def __init__(self) -> None:
        self._held: dict[Side, list[Message]] = {}
        self._sizes: dict[Side, int] = {}
        self._taken: set[Side] = set()

    def with_wanted(self, message: Message, *, wanted: bool) -> list[Message]:
        """What is to be taken now: a wanted message with those that it began in, or one that ends what a taken began.

        Nothing else is; what may still come along later is kept until then.
        """
        if not message.reader.gathers(message.direction) or message.opcode > MOST_CONTENT:
            return [message] if wanted else []
        side = message.connection, message.direction
        if not message.before.is_open:
            self._forget(side)
        if wanted or side in self._taken:
            self._taken.add(side)
            return [*self._held.pop(side, ()), message]
        held = self._held.setdefault(side, [])
        size = self._sizes.get(side, 0)
        if len(held) < MOST_HELD and size < MOST_BYTES:
            held.append(message)
            self._sizes[side] = size + len(message.content)
        return []

    def closed(self, connection: int) -> None:
        """A connection ended, and with it all its chains."""
        for direction in Direction:
            self._forget((connection, direction))

    def _forget(self, side: Side) -> None:
        self._held.pop(side, None)
        self._sizes.pop(side, None)
        self._taken.discard(side)


MOST_CONTENT = 2
"""The highest opcode of a message that is no control frame (RFC 6455, section 11.8)."""
