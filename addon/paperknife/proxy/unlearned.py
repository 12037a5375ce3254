"""Messages that wait, and are told of only when they go on: what is secret in them is to be known before that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from paperknife_decoders.message import Message

__all__ = ["Unlearned", "Waits"]

LEAST = 64
"""So many are kept before it is looked which of them are gone."""


class Waits(Protocol):
    """What waits; once it is `gone` it has been told of."""

    gone: bool


class Unlearned:
    """Has secrets learned only when something is about to be said: most runs of rules never say anything."""

    __slots__ = ("found", "learn_from", "most")

    def __init__(self, learn_from: Callable[[Message], None]) -> None:
        self.learn_from = learn_from
        self.found: list[tuple[Message, Waits]] = []
        self.most = LEAST

    def add(self, message: Message, waits: Waits) -> None:
        """One more. Of those that are gone no more than as many again are kept as wait."""
        if len(self.found) >= self.most:
            self.found = [each for each in self.found if not each[1].gone]
            self.most = max(LEAST, 2 * len(self.found))
        self.found.append((message, waits))

    def learn(self) -> None:
        """Learn what is secret in all that wait."""
        found, self.found, self.most = self.found, [], LEAST
        for message, waits in found:
            if not waits.gone:
                self.learn_from(message)
