"""Backpressure: who is slow slows only who sends to them, and memory stays bounded."""

import asyncio
import select
import socket
import time

import pytest
from bench.certificates import make_tls
from bench.contenders import SUMMARY, Workshop
from bench.pairs import Origin
from bench.transfer import send, transfer
from tests.addon.proxy.lane.by_hand import BINARY, PING, TEXT, frame
from tests.addon.proxy.lane.deciding import Table

from paperknife.mutation.flow import LIMITS_AT_ONCE
from paperknife.mutation.verdict import Emission, Verdict
from paperknife_decoders.message import Direction, Fate, Opcode

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


FLOOD = 300_000_000
GROWTH = 32 << 20
"""What the whole process may grow by, its first large messages and all libraries that they need included."""


def flood(sender: socket.socket, block: bytes) -> tuple[int, memoryview]:
    """Offer `FLOOD` bytes, until nothing more is taken for a while; how many have left, and what is left of a block."""
    poll, rest, sent = select.poll(), memoryview(block), 0
    poll.register(sender, select.POLLOUT)
    until = time.monotonic() + 0.5
    while sent < FLOOD and time.monotonic() < until:
        poll.poll(100)
        taken = send(sender, rest)
        if taken:
            until = time.monotonic() + 0.5
        sent += taken
        rest = rest[taken:] or memoryview(block)
    return sent, rest


def passed(sender: socket.socket, data: bytes, receiver: socket.socket, size: int) -> bytes:
    """Send `data`; the next `size` bytes that arrive."""
    heard = bytearray()

    def all_there(got: memoryview) -> bool:
        heard.extend(got)
        return len(heard) >= size

    transfer(sender, data, 1, receiver, all_there)
    return bytes(heard)


@TLS
def test_memory_is_bounded_while_nobody_reads(tls, tmp_path) -> None:
    """Of 300 MB for a side that reads nothing the proxy's process holds little; the other way is open meanwhile."""
    certificates = make_tls(tmp_path) if tls else None
    origin = Origin(certificates)
    block, masked = (frame(FIN | BINARY, bytes(60_000), key) for key in (b"", b"1234"))
    relay = Workshop(tmp_path).start(SUMMARY, origin.port, certificates.certificate if certificates else None)
    try:
        with relay, origin.pairs(relay.port, 2) as (one, two):
            before = relay.resident_bytes()
            for sender, receiver, sends, answers in (
                (one.client, one.origin, masked, block),
                (two.origin, two.client, block, masked),
            ):
                sent, rest = flood(sender, sends)
                assert sent < ROOM
                assert relay.resident_bytes() - before < GROWTH
                assert passed(receiver, answers, sender, len(answers)) == answers
                size = sent + len(rest)
                assert passed(sender, bytes(rest), receiver, size) == sends * (size // len(sends))
    finally:
        origin.close()


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


@TLS
def test_who_does_not_read_our_answers_is_not_read_from(wire, tls) -> None:
    """A client that asks and asks, and takes no answer: little of what rules answer waits for it, then all comes."""
    answer = b"!" * 10_000
    verdict = Verdict(None, emissions=(Emission(Direction.SERVER, Opcode.BINARY, answer),), hits=("r",))

    async def run() -> None:
        async with wire(tls=tls) as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({b"?" * 1000: verdict}, ("client",)))
            at.client.writer.write(frame(FIN | BINARY, b"?" * 1000, at.client.key) * 3000)
            await at.client.say(b"")
            expected = frame(FIN | BINARY, answer)
            await at.witness.until(lambda: at.witness.seen, "an answer")
            counts = [-1]
            while counts[-1] < len(at.witness.seen):  # until nothing more is asked of the rules
                counts.append(len(at.witness.seen))
                await asyncio.sleep(0.3)
            assert len(at.witness.seen) < 2 * 3000
            assert buffered(at, "client") < 8 * HELD  # what two chunks of questions lead to
            for _ in range(3000):
                assert await at.client.hear(len(expected)) == expected

    asyncio.run(run())


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(b"?", copies=1000, hits=("r",)),
        Verdict(b"?", emissions=(Emission(Direction.CLIENT, Opcode.BINARY, b"!"),) * 1000, hits=("r",)),
        Verdict(b"?", emissions=(Emission(Direction.SERVER, Opcode.BINARY, b"!"),) * 1000, hits=("r",)),
    ],
)
def test_a_small_flood_does_not_become_a_large_one(wire, verdict) -> None:
    """What came at once leads to so many messages of ours and no more, which is said once; all of the peer's pass."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({b"?": verdict}, ("client",)))
            last, heard = frame(FIN | BINARY, b"last", at.client.key), b""
            await at.client.say(frame(FIN | BINARY, b"?", at.client.key) * 200 + last)
            while not heard.endswith(last):
                heard += await asyncio.wait_for(at.server.reader.read(1 << 16), 60)
            fates = [message.fate for message in at.witness.seen]
            assert fates.count(Fate.PASSED) == 201
            assert fates.count(Fate.INJECTED) <= 3 * LIMITS_AT_ONCE.messages  # it comes in a few chunks
            assert len([text for text in at.warnings() if "were to be sent besides" in text]) == 1

    asyncio.run(run())
