"""mitmproxy's connection handler, with backpressure for each direction alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any, ClassVar

from mitmproxy.connection import Connection, ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers.websocket import WebsocketMessageHook
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler

from paperknife.proxy.lane.direct import go_direct
from paperknife.proxy.lane.peers import RESET, AbortPeer, HalfClosePeer, LaneOpened, LaneRelaying, Pausing, ReadOn

__all__ = ["LaneConnectionHandler"]

CHUNK = 1 << 16
"""Bytes read at a time: what a stream of asyncio holds by default."""

NO_LINGER = struct.pack("ii", 1, 0)
"""With this a close becomes a reset."""

KILLED_SECONDS = 0.1
"""How often we look whether a held flow was killed, which mitmproxy does not tell anybody."""


class LaneConnectionHandler(ProxyConnectionHandler):
    """Once a lane has opened, reads from a peer only as fast as what was written because of it is taken.

    mitmproxy drains every writer of a client's connections, under one lock, before it reads on from any: one slow
    reader stops both directions. Here each direction waits for its own reader alone. mitmproxy also reads on while a
    hook holds the flow; here each direction waits for it with one chunk at most. Connections without a lane are
    handled as mitmproxy does.
    """

    lane: Pausing | None = None
    resumed: asyncio.Event
    is_ending = False
    """The proxy ends: what is read already, and not handed on yet, stays so."""

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
                self.pass_on_reset(connection)
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
                if self.is_ending:
                    await asyncio.Event().wait()
                await self.server_event(events.DataReceived(connection, data))
                if self.lane is None:
                    await self.drain_writers()  # type: ignore[no-untyped-call]
                    continue
                await self.drain_after(connection)
                await asyncio.sleep(0)  # a full stream never waits, and all others would
                while self.lane.waits(connection):
                    self.resumed.clear()
                    await self.resumed.wait()
        except OSError:
            if self.lane is not None:
                connection.error = RESET
        except asyncio.CancelledError as error:
            return error
        return None

    async def drain_after(self, source: Connection) -> None:
        """Wait until the other connections have taken what `source` made us send, and it what it made us answer."""
        answered = self.lane is not None and self.lane.answers(source)
        for connection, transport in list(self.transports.items()):
            if (connection is source and not answered) or transport.writer is None:
                continue
            try:
                await transport.writer.drain()
            except OSError as error:
                connection.error = RESET
                if transport.handler is not None:
                    transport.handler.cancel(f"Error sending data: {error}")

    def pass_on_reset(self, connection: Connection) -> None:
        """Reset the others too where `connection` broke off after it had ended its own sending."""
        if self.lane is not None and connection.error == RESET:
            for other in self.transports:
                if other is not connection:
                    self.abort(other)

    async def hook_task(self, hook: commands.StartHook) -> None:
        """Run a hook, then read on where the lane does not wait for another one."""
        await super().hook_task(hook)
        if self.lane is not None and not self.lane.paused:
            self.resumed.set()

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Carry out what a lane asks for; everything else is a hook."""
        carry_out = self.requests.get(type(hook))
        if carry_out is not None:
            carry_out(self, hook)
        elif isinstance(hook, WebsocketMessageHook):
            with self.timeout_watchdog.disarm():
                await self.master.addons.handle_lifecycle(hook)
                while hook.flow.intercepted:  # no longer so once it is killed, but nobody is woken then
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(hook.flow.wait_for_resume(), KILLED_SECONDS)
        else:
            await super().handle_hook(hook)

    def attach(self, request: LaneOpened) -> None:
        """Know the lane from here on."""
        self.resumed = asyncio.Event()
        self.lane = request.lane
        self.lane.attached = True

    def take_short_way(self, request: LaneRelaying) -> None:
        """Let chunks pass mitmproxy's layers by, where there is only TCP below them."""
        go_direct(self, request.lane)

    def half_close(self, request: HalfClosePeer) -> None:
        """Send no more to a peer."""
        if request.connection in self.transports:
            self.close_connection(request.connection, half_close=True)

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

    requests: ClassVar[dict[type, Callable[[LaneConnectionHandler, Any], None]]] = {
        LaneOpened: attach,
        LaneRelaying: take_short_way,
        HalfClosePeer: half_close,
        ReadOn: lambda handler, request: handler.resumed.set(),
        AbortPeer: lambda handler, request: handler.abort(request.connection),
    }
    """What carries out each request."""
