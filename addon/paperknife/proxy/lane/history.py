"""What mitmproxy's own interfaces show of a connection: the last messages, made into its objects now and then."""

from __future__ import annotations

from collections import deque
from itertools import accumulate

from mitmproxy import http
from mitmproxy.websocket import WebSocketMessage

from paperknife.traffic import Batch, Piece
from paperknife_decoders.message import Direction, Fate

__all__ = ["MOST_BYTES", "History"]

MOST_CONTENT = 2

MOST_BYTES = 64 << 20
"""About so many bytes of messages are kept of each connection, unless all are."""


class History:
    """Keeps ``flow.websocket.messages`` of one flow at its last `keep` messages; 0 keeps all.

    Messages wait in `pending` until `flush` makes them into objects: at the next refresh of the interfaces, before a
    hook, and at the end. It is trimmed in large steps and never to less than one message, as the interfaces rely on the
    last one staying. Messages beyond the limit are put together only where all are kept, in `parts`.
    """

    def __init__(self, flow: http.HTTPFlow, keep: int) -> None:
        self.flow = flow
        self.keep = keep
        self.trimmed = False
        self.size = 0
        self.pending: deque[tuple[bool, float, int, bytes]] = deque(maxlen=keep or None)
        self.parts: dict[Direction, bytearray] = {}

    def use(self, keep: int) -> None:
        """Keep so many messages from now on."""
        self.flush()
        self.keep = keep
        self.pending = deque(maxlen=keep or None)

    def add(self, batch: Batch) -> None:
        """Remember a batch, without its control frames."""
        if batch.fate is not Fate.PASSED:
            self.flush()
        from_client, seconds = batch.direction is Direction.CLIENT, batch.time_ns / 1e9
        self.pending.extend(
            (from_client, seconds, opcode, content)
            for opcode, content in zip(batch.opcodes, batch.contents, strict=True)
            if opcode <= MOST_CONTENT
        )
        self.size += batch.size
        if batch.fate is not Fate.PASSED or self.size > 2 * MOST_BYTES:
            self.flush(batch.fate)

    def add_piece(self, piece: Piece) -> None:
        """Put a message beyond the limit together, where all messages are kept."""
        if self.keep:
            return
        parts = self.parts.setdefault(piece.direction, bytearray())
        if piece.offset == len(parts):  # else all are kept only since its beginning went by
            parts += piece.data
            if piece.last:
                content = bytes(parts)
                self.pending.append((piece.direction is Direction.CLIENT, piece.time_ns / 1e9, piece.opcode, content))
        if piece.last:
            del self.parts[piece.direction]

    def append(self, message: WebSocketMessage) -> None:
        """Add one message that is an object already, as hooks need it."""
        assert self.flow.websocket is not None
        self.flush()
        self.flow.websocket.messages.append(message)
        self.size += len(message.content)
        self.trim(self.flow.websocket.messages)

    def flush(self, fate: Fate = Fate.PASSED) -> bool:
        """Make objects of what is pending, which has this fate; True if there was anything."""
        assert self.flow.websocket is not None
        if not self.pending:
            return False
        messages = self.flow.websocket.messages
        injected, dropped = fate is Fate.INJECTED, fate is Fate.DROPPED
        for from_client, seconds, opcode, content in self.pending:
            messages.append(WebSocketMessage(opcode, from_client, content, seconds, dropped, injected))
        self.pending.clear()
        self.trim(messages)
        return True

    def trim(self, messages: list[WebSocketMessage]) -> None:
        """Cut the list once it has twice as many messages, or bytes, as are to be kept."""
        if not self.keep:
            return
        if len(messages) > 2 * self.keep:
            del messages[: -self.keep]
            self.trimmed = True
        if self.size > 2 * MOST_BYTES:
            self.trim_bytes(messages)

    def trim_bytes(self, messages: list[WebSocketMessage]) -> None:
        """Cut the list to its last `MOST_BYTES`; what was counted may be gone already by the number of messages."""
        sizes = list(accumulate(len(message.content) for message in reversed(messages)))
        self.size = sizes[-1]
        if self.size > 2 * MOST_BYTES:
            kept = max(sum(size <= MOST_BYTES for size in sizes), 1)
            del messages[:-kept]
            self.size = sizes[kept - 1]
            self.trimmed = True
