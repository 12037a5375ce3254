"""The way to open connections, from outside of what passes there."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from paperknife.mutation.verdict import CloseOrder, Emission
from paperknife_decoders.message import Direction, Opcode


def test_sending(stage) -> None:
    """In either direction, at once or later; for a connection that is not there it is nothing."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            links = at.proxy.addon.hands.links
            await at.witness.until(lambda: bool(at.witness.connections), "the connection")
            links.send(1, Emission(Direction.SERVER, Opcode.BINARY, b"later", 0.05))
            links.send(1, Emission(Direction.CLIENT, Opcode.BINARY, b"echoed"))
            links.send(9, Emission(Direction.CLIENT, Opcode.BINARY, b"nobody"))
            assert await client.recv() == b"echoed"
            assert await client.recv() == b"later"
            links.say(1, "words")
            assert at.witness.notices[-1] == ("Connection #1: words", False)

    asyncio.run(run())


@pytest.mark.parametrize(("order", "code"), [(CloseOrder(4000, "enough"), 4000), (CloseOrder(abort=True), 1006)])
def test_ending(stage, order, code) -> None:
    """With a code and a reason, or as if a cable were cut."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            await at.witness.until(lambda: bool(at.witness.connections), "the connection")
            at.proxy.addon.hands.links.close(1, order)
            with pytest.raises(ConnectionClosed) as caught:
                await asyncio.wait_for(client.recv(), 60)
            assert (caught.value.rcvd.code if caught.value.rcvd else 1006) == code

    asyncio.run(run())
