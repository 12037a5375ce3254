"""mitmproxy's connection handler, with backpressure for each direction alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from mitmproxy.connection import Connection, ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler

from paperknife.proxy.lane.layer import RESET
from paperknife.proxy.lane.peers import AbortPeer, HalfClosePeer

__all__ = ["LaneConnectionHandler"]

CHUNK = 1 << 16
"""Bytes read at a time: what a stream of asyncio holds by default."""

NO_LINGER = struct.pack("ii", 1, 0)
"""With this a close becomes a reset."""


class LaneConnectionHandler(ProxyConnectionHandler):
    """Reads from a peer only as fast as what was written because of it is taken.

    mitmproxy drains every writer of a client's connections, under one lock, before it reads on from any: one slow
    reader stops both directions. Here each direction waits for its own reader alone.
    """

    async def handle_connection(self, connection: Connection) -> None:
        """Read from a connection until its end, and keep it for sending where only its reading ended."""
        cancelled = await self.read_until_end(connection)
        if cancelled is None and connection.transport_protocol == "tcp":
            connection.state &= ~ConnectionState.CAN_READ
        else:
            connection.state = ConnectionState.CLOSED
        await self.server_event(events.ConnectionClosed(connection))
        if connection.state is ConnectionState.CAN_WRITE:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                cancelled = error
        writer = self.transports.pop(connection).writer
        assert writer is not None
        with contextlib.suppress(OSError):
            writer.close()
        if cancelled is not None:
            raise cancelled

    async def read_until_end(self, connection: Connection) -> asyncio.CancelledError | None:
        """Hand on what comes; the cancellation that ended it, if one did."""
        reader = self.transports[connection].reader
        assert reader is not None
        try:
            while data := await reader.read(CHUNK):
                await self.server_event(events.DataReceived(connection, data))
                await self.drain_after(connection)
        except ConnectionResetError:
            connection.error = RESET
        except OSError:
            pass
        except asyncio.CancelledError as error:
            return error
        return None

    async def drain_after(self, source: Connection) -> None:
        """Wait until the other connections have taken what `source` made us send."""
        for connection, transport in list(self.transports.items()):
            if connection is source or transport.writer is None:
                continue
            try:
                await transport.writer.drain()
            except OSError as error:
                if transport.handler is not None:
                    transport.handler.cancel(f"Error sending data: {error}")

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Carry out what a lane asks for; everything else is a hook."""
        if isinstance(hook, HalfClosePeer):
            if hook.connection in self.transports:
                self.close_connection(hook.connection, half_close=True)
        elif isinstance(hook, AbortPeer):
            self.abort(hook.connection)
        else:
            await super().handle_hook(hook)

    def abort(self, connection: Connection) -> None:
        """Reset a TCP connection."""
        transport = self.transports.get(connection)
        if transport is None or not isinstance(transport.writer, asyncio.StreamWriter):
            return
        sock = transport.writer.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        transport.writer.transport.abort()
