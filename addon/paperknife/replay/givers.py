"""Which recorded message of the server gave an id that the client then used: without it, a request makes no sense."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator

from paperknife_decoders.learning import Learned
from paperknife_decoders.message import Direction, Message

__all__ = ["Givers"]

MOST = 16_384
"""Values that are remembered, of either side; the oldest are forgotten first."""


class Givers:
    """Remembers who said an identifying value first, the server in which message or the client."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self._given: OrderedDict[Hashable, Hashable] = OrderedDict()
        """What gave a value; None where the client has chosen it."""

    def heard(self, message: Message, keys: list[Hashable]) -> None:
        """A recorded message of the server, with what each of its envelopes counts as."""
        for envelope, key in zip(message.envelopes, keys, strict=False):
            for value in self._learned.identifiers(envelope, Direction.SERVER):
                self._remember(value, key)

    def said(self, message: Message) -> set[Hashable]:
        """A recorded message of the client: what had given the values in it."""
        found: set[Hashable] = set()
        for value in self._values(message):
            giver = self._given.get(value)
            if giver is not None:
                found.add(giver)
            else:
                self._remember(value, None)
        return found

    def _values(self, message: Message) -> Iterator[Hashable]:
        for envelope in message.envelopes:
            yield from self._learned.identifiers(envelope, Direction.CLIENT)

    def _remember(self, value: Hashable, key: Hashable) -> None:
        if value not in self._given:
            self._given[value] = key
            if len(self._given) > MOST:
                self._given.popitem(last=False)
