"""Putting frames of our own into a live connection."""

import asyncio
import zlib

import pytest
from mitmproxy.websocket import WebSocketMessage
from tests.addon.proxy.lane.by_hand import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame

from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.injection import Abort, Injection
from paperknife.proxy.lane.writing import close_payload
from paperknife_decoders.message import Direction, Fate, Opcode

FIN, RSV1 = 0x80, 0x40
BOTH = pytest.mark.parametrize("direction", ["client", "server"])
TLS = pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])
KINDS = [
    (Opcode.BINARY, b"injected"),
    (Opcode.TEXT, "€".encode() * 3000),
    (Opcode.PING, b"there?"),
    (Opcode.CLOSE, close_payload(4001, "enough")),
]


async def hear_message(end, masked: bool) -> tuple[int, bytes]:
    """The next frame that an end receives, read."""
    reader = FrameReader(masked=masked)
    while True:
        received = reader.receive(await end.hear(1))
        if received.contents:
            return received.opcodes[0], received.contents[0]


@TLS
@BOTH
@pytest.mark.parametrize(("opcode", "content"), KINDS)
def test_a_frame_reaches_the_other_side(wire, direction, tls, opcode, content) -> None:
    """Messages, pings and close frames arrive in one frame, masked as that side expects, and are told of."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            _, receiver = at.ends(direction)
            at.inject(Injection(Direction(direction), opcode, content))
            assert await hear_message(receiver, masked=direction == "client") == (opcode, content)
            seen = at.witness.controls if opcode >= Opcode.CLOSE else at.witness.seen
            assert [(m.fate, m.content) for m in seen] == [(Fate.INJECTED, content)]

    asyncio.run(run())


@TLS
@BOTH
@pytest.mark.parametrize("at_byte", [1, 3, 8, 12])
def test_an_injection_waits_for_the_end_of_a_message(wire, direction, tls, at_byte) -> None:
    """In mid-frame, and between two fragments, it goes in behind the last fragment and not before."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            sender, receiver = at.ends(direction)
            data = frame(BINARY, b"part", sender.key) + frame(FIN | CONTINUATION, b"rest", sender.key)
            await sender.say(data[:at_byte])
            assert await receiver.hear(at_byte) == data[:at_byte]
            at.inject(Injection(Direction(direction), Opcode.BINARY, b"injected"))
            await at.witness.until(lambda: at.witness.seen, "the injection")
            next_one = frame(FIN | TEXT, b"next", sender.key)
            await sender.say(data[at_byte:] + next_one[:2])
            assert await receiver.hear(len(data) - at_byte) == data[at_byte:]
            assert await hear_message(receiver, masked=direction == "client") == (BINARY, b"injected")
            await sender.say(next_one[2:])
            assert await receiver.hear(len(next_one)) == next_one

    asyncio.run(run())


def test_an_injection_leaves_the_compression_as_it_is(wire) -> None:
    """Between two messages that share a window, an injected one is sent uncompressed: the second stays readable."""

    async def run() -> None:
        async with wire("permessage-deflate") as at:
            squeeze, inflate = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
            for turn in range(3):
                data = squeeze.compress(b"the same text again") + squeeze.flush(zlib.Z_SYNC_FLUSH)
                sent = await at.server.send(FIN | RSV1 | TEXT, data.removesuffix(b"\x00\x00\xff\xff"))
                assert await at.client.hear(len(sent)) == sent
                assert inflate.decompress(data) == b"the same text again"
                at.inject(Injection(Direction.SERVER, Opcode.TEXT, b"injected"))
                assert await at.client.hear(10) == frame(FIN | TEXT, b"injected")
                assert len(at.witness.seen) == 2 * (turn + 1)

    asyncio.run(run())


@TLS
def test_an_abort_resets_both_sides(wire, tls) -> None:
    """No close frame, no end: a reset."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            at.inject(Abort())
            assert await at.client.ending() == "reset"
            assert await at.server.ending() == "reset"
            assert (await at.closed()).code == 1006

    asyncio.run(run())


def test_a_raw_relay_takes_no_injection(wire) -> None:
    """Where frames pass unread there is no boundary to wait for: the user is told, and nothing is sent."""

    async def run() -> None:
        async with wire("unknown-extension") as at:
            at.inject(Injection(Direction.SERVER, Opcode.TEXT, b"injected"))
            said = "Nothing can be injected <- into connection #1: its frames pass unread."
            await at.witness.until(lambda: said in at.warnings(), "the warning")
            sent = await at.server.send(FIN | PING)
            assert await at.client.hear(len(sent)) == sent

    asyncio.run(run())


@BOTH
def test_an_injection_whose_boundary_never_comes_is_said_so(wire, direction) -> None:
    """Where the message that it waits for breaks the protocol, it is not sent, and the user is told."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            await sender.send(BINARY, b"part")
            await receiver.hear(1)
            at.inject(Injection(Direction(direction), Opcode.TEXT, b"injected"))
            await at.witness.until(lambda: at.witness.seen, "the injection")
            await sender.send(FIN | BINARY, b"no continuation")
            await at.witness.until(lambda: any("is not sent" in text for text in at.warnings()), "the warning")

    asyncio.run(run())


@BOTH
def test_nothing_is_injected_behind_a_close_frame(wire, direction) -> None:
    """After a close frame went by, that direction is over for us."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            sent = await sender.send(FIN | CLOSE, b"\x03\xe8")
            assert await receiver.hear(len(sent)) == sent
            at.inject(Injection(Direction(direction), Opcode.TEXT, b"injected"))
            await at.witness.until(lambda: any("it is closing" in text for text in at.warnings()), "the warning")

    asyncio.run(run())


@pytest.mark.parametrize("listens", [False, True])
def test_mitmproxys_own_command_injects(wire, listens) -> None:
    """`inject.websocket` works as ever; another addon sees the message, marked as injected, and may change it."""

    class Louder:
        def websocket_message(self, flow) -> None:
            message: WebSocketMessage = flow.websocket.messages[-1]
            assert message.injected
            message.content = message.content.upper()

    async def run() -> None:
        async with wire(addons=[Louder()] if listens else []) as at:
            at.proxy.master.commands.call("inject.websocket", at.flow, True, b"hello", True)
            assert await at.client.hear(7) == frame(FIN | TEXT, b"HELLO" if listens else b"hello")
            (newest,) = at.flow.websocket.messages
            assert (newest.injected, newest.from_client) == (True, False)

    asyncio.run(run())
