"""The lane between raw sockets: bytes as they came, ends as they were."""

import asyncio
import random

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, cut, frame, talk

from paperknife_decoders.message import Direction, Opcode

FIN, RSV1 = 0x80, 0x40
DEFLATE = "permessage-deflate"
NO_TAKEOVER = f"{DEFLATE}; server_no_context_takeover; client_no_context_takeover"
UNKNOWN = ["x-webkit-deflate-frame", f"{DEFLATE}, other", f"{DEFLATE}; client_max_window_bits=²"]
BOTH = pytest.mark.parametrize("direction", ["client", "server"])
TLS = pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])


def said(witness, direction: str) -> list[tuple[int, bytes]]:
    """What a direction was seen to say, control frames among the messages left out."""
    return [(m.opcode, m.content) for m in witness.seen if m.direction is Direction(direction)]


@TLS
@pytest.mark.parametrize(
    "extensions", ["", DEFLATE, f"{DEFLATE}; server_no_context_takeover; client_no_context_takeover"]
)
def test_any_bytes_arrive_as_they_were_sent(wire, tls, extensions) -> None:
    """Masks, fragments, control frames between them and compression reach the other side to the byte, cut anywhere."""

    async def run() -> None:
        async with wire(extensions, tls=tls) as at:
            talks = {}
            for seed, direction in enumerate(("client", "server")):
                what = talk(
                    seed, masked=direction == "client", deflate=bool(extensions), takeover=extensions == DEFLATE
                )
                talks[direction] = what
                sender, receiver = at.ends(direction)
                for chunk in cut(what.data, seed):
                    await sender.say(chunk)
                    await asyncio.sleep(0)
                assert await receiver.hear(len(what.data)) == what.data
            for direction, what in talks.items():
                messages = [(opcode, content) for opcode, content in what.said if opcode < CLOSE]
                assert said(at.witness, direction) == messages
            assert len(at.witness.controls) == sum(op >= CLOSE for what in talks.values() for op, _ in what.said)

    asyncio.run(run())


@BOTH
def test_a_fragment_passes_before_the_rest_is_there(wire, direction) -> None:
    """Nothing is held back that nobody could change: a fragment, even half a frame, goes on at once."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            data = frame(TEXT, b"hel", sender.key) + frame(FIN | PING, b"?", sender.key)
            data += frame(FIN | CONTINUATION, b"lo", sender.key)
            for part in (data[:1], data[1:7], data[7:-1], data[-1:]):
                assert said(at.witness, direction) == []
                await sender.say(part)
                assert await receiver.hear(len(part)) == part
            await at.witness.until(lambda: at.witness.seen, "the message")
            assert said(at.witness, direction) == [(TEXT, b"hello")]

    asyncio.run(run())


@TLS
@BOTH
def test_large_messages_pass_whole_or_in_pieces(wire, direction, tls) -> None:
    """Up to the limit a message is handed on whole; beyond it, it passes as it is and is told of in pieces."""
    small, large = random.Random(1).randbytes(900_000), random.Random(2).randbytes(3_000_000)

    async def run() -> None:
        async with wire(arguments=("--set", "paperknife_limit=1m"), tls=tls) as at:
            sender, receiver = at.ends(direction)
            data = b"".join(frame(FIN | BINARY, content, sender.key) for content in (small, large, b"after"))
            sending = asyncio.create_task(sender.say(data))
            assert await receiver.hear(len(data)) == data
            await sending
            await at.witness.until(lambda: len(at.witness.seen) == 2, "the messages")
            assert said(at.witness, direction) == [(BINARY, small), (BINARY, b"after")]
            pieces = at.witness.pieces
            assert b"".join(piece.data for piece in pieces) == large
            assert [piece.offset for piece in pieces if piece.last] == [len(large)]
            assert {(piece.direction, piece.opcode) for piece in pieces} == {(Direction(direction), Opcode.BINARY)}

    asyncio.run(run())


CLOSES = [
    (b"", 1005, ""),
    (b"\x03\xe8", 1000, ""),
    (b"\x03\xe9going", 1001, "going"),
    (b"\x0f\xa0\xe2\x82\xac", 4000, "€"),
    (b"\x03\xf0bad \xff", 1008, "bad \ufffd"),
]


@BOTH
@pytest.mark.parametrize(("payload", "code", "reason"), CLOSES)
def test_a_close_frame_passes_as_it_is(wire, direction, payload, code, reason) -> None:
    """The close frame, the answer to it and both ends of TCP reach the other side; who began it is told."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            first = await sender.send(FIN | CLOSE, payload)
            assert await receiver.hear(len(first)) == first
            answer = await receiver.send(FIN | CLOSE, payload)
            assert await sender.hear(len(answer)) == answer
            at.server.close()
            assert await at.client.ending() == "end"
            at.client.close()
            close = await at.closed()
            assert (close.code, close.reason, close.by) == (code, reason, Direction(direction))

    asyncio.run(run())


