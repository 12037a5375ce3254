"""Connections that send all that one read led to in one write."""

import asyncio
import struct

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from paperknife.replay.one_write import OneWriteClient, OneWriteServer


async def echo(connection: ServerConnection) -> None:
    """Send back what comes."""
    async for content in connection:
        await connection.send(content)


def test_everything_goes_as_it_always_does() -> None:
    """Messages of all sizes both ways, pings, and the end with its code."""

    async def walk() -> None:
        async with serve(echo, "127.0.0.1", 0, create_connection=OneWriteServer, max_size=None) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}", create_connection=OneWriteClient, max_size=None) as client:
                for content in ("text", b"", bytes(3_000_000)):
                    await client.send(content)
                    assert await client.recv() == content
                await (await client.ping())
            assert client.close_code == 1000

    asyncio.run(walk())


PINGS = 100_000


def test_a_flood_of_pings_that_nobody_reads_the_answers_of() -> None:
    """Both sides go on: the loop is not kept busy for minutes, and the end comes."""

    heard: list[str] = []

    async def flood(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        connection.transport.write(struct.pack("!BB8s", 0x89, 8, b"are you?") * PINGS)
        await connection.send(b"behind the pings")
        while not heard:
            await asyncio.sleep(0.01)
        connection.transport.abort()

    async def walk() -> None:
        async with serve(flood, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}", create_connection=OneWriteClient) as client:
                heard.append(await asyncio.wait_for(client.recv(), 60))
                assert heard == [b"behind the pings"]
                with pytest.raises(ConnectionClosed):
                    await asyncio.wait_for(client.recv(), 60)

    asyncio.run(walk())
