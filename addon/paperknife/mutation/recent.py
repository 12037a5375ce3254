"""The last messages of all connections, for a user who wants to send one of them again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from paperknife.traffic import Batch
from paperknife_decoders.message import Message, Opcode

__all__ = ["Recent"]

MOST_BATCHES = 10_000
MOST_BYTES = 8 << 20


class Recent:
    """The last batches, of at most so many bytes in all; of what is more, the last batch alone.

    They are kept as they are: a message is made of one only when the user asks.
    """

    __slots__ = ("batches", "most_bytes", "size")

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.batches: deque[tuple[int, Batch]] = deque()
        self.size = 0

    def add(self, batch: Batch) -> None:
        """Keep a batch, with its secrets."""
        size = batch.size
        self.batches.append((size, batch))
        self.size += size
        while len(self.batches) > 1 and (self.size > self.most_bytes or len(self.batches) > MOST_BATCHES):
            self.size -= self.batches.popleft()[0]

    def newest_first(self) -> Iterator[Message]:
        """The messages, without control frames, as they are kept at this moment."""
        for _, batch in reversed(tuple(self.batches)):
            yield from (message for message in reversed(batch) if message.opcode in (Opcode.TEXT, Opcode.BINARY))