@BOTH
def test_a_close_inside_a_fragmented_message_and_data_after_it_pass(wire, direction) -> None:
    """What an endpoint does with such frames is its own affair: they reach it."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            data = frame(BINARY, b"part", sender.key) + frame(FIN | CLOSE, b"\x03\xe8", sender.key)
            data += frame(FIN | CONTINUATION, b"rest", sender.key) + frame(FIN | BINARY, b"more", sender.key)
            await sender.say(data)
            assert await receiver.hear(len(data)) == data
            await at.witness.until(lambda: len(at.witness.seen) == 2, "the messages")
            assert said(at.witness, direction) == [(BINARY, b"partrest"), (BINARY, b"more")]
            assert at.warnings() == []

    asyncio.run(run())


@TLS
@BOTH
def test_an_abort_stays_an_abort(wire, direction, tls) -> None:
    """A TCP reset of one side is a reset for the other, with the code 1006."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            sender, receiver = at.ends(direction)
            sender.reset()
            assert await receiver.ending() == "reset"
            close = await at.closed()
            assert (close.code, close.by) == (1006, Direction(direction))

    asyncio.run(run())


@TLS
@BOTH
def test_an_end_without_a_close_frame_makes_none_up(wire, direction, tls) -> None:
    """A side that closes its socket in mid-connection is no reset and no close frame for the other: 1006."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            sender, receiver = at.ends(direction)
            sender.close()
            assert await receiver.rest() == b""
            receiver.close()
            assert (await at.closed()).code == 1006

    asyncio.run(run())


@BOTH
def test_a_side_that_has_ended_its_sending_still_receives(wire, direction) -> None:
    """Half-close: the other side sees the end, and what it sends from then on arrives."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            first = await sender.send(FIN | BINARY, b"last words")
            sender.finish()
            assert await receiver.rest() == first
            for content in (b"one", bytes(200_000)):
                data = await receiver.send(FIN | BINARY, content)
                assert await sender.hear(len(data)) == data
            receiver.close()
            assert await sender.rest() == b""
            assert (await at.closed()).code == 1006

    asyncio.run(run())


def test_a_peer_that_is_gone_after_its_half_close_ends_the_other(wire) -> None:
    """A write error towards one side is a reset for the other."""

    async def run() -> None:
        async with wire() as at:
            at.client.finish()
            assert await at.server.rest() == b""
            at.client.reset()
            with pytest.raises(ConnectionError):
                for _ in range(5000):
                    await at.server.send(FIN | BINARY, bytes(1000))
                    await asyncio.sleep(0.001)
            assert (await at.closed()).code == 1006

    asyncio.run(run())


