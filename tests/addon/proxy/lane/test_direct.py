"""The short way: taken where nothing has to wait, and never ahead of what is still on the long one."""

import asyncio
import random

import pytest
from tests.addon.proxy.lane.by_hand import frame
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from paperknife.proxy.lane.direct import DirectProtocol
from paperknife_decoders.message import Direction


def protocols(at) -> list[asyncio.BaseProtocol]:
    """The protocols of all connections that the proxy has open."""
    server = at.proxy.master.addons.get("proxyserver")
    return [
        io.writer.transport.get_protocol()
        for handler in server.connections.values()
        for io in handler.transports.values()
    ]


def test_plain_connections_take_the_short_way(stage) -> None:
    """Both sides of a plain WebSocket have their protocol replaced, and what passes is seen all the same."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            await client.send(b"\x01")
            assert await client.recv() == b"\x01"
            assert [type(protocol) for protocol in protocols(at)] == [DirectProtocol, DirectProtocol]
            assert [message.content for message in at.witness.seen] == [b"\x01", b"\x01"]

    asyncio.run(run())


def test_messages_keep_their_order_when_hooks_come_and_go(stage) -> None:
    """While an addon that waits in its hook comes and goes, every message arrives once, in order."""
    count = 3000

    class Slow:
        async def websocket_message(self, flow) -> None:
            await asyncio.sleep(0)

    received = []

    async def sink(server: ServerConnection) -> None:
        async for content in server:
            received.append(content)
            await server.send(content)

    async def run() -> None:
        chance = random.Random(3)
        async with stage(sink) as at, connect(at.url, max_queue=None) as client:
            addons, slow, listening = at.proxy.master.addons, Slow(), False
            echoed = []

            async def collect() -> None:
                async for content in client:
                    echoed.append(content)
                    if len(echoed) == count:
                        return

            collecting = asyncio.create_task(collect())
            for number in range(count):
                await client.send(number.to_bytes(4, "big") * chance.choice((1, 20, 3000)))
                if chance.random() < 0.02:
                    (addons.remove if listening else addons.add)(slow)
                    listening = not listening
                    at.proxy.addon.tap.refresh()
                    await asyncio.sleep(0)
            await asyncio.wait_for(collecting, 60)
            if listening:
                addons.remove(slow)
            numbers = [int.from_bytes(content[:4], "big") for content in received]
            assert numbers == list(range(count))
            assert echoed == received

    asyncio.run(run())


def test_nothing_overtakes_a_chunk_that_was_read_and_waits_for_its_turn(stage) -> None:
    """A chunk may wait, in no buffer, while mitmproxy handles an event: what comes later stays later."""

    async def run() -> None:
        async with stage() as at, connect(at.url) as client:
            await client.send("first")
            assert await client.recv() == "first"
            (handler,) = at.proxy.master.addons.get("proxyserver").connections.values()
            short = protocols(at)[0]
            async with handler._server_event_lock:
                short.stream.data_received(frame(0x81, b"read already", b"\1\2\3\4"))
                while short.reader._buffer:
                    await asyncio.sleep(0)
                await client.send("sent later")
                await asyncio.sleep(0.05)  # time enough to overtake
            assert [await client.recv(), await client.recv()] == ["read already", "sent later"]

    asyncio.run(run())


def test_a_reader_that_stops_stops_the_sender(stage) -> None:
    """What a client does not take waits at the server; the proxy holds a bounded part of it."""
    chunk, most = bytes(100_000), 4_000_000

    async def flood(server: ServerConnection) -> None:
        for _ in range(400):
            await server.send(chunk)

    async def run() -> None:
        async with stage(flood) as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.proxy.listening[0].port, limit=1 << 16)
            writer.write(
                b"GET /v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
            await reader.readuntil(b"\r\n\r\n")
            seen = -1
            while seen != len(at.witness.seen) or not seen:  # until nothing more comes through
                seen = len(at.witness.seen)
                await asyncio.sleep(0.3)
            assert seen < 400
            buffered = sum(protocol.target.get_write_buffer_size() for protocol in protocols(at))
            assert buffered < most
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize("by_client", [True, False])
def test_who_ends_first_without_a_close_frame_is_named(stage, by_client) -> None:
    """A connection that one side ends by a plain end of its sending was broken off by that side, not by the other."""

    async def leave(server: ServerConnection) -> None:
        if by_client:
            await server.wait_closed()
        else:
            server.transport.close()

    async def run() -> None:
        async with stage(leave) as at:
            async with connect(at.url) as client:
                if by_client:
                    client.transport.close()
                await client.wait_closed()
            await at.witness.until(lambda: at.witness.closes, "the end")
            close = at.witness.closes[0]
            assert (close.code, close.by) == (1006, Direction.CLIENT if by_client else Direction.SERVER)

    asyncio.run(run())
