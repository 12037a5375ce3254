"""What the proxy hands on, and the one way to receive it.

The tap announces a connection, then its messages in batches, then its end. All calls come from the proxy's event loop, in
the order in which things happened; a consumer returns quickly and does not block. `Message.envelopes` decodes on first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from paperknife_decoders.message import Direction, Message

__all__ = ["Close", "Connection", "Consumer"]


@dataclass(frozen=True, slots=True)
class Connection:
    """One WebSocket connection, from its handshake on.

    `number` counts from 1 in this run. `url` is what the client asked of the server, with secrets in its query masked.
    `client` is the peer's address as ``host:port``. `read` is False for a connection that no protocol matches: it passes
    and none of its messages are handed on. `time_ns` is nanoseconds since the epoch.
    """

    number: int
    url: str
    client: str
    time_ns: int
    subprotocol: str = ""
    read: bool = True


@dataclass(frozen=True, slots=True)
class Close:
    """How a connection ended: the close code and reason (RFC 6455, section 7.4), and who began it, where known.

    1005 stands for a close frame without a code, 1006 for an end without a close frame.
    """

    code: int
    reason: str
    by: Direction | None
    time_ns: int


class Consumer(Protocol):
    """Receives traffic: the live view, the tally, and whoever comes after them."""

    def opened(self, connection: Connection) -> None:
        """A connection was upgraded to WebSocket."""

    def messages(self, batch: Sequence[Message]) -> None:
        """Messages of one connection, in order, both directions possible."""

    def closed(self, connection: Connection, close: Close) -> None:
        """The connection ended; no message of it follows."""

    def notice(self, text: str, *, warning: bool = False) -> None:
        """Something the user should know, in one sentence: a schema was loaded, a limit was reached."""
