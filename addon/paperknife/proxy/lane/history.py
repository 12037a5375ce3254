"""What mitmproxy's own interfaces show of a connection: the last messages, made into its objects now and then."""

from __future__ import annotations

from collections import deque

from mitmproxy import http
from mitmproxy.websocket import WebSocketMessage

from paperknife.traffic import Batch
from paperknife_decoders.message import Direction, Fate

__all__ = ["History"]

MOST_CONTENT = 2


class History:
    """Keeps ``flow.websocket.messages`` of one flow at its last `keep` messages; 0 keeps all.

    Messages wait in `pending` until `flush` makes them into objects: at the next refresh of the interfaces, before a
    hook, and at the end. It is trimmed in large steps and never to less than one message, as the interfaces rely on the
    last one staying.
    """

    def __init__(self, flow: http.HTTPFlow, keep: int) -> None:
        self.flow = flow
        self.keep = keep
        self.trimmed = self.said = False
        self.pending: deque[tuple[bool, float, int, bytes]] = deque(maxlen=keep or None)

    def add(self, batch: Batch) -> None:
        """Remember a batch, without its control frames."""
        from_client, seconds = batch.direction is Direction.CLIENT, batch.time_ns / 1e9
        self.pending.extend(
            (from_client, seconds, opcode, content)
            for opcode, content in zip(batch.opcodes, batch.contents, strict=True)
            if opcode <= MOST_CONTENT
        )
        if batch.fate is Fate.INJECTED:
            self.flush(injected=True)

    def append(self, message: WebSocketMessage) -> None:
        """Add one message that is an object already, as hooks need it."""
        assert self.flow.websocket is not None
        self.flush()
        self.flow.websocket.messages.append(message)
        self.trim(self.flow.websocket.messages)

    def flush(self, *, injected: bool = False) -> bool:
        """Make objects of what is pending; True if there was anything."""
        assert self.flow.websocket is not None
        if not self.pending:
            return False
        messages = self.flow.websocket.messages
        for from_client, seconds, opcode, content in self.pending:
            messages.append(WebSocketMessage(opcode, from_client, content, seconds))
        self.pending.clear()
        messages[-1].injected = injected
        self.trim(messages)
        return True

    def trim(self, messages: list[WebSocketMessage]) -> None:
        """Cut the list to its last `keep` messages once it has twice as many."""
        if self.keep and len(messages) > 2 * self.keep:
            del messages[: -self.keep]
            self.trimmed = True
