"""Which answers a recorded request cannot do without: those that gave an id that is in it, and those to an earlier
request with the same id, which nobody could tell from its own answers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from paperknife_decoders.learning import Learned
from paperknife_decoders.message import Direction, Message

__all__ = ["Givers"]

MOST = 16_384
"""Values that are remembered; the oldest are forgotten first."""


class Givers:
    """Remembers what an identifying value came with: a message of the server, or a request of the client."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._given: OrderedDict[Hashable, Hashable] = OrderedDict()

    def heard(self, message: Message, keys: list[Hashable]) -> None:
        """A recorded message of the server, with what each of its envelopes counts as."""
        for envelope, key in zip(message.envelopes, keys, strict=False):
            for value in self._learned.identifiers(envelope, Direction.SERVER):
                self._given.setdefault(value, key)
        self._forget()

    def said(self, message: Message, keys: list[Hashable]) -> set[Hashable]:
        """A recorded message of the client, with what answers to its envelopes count as: what it cannot do without."""
        found: set[Hashable] = set()
        for envelope, key in zip(message.envelopes, keys, strict=True):
            for value in self._learned.identifiers(envelope, Direction.CLIENT):
                if value in self._given:
                    found.add(self._given[value])
                self._given[value] = key
        self._forget()
        return found

    def _forget(self) -> None:
        while len(self._given) > MOST:
            self._given.popitem(last=False)
