"""Telling of what rules had a part in: of messages of one kind that follow each other together, as of any batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paperknife.traffic import Batch
from paperknife_decoders.message import Fate, Message

if TYPE_CHECKING:
    from paperknife.proxy.lane.telling import Telling

__all__ = ["Untold"]

type Kind = tuple[object, Fate, Sequence[str], bool]


class Untold:
    """Messages that have gone out, or been dropped, and are not told of yet; to be told before their bytes are sent."""

    __slots__ = ("kind", "lane", "messages")

    def __init__(self, lane: Telling) -> None:
        self.lane = lane
        self.messages: list[Message] = []
        self.kind: Kind | None = None

    def add(self, message: Message, *, shown: bool = False) -> None:
        """Add one; `shown` where mitmproxy's interfaces have it already."""
        kind = message.direction, message.fate, message.hits, shown
        if kind != self.kind:
            self.tell()
            self.kind = kind
        self.messages.append(message)

    def extend(self, messages: Sequence[Message]) -> None:
        """Add messages that have simply passed."""
        for message in messages:
            self.add(message)

    def tell(self) -> None:
        """Tell of all of them."""
        if self.messages and self.kind is not None:
            told, self.messages = self.messages, []
            try:
                self.lane.host.deliver(self.lane.track, Batch.of_all(told), shown=self.kind[3])
            except Exception as error:  # their bytes are on their way all the same
                self.lane.host.failed(self.lane.track, error)
