"""What a live server says, as messages."""

from __future__ import annotations

import asyncio

from tests.addon.recording.sessions import Line, reader
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from paperknife.replay.hearing import heard_on
from paperknife_decoders.message import Direction, Opcode

QUOTE = Line().server(0, "market_data", symbol="ESZ6").content


def test_all_that_is_said_up_to_the_end() -> None:
    """Text and binary, read by the protocol; however the connection ends."""

    async def talk(connection) -> None:
        for _ in range(100):
            await connection.send(QUOTE)
        await connection.send("{}")
        connection.transport.abort() if connection.request.path == "/gone" else await connection.close()

    async def stage(path: str) -> list:
        async with serve(talk, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}{path}", proxy=None) as connection:
                return [message async for message in heard_on(connection, 7, reader())]

    said = asyncio.run(stage("/"))
    assert len(said) == 101
    assert [each.opcode for each in said[-2:]] == [Opcode.BINARY, Opcode.TEXT]
    assert said[0].envelopes[0].payload == "market_data"
    assert {(each.connection, each.direction) for each in said} == {(7, Direction.SERVER)}
    asyncio.run(stage("/gone"))
