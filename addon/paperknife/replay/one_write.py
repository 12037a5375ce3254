"""WebSocket connections that send all that one read led to in one write.

`websockets` writes each frame by itself, pongs too, and asyncio adds up what waits at each write: a peer that sends a
hundred thousand pings and reads nothing would keep the event loop busy for minutes.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

if TYPE_CHECKING:
    from websockets.asyncio.connection import Connection

__all__ = ["OneWriteClient", "OneWriteServer"]

MOST_WAITING = 256 << 20
"""Bytes that wait for a peer who does not read; beyond it the connection is aborted."""


def write_all(connection: Connection) -> None:
    """Send what the protocol has ready; its end is an empty part."""
    parts = connection.protocol.data_to_send()
    transport = connection.transport
    if data := b"".join(parts):
        transport.write(data)
    if not all(parts):
        if transport.can_write_eof():
            with contextlib.suppress(OSError, RuntimeError):  # it has ended by itself
                transport.write_eof()
        else:
            transport.close()
    if transport.get_write_buffer_size() > MOST_WAITING:
        transport.abort()


class OneWriteClient(ClientConnection):
    """A client's side."""

    def send_data(self) -> None:
        """Send outgoing data."""
        write_all(self)


class OneWriteServer(ServerConnection):
    """A server's side."""

    def send_data(self) -> None:
        """Send outgoing data."""
        write_all(self)