VIOLATIONS = [
    ("masked by the wrong side", lambda key: frame(FIN | BINARY, b"a", b"" if key else b"1234")),
    ("reserved opcode 3", lambda key: frame(FIN | 3, b"a", key)),
    ("reserved bits", lambda key: frame(FIN | RSV1 | BINARY, b"a", key)),
    ("control frame of 126 bytes", lambda key: frame(FIN | PING, bytes(126), key)),
    ("control frame in fragments", lambda key: frame(PING, b"", key)),
    ("close frame of one byte", lambda key: frame(FIN | CLOSE, b"a", key)),
    ("continuation of nothing", lambda key: frame(FIN | CONTINUATION, b"a", key)),
    ("new message inside", lambda key: frame(BINARY, b"a", key) + frame(FIN | BINARY, b"b", key)),
    ("highest bit", lambda key: bytes([FIN | BINARY, 0xFF if key else 0x7F]) + b"\xff" * 8),
]


@BOTH
@pytest.mark.parametrize(("what", "broken"), VIOLATIONS, ids=[what for what, _ in VIOLATIONS])
def test_a_violation_is_settled_by_the_endpoints(wire, direction, what, broken) -> None:
    """What breaks the protocol arrives as it was sent, is said once, and the other direction is read on."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            data = (
                frame(FIN | BINARY, b"before", sender.key)
                + broken(sender.key)
                + frame(FIN | TEXT, b"after", sender.key)
            )
            await sender.say(data)
            assert await receiver.hear(len(data)) == data
            back = await receiver.send(FIN | PONG, b"still read")
            assert await sender.hear(len(back)) == back
            (warning,) = at.warnings()
            assert what in warning
            assert f"#1 {Direction(direction).arrow} passes unread from here on" in warning
            assert said(at.witness, direction) == [(BINARY, b"before")]
            await at.witness.until(lambda: at.witness.controls, "the pong")

    asyncio.run(run())


@pytest.mark.parametrize(
    "extensions", ["x-webkit-deflate-frame", f"{DEFLATE}, other", f"{DEFLATE}; client_max_window_bits=²"]
)
def test_an_extension_that_we_do_not_know_makes_a_raw_relay(wire, extensions) -> None:
    """Both directions pass unread, which is said, and the bytes arrive."""

    async def run() -> None:
        async with wire(extensions) as at:
            for direction in ("client", "server"):
                sender, receiver = at.ends(direction)
                data = await sender.send(0xF3, b"who knows")
                assert await receiver.hear(len(data)) == data
            assert len(at.warnings()) == 2
            assert at.witness.seen == []
            at.client.reset()
            assert await at.server.ending() == "reset"

    asyncio.run(run())


@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.parametrize("part", ["add", "deliver"])
def test_a_fault_of_ours_costs_no_byte(wire, hooked, part) -> None:
    """Where our own code raises, the direction passes unread, which is said, and every byte arrives."""

    class Listening:
        def websocket_message(self, flow) -> None:
            pass

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken on purpose")

    async def run() -> None:
        async with wire(addons=[Listening()] if hooked else []) as at:
            if part == "add":
                at.track.history.add = fail  # type: ignore[method-assign]
            else:
                at.proxy.addon.tap.deliver = fail  # type: ignore[method-assign]
            data = b"".join(frame(FIN | BINARY, content, at.client.key) for content in (b"1", b"2", b"3"))
            await at.client.say(data + data[:3])
            await asyncio.sleep(0.05)
            await at.client.say(data[3:])
            assert await at.server.hear(2 * len(data)) == 2 * data
            if part == "deliver" or not hooked:
                assert any("a fault in paperknife, RuntimeError" in text for text in at.warnings())

    History = type("History", (), {})  # noqa: F841
    asyncio.run(run())


def test_a_killed_connection_ends(wire) -> None:
    """Killing a flow that nothing holds, which mitmproxy leaves open, resets both sides."""

    async def run() -> None:
        async with wire() as at:
            at.flow.kill()
            assert await at.client.ending() == "reset"
            assert await at.server.ending() == "reset"
            assert (await at.closed()).code == 1006

    asyncio.run(run())
