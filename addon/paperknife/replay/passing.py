"""The real server behind a recorded one, for what the recording does not know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from paperknife.replay.one_write import OneWriteClient
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.printable import printable

__all__ = ["Passing"]

MOST_WAITING = 1000
"""Messages that wait for the connection to the real server."""

OURS = frozenset({"host", "connection", "upgrade", "content-length"})
"""Headers that belong to one connection (RFC 6455, section 4.1); with them all that begin with `PREFIX`."""

PREFIX = "sec-websocket-"


class Passing:
    """Hands messages of one client on to the server at `url`, and that server's messages back.

    It connects with the first message, with the headers of the client's own handshake. `tell` is told in a sentence
    where it cannot.
    """

    def __init__(self, client: ServerConnection, url: str) -> None:
        self.client = client
        self.url = url
        self.tell: Callable[[str], None] = lambda text: None
        self._last: Message | None = None
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(MOST_WAITING)
        self._task: asyncio.Task[None] | None = None

    def hand_on(self, message: Message) -> None:
        """Send a message to the real server, once; where too many wait for it, it is left out."""
        if message is self._last:  # another envelope of it was not recorded either
            return
        self._last = message
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(message)

    async def close(self) -> None:
        """End the connection to the real server."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        request = self.client.request
        assert request is not None
        headers = [
            (name, value)
            for name, value in request.headers.raw_items()
            if name.lower() not in OURS and not name.lower().startswith(PREFIX)
        ]
        subprotocol = self.client.subprotocol
        try:
            async with (
                connect(
                    self.url,
                    additional_headers=headers,
                    subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
                    ping_interval=None,
                    create_connection=OneWriteClient,
                    user_agent_header=None,
                ) as server,
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(self._up(server))
                tasks.create_task(self._down(server))
        except* (OSError, WebSocketException, TimeoutError) as errors:
            place = printable(self.url.partition("?")[0])  # the query may hold a token
            self.tell(f"The server at {place} could not be asked: {printable(str(errors.exceptions[0]))}.")

    async def _up(self, server: ClientConnection) -> None:
        while True:
            message = await self._waiting.get()
            await server.send(message.content, text=message.opcode is Opcode.TEXT)

    async def _down(self, server: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for content in server:
                await self.client.send(content)
