"""What the suite tests: an echo server (`testees.py serve`) and an echo client (`testees.py connect URL AGENT`).

Both read the beginning of a connection byte by byte. When an illegal frame comes right behind a message, `websockets`
fails the connection before it hands on the message, if it has received both at once. Whether the suite sees that
message echoed would be a matter of who is faster: it differs from run to run without any proxy, and says nothing about
what was relayed.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidMessage

SLOWLY = 4096
"""Bytes of each connection that are read one by one; no case of the suite has an illegal frame behind them."""

AT_ONCE = 1 << 18
"""Bytes that are read at a time from there on: asyncio's own number."""


class Slowly(Connection):
    """Reads one byte in each turn of the event loop at first: between two of them a message is answered."""

    left = SLOWLY

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take one byte at a time."""
        super().connection_made(transport)
        self.transport.max_size = 1  # type: ignore[attr-defined]  # of asyncio's transports over a selector

    def data_received(self, data: bytes) -> None:
        """Take more at a time once the beginning is over."""
        super().data_received(data)
        self.left -= len(data)
        if self.left == 0:
            self.transport.max_size = AT_ONCE  # type: ignore[attr-defined]


class SlowClient(Slowly, ClientConnection):
    """The client's end."""


class SlowServer(Slowly, ServerConnection):
    """The server's end."""


async def echo(connection: Connection) -> None:
    """Send back every message until the connection ends, however it does."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


async def serve_echo() -> None:
    """Listen on a port of the system's choice until killed."""
    async with serve(echo, "127.0.0.1", 0, max_size=None, ping_interval=None, create_connection=SlowServer) as server:
        await server.serve_forever()


def dial(url: str) -> connect:
    """A connection without limits of ours."""
    return connect(url, max_size=None, ping_interval=None, proxy=None, create_connection=SlowClient)


async def connect_to_cases(url: str, agent: str) -> None:
    """Go through all cases of a fuzzing server, as its protocol has it, and let it write its reports."""
    async with dial(f"{url}/getCaseCount") as connection:
        count = int(await connection.recv())
    for case in range(1, count + 1):
        with contextlib.suppress(ConnectionClosed, InvalidMessage, OSError, TimeoutError):
            async with dial(f"{url}/runCase?case={case}&agent={agent}") as connection:
                await echo(connection)
    async with dial(f"{url}/updateReports?agent={agent}") as connection:
        await finish(connection)


async def finish(connection: ClientConnection) -> None:
    """Wait for the server to close."""
    with contextlib.suppress(ConnectionClosed):
        await connection.recv()


if __name__ == "__main__":
    asyncio.run(serve_echo() if sys.argv[1] == "serve" else connect_to_cases(*sys.argv[2:4]))
