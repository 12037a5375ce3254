"""What the suite tests: an echo server (`testees.py serve`) and an echo client (`testees.py connect URL AGENT`)."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidMessage


async def echo(connection: Connection) -> None:
    """Send back every message until the connection ends, however it does."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


async def serve_echo() -> None:
    """Listen on a port of the system's choice until killed."""
    async with serve(echo, "127.0.0.1", 0, max_size=None, ping_interval=None) as server:
        await server.serve_forever()


def dial(url: str) -> connect:
    """A connection without limits of ours."""
    return connect(url, max_size=None, ping_interval=None, proxy=None)


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
