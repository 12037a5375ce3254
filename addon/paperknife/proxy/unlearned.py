"""Messages that are told of later than something is said: what is secret in them is to be known before that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from paperknife_decoders.message import Message

__all__ = ["Unlearned", "Waits"]

LEAST = 64
LEAST_BYTES = 1 << 20
"""So many, or bytes in them, are kept before it is looked which of them are gone."""


class Waits(Protocol):
    """What waits; once it is `gone` it has been told of."""

    gone: bool


class Unlearned:
    """Has secrets learned only when something is about to be said: most runs of rules never say anything.

    `at_hand` are messages that are being decided on.
    """

    __slots__ = ("at_hand", "found", "learn_from", "most", "most_bytes", "size")

    def __init__(self, learn_from: Callable[[Message], None]) -> None:
        self.learn_from = learn_from
        self.found: list[tuple[Message, Waits]] = []
        self.at_hand: Iterable[Message] | None = None
        self.size = 0
        """Bytes of the contents."""
        self.most, self.most_bytes = LEAST, LEAST_BYTES

    def add(self, message: Message, waits: Waits) -> None:
        """One more. Of those that are gone no more than as many again are kept as wait, and bytes, or a few."""
        if len(self.found) >= self.most or self.size >= self.most_bytes:
            self.found = [each for each in self.found if not each[1].gone]
            self.size = sum(len(each.content) for each, _ in self.found)
            self.most, self.most_bytes = max(LEAST, 2 * len(self.found)), max(LEAST_BYTES, 2 * self.size)
        self.found.append((message, waits))
        self.size += len(message.content)

    def learn(self) -> None:
        """Learn what is secret in all that wait, and in what is at hand."""
        at_hand, self.at_hand = self.at_hand, None
        for message in at_hand or ():
            self.learn_from(message)
        found, self.found, self.size = self.found, [], 0
        self.most, self.most_bytes = LEAST, LEAST_BYTES
        for message, waits in found:
            if not waits.gone:
                self.learn_from(message)
