"""Backpressure: who is slow slows only who sends to them, and memory stays bounded."""

import asyncio

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, PING, TEXT, frame

FIN = 0x80
BOTH = pytest.mark.parametrize("direction", ["client", "server"])
TLS = pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])

ROOM = 16 << 20
"""More than the buffers of the system and of the proxy between two sockets on this machine hold."""
HELD = 1 << 20
"""What the proxy itself may hold of one direction."""


async def fill(end, chunk: bytes) -> int:
    """Send until nobody takes any more for a while; how many bytes have left us."""
    sent = 0
    while sent < 2 * ROOM:
        end.writer.write(chunk)
        try:
            await asyncio.wait_for(end.writer.drain(), 0.5)
        except TimeoutError:
            break
        sent += len(chunk)
    return sent


def buffered(at, end: str) -> int:
    """Bytes that wait in the proxy to be sent to an end."""
    (handler,) = at.proxy.master.addons.get("proxyserver").connections.values()
    connection = at.flow.client_conn if end == "client" else at.flow.server_conn
    return handler.transports[connection].writer.transport.get_write_buffer_size()


@TLS
@BOTH
def test_a_slow_reader_slows_only_its_sender(wire, direction, tls) -> None:
    """A side that reads nothing stops the other's sending and neither its own, nor pings; little is held of it."""
    other = "server" if direction == "client" else "client"

    async def run() -> None:
        async with wire(tls=tls) as at:
            sender, receiver = at.ends(direction)
            chunk = frame(FIN | BINARY, bytes(60_000), sender.key)
            sent = await fill(sender, chunk)
            assert sent < ROOM
            assert buffered(at, other) < HELD
            for content in (b"a", bytes(500_000)):
                data = frame(FIN | BINARY, content, receiver.key) + frame(FIN | PING, b"?", receiver.key)
                sending = asyncio.create_task(receiver.say(data))
                assert await sender.hear(len(data)) == data
                await sending
            written = sent + len(chunk)
            for _ in range(written // len(chunk)):
                assert await receiver.hear(len(chunk)) == chunk

    asyncio.run(run())


@pytest.mark.parametrize("how", ["reset", "kill"])
def test_a_sender_to_a_slow_reader_learns_of_its_end(wire, how) -> None:
    """While a direction is held up, the end of the slow side ends the sender too."""

    async def run() -> None:
        async with wire() as at:
            await fill(at.server, frame(FIN | BINARY, bytes(60_000)))
            if how == "reset":
                at.client.reset()
            else:
                at.flow.kill()
            assert await at.server.ending() == "reset"
            assert (await at.closed()).code == 1006

    asyncio.run(run())


class Holding:
    """An addon that intercepts the first message, as a user may."""

    def __init__(self) -> None:
        self.holds = True

    def websocket_message(self, flow) -> None:
        if self.holds:
            self.holds = False
            flow.intercept()


@TLS
@BOTH
def test_reading_stops_while_a_hook_holds_the_connection(wire, direction, tls) -> None:
    """What comes in while a message is held waits in the peers' sockets, and passes in order once it is resumed."""

    async def run() -> None:
        async with wire(tls=tls, addons=[Holding()]) as at:
            sender, receiver = at.ends(direction)
            first = await sender.send(FIN | TEXT, b"held")
            await at.witness.until(lambda: at.flow.intercepted, "the hold")
            chunk = frame(FIN | BINARY, bytes(60_000), sender.key)
            sent = await fill(sender, chunk)
            assert sent < ROOM
            (handler,) = at.proxy.master.addons.get("proxyserver").connections.values()
            waiting = handler.lane._paused_event_queue
            assert sum(len(event.data) for event in waiting) < HELD
            at.flow.resume()
            assert await receiver.hear(len(first)) == first
            for _ in range(sent // len(chunk) + 1):
                assert await receiver.hear(len(chunk)) == chunk

    asyncio.run(run())


def test_killing_a_held_connection_ends_it(wire) -> None:
    """mitmproxy hangs there; here both sides are reset, and the held message goes nowhere."""

    async def run() -> None:
        async with wire(addons=[Holding()]) as at:
            await at.client.send(FIN | TEXT, b"held")
            await at.witness.until(lambda: at.flow.intercepted, "the hold")
            at.flow.kill()
            assert await at.server.ending() == "reset"
            assert await at.client.ending() == "reset"
            assert (await at.closed()).code == 1006
            assert at.witness.seen == []

    asyncio.run(run())
