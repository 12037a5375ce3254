"""A peer that breaks the protocol: the endpoint deals with it as it would without us."""

import asyncio
from urllib.parse import urlsplit

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame
from tests.addon.proxy.lane.conftest import KEY, End, accepting, read_head, request, response
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.violation import Violation

FIN, RSV1, RSV2 = 0x80, 0x40, 0x20

BREACHES = {
    "none": lambda key: frame(FIN | CLOSE, b"\x03\xe8", key),
    "reserved opcode 3": lambda key: frame(FIN | 3, b"a", key),
    "reserved opcode 11": lambda key: frame(FIN | 11, b"", key),
    "reserved bit 1": lambda key: frame(FIN | RSV1 | BINARY, b"a", key),
    "reserved bit 2": lambda key: frame(FIN | RSV2 | TEXT, b"a", key),
    "reserved bit of a ping": lambda key: frame(FIN | RSV1 | PING, b"", key),
    "ping in fragments": lambda key: frame(PING, b"a", key),
    "close in fragments": lambda key: frame(CLOSE, b"\x03\xe8", key),
    "ping of 126 bytes": lambda key: frame(FIN | PING, bytes(126), key),
    "close of 126 bytes": lambda key: frame(FIN | CLOSE, b"\x03\xe8" + b"a" * 124, key),
    "masked by the wrong side": lambda key: frame(FIN | BINARY, b"a", b"" if key else KEY),
    "continuation of nothing": lambda key: frame(FIN | CONTINUATION, b"a", key),
    "message inside a message": lambda key: frame(BINARY, b"a", key) + frame(FIN | BINARY, b"b", key),
    "text that is not UTF-8": lambda key: frame(FIN | TEXT, b"\xff\xfe", key),
    "fragmented text that is not UTF-8": lambda key: (
        frame(TEXT, b"\xe2\x82", key) + frame(FIN | CONTINUATION, b"a", key)
    ),
    "text that ends in a character": lambda key: frame(FIN | TEXT, b"\xe2\x82", key),
    "close code 999": lambda key: frame(FIN | CLOSE, b"\x03\xe7", key),
    "close code 1005": lambda key: frame(FIN | CLOSE, b"\x03\xed", key),
    "close code 5000": lambda key: frame(FIN | CLOSE, b"\x13\x88", key),
    "close of one byte": lambda key: frame(FIN | CLOSE, b"\x03", key),
    "close reason that is not UTF-8": lambda key: frame(FIN | CLOSE, b"\x03\xe8\xff", key),
    "length of 2 bytes for 1": lambda key: frame(FIN | BINARY, b"a", key, widen=2) + frame(FIN | CLOSE, b"", key),
    "length of 8 bytes for 1": lambda key: frame(FIN | BINARY, b"a", key, widen=8) + frame(FIN | CLOSE, b"", key),
    "length with the highest bit": lambda key: bytes([FIN | BINARY, 0xFF if key else 0x7F]) + b"\xff" * 8 + key,
    "larger than the endpoint takes": lambda key: frame(FIN | BINARY, bytes(5000), key),
    "message after the close": lambda key: frame(FIN | CLOSE, b"\x03\xe8", key) + frame(FIN | BINARY, b"a", key),
}
"""What a peer sends behind a first message, by what is wrong with it."""

LARGEST = 4000
"""The largest message that the endpoints take."""


class Listening:
    """An addon because of which each message is kept until its hook has run."""

    def websocket_message(self, flow) -> None:
        pass


async def listen(endpoint) -> list:
    """What an endpoint makes of what it gets: its messages, and how the connection ended for it."""
    got: list = []
    try:
        while True:
            got.append(await asyncio.wait_for(endpoint.recv(), 60))
    except ConnectionClosed as closed:
        return [*got, closed.rcvd, closed.sent, endpoint.close_code, endpoint.close_reason]


async def break_protocol(end: End, breach, *, endpoint_masks: bool) -> list:
    """Send a message and a breach; the frames that come back. A server ends first (RFC 6455, section 7.1.1)."""
    await end.say(frame(FIN | BINARY, b"before", end.key) + breach(end.key))
    if endpoint_masks:
        end.finish()
    try:
        heard = await end.rest()
    finally:
        end.close()
    received = FrameReader(masked=endpoint_masks).receive(heard)
    assert received.violation is None
    return list(zip(received.opcodes, received.contents, strict=True))


@pytest.mark.parametrize("hooked", [False, True])
def test_a_server_deals_with_a_client_that_breaks_the_protocol(stage, hooked) -> None:
    """For each breach a real server's messages, close code and reason, and what it answers, are those without us."""
    outcomes: asyncio.Queue = asyncio.Queue()

    async def handler(connection) -> None:
        connection.protocol.max_message_size = LARGEST
        outcomes.put_nowait(await listen(connection))

    async def attempt(url: str, breach) -> tuple[list, list]:
        client = End(*await asyncio.open_connection("127.0.0.1", urlsplit(url).port), masks=True)
        await client.say(request(""))
        await read_head(client.reader)
        answered = await break_protocol(client, breach, endpoint_masks=False)
        return answered, await asyncio.wait_for(outcomes.get(), 60)

    async def run() -> None:
        async with stage(handler) as at:
            if hooked:
                at.proxy.master.addons.add(Listening())
            direct = {what: await attempt(at.upstream, breach) for what, breach in BREACHES.items()}
            relayed = {what: await attempt(at.url, breach) for what, breach in BREACHES.items()}
            assert relayed == direct
            assert {bytes(answer[-1][1][:2]) for answer, _ in direct.values()} >= {
                b"\x03\xea",
                b"\x03\xef",
                b"\x03\xf1",
            }

    asyncio.run(run())


@pytest.mark.parametrize("hooked", [False, True])
def test_a_client_deals_with_a_server_that_breaks_the_protocol(stage, hooked) -> None:
    """For each breach a real client's messages, close code and reason, and what it answers, are those without us."""

    async def attempt(url: str, accepted: asyncio.Queue, breach) -> tuple[list, list]:
        connecting = asyncio.create_task(connect(url, max_size=LARGEST, compression=None).__aenter__())
        server = End(*await asyncio.wait_for(accepted.get(), 60), masks=False)
        await server.say(response(await read_head(server.reader), ""))
        client = await connecting
        answering = asyncio.create_task(break_protocol(server, breach, endpoint_masks=True))
        outcome = await listen(client)
        answered = await answering
        await client.close()
        return answered, outcome

    async def run() -> None:
        async with accepting(None) as (port, accepted):
            upstream = f"ws://127.0.0.1:{port}/v1"
            async with stage(upstream=upstream) as at:
                if hooked:
                    at.proxy.master.addons.add(Listening())
                direct = {what: await attempt(upstream, accepted, breach) for what, breach in BREACHES.items()}
                relayed = {what: await attempt(at.url, accepted, breach) for what, breach in BREACHES.items()}
                assert relayed == direct
                assert {outcome[-2] for _, outcome in direct.values()} >= {1000, 1006}

    asyncio.run(run())


def test_a_violation_is_a_sentence() -> None:
    """What was sent, and the section that forbids it."""
    violation = Violation("a close frame of one byte", "RFC 6455, section 5.5.1")
    assert str(violation) == "a close frame of one byte (RFC 6455, section 5.5.1)"
    assert (violation.what, violation.section) == ("a close frame of one byte", "RFC 6455, section 5.5.1")
