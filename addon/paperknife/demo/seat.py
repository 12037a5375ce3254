"""A session and the connection it is on."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from paperknife.demo.session import Session

__all__ = ["MOST_WAITING", "Seat"]

MOST_WAITING = 2000
"""Messages waiting for a client that reads slowly. Beyond that no updates; a snapshot once it has caught up."""


class Seat:
    """A session and the connection it is on, with what waits to be sent."""

    def __init__(self, session: Session, connection: ServerConnection) -> None:
        self.session = session
        self.connection = connection
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self.behind = False

    def post(self) -> None:
        """Move the session's outbox to what waits for the connection; updates only while there is room."""
        outbox, self.session.outbox = self.session.outbox, []
        for payload, fields in outbox:
            if payload == "market_data" and (self.behind or self.waiting.qsize() >= MOST_WAITING):
                self.behind = True
            else:
                self.waiting.put_nowait(self.session.api.server.encode(payload, fields))

    def catch_up(self) -> None:
        """After updates were left out: how things stand, once everything before it is sent."""
        if self.behind and self.waiting.empty():
            self.behind = False
            self.session.depths(0, sorted(self.session.symbols))
            self.post()

    async def send(self) -> None:
        """Send what waits, as fast as the client reads, until the connection ends."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                content = await self.waiting.get()
                await self.connection.send(content)
                self.waiting.task_done()

    async def drained(self) -> None:
        """Wait until all that waits is sent, or can never be."""
        done = asyncio.ensure_future(self.waiting.join())
        gone = asyncio.ensure_future(self.connection.wait_closed())
        await asyncio.wait((done, gone), return_when=asyncio.FIRST_COMPLETED)
        for future in (done, gone):
            future.cancel()
