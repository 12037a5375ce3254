"""Where mitmproxy's hook runs: other addons change and drop messages, and all that follows stays readable."""

import asyncio
import random
import zlib

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, CONTINUATION, PING, TEXT, cut, frame, talk

from paperknife.proxy.lane.deflate import Inflater, agreed_extension
from paperknife.proxy.lane.frames import FrameReader
from paperknife_decoders.message import Fate

FIN, RSV1 = 0x80, 0x40
DEFLATE = "permessage-deflate"
BOTH = pytest.mark.parametrize("direction", ["client", "server"])
WINDOWS = "; server_max_window_bits={0}; client_max_window_bits={0}"
NO_TAKEOVER = "; server_no_context_takeover; client_no_context_takeover"
AGREEMENTS = [
    "",
    DEFLATE,
    DEFLATE + NO_TAKEOVER,
    DEFLATE + WINDOWS.format(9),
    DEFLATE + WINDOWS.format(8),
    DEFLATE + WINDOWS.format(10) + NO_TAKEOVER,
]


class Editor:
    """An addon that changes and drops messages by their number, and is called for each in order."""

    def __init__(self, *, change=(), drop=()) -> None:
        self.change, self.drop = change, drop
        self.seen: list[bytes] = []

    def websocket_message(self, flow) -> None:
        message = flow.websocket.messages[-1]
        number = len(self.seen)
        self.seen.append(message.content)
        if number in self.change:
            message.content = b"changed: " + message.content
        if number in self.drop:
            message.drop()


def reading(direction: str, extensions: str, limit: int = 1 << 24) -> FrameReader:
    """The receiver of a direction."""
    agreed = agreed_extension(extensions)
    inflater = Inflater(agreed[direction]) if agreed else None
    return FrameReader(masked=direction == "client", inflater=inflater, limit=limit)


async def receive(reader: FrameReader, end, count: int) -> list[tuple[int, bytes]]:
    """The next messages and control frames that arrive at an end."""
    got: list[tuple[int, bytes]] = []
    while len(got) < count:
        received = reader.receive(await asyncio.wait_for(end.reader.read(1 << 16), 60))
        assert received.violation is None
        got += zip(received.opcodes, received.contents, strict=True)
    return got


@BOTH
@pytest.mark.parametrize("extensions", AGREEMENTS)
def test_changes_and_drops_leave_the_rest_readable(wire, direction, extensions) -> None:
    """Whatever was agreed on, changed messages arrive changed, dropped ones not at all, and all others as they were."""
    agreed = agreed_extension(extensions)
    what = talk(
        5,
        masked=direction == "client",
        deflate=agreed is not None,
        takeover=agreed is None or agreed[direction].takeover,
        bits=agreed[direction].bits if agreed else 15,
        messages=30,
    )
    editor = Editor(change={2, 3, 7, 20}, drop={5, 11})
    number, expected = 0, []
    for opcode, content in what.said:
        if opcode > BINARY:
            expected.append((opcode, content))
            continue
        if number not in editor.drop:
            expected.append((opcode, (b"changed: " if number in editor.change else b"") + content))
        number += 1

    async def run() -> None:
        async with wire(extensions, addons=[editor]) as at:
            sender, receiver = at.ends(direction)

            async def say() -> None:
                for chunk in cut(what.data, 3):
                    await sender.say(chunk)

            saying = asyncio.create_task(say())
            assert await receive(reading(direction, extensions), receiver, len(expected)) == expected
            await saying
            fates = [message.fate for message in at.witness.seen]
            assert (fates.count(Fate.CHANGED), fates.count(Fate.DROPPED)) == (4, 2)
            changed = next(message for message in at.witness.seen if message.fate is Fate.CHANGED)
            assert changed.content == b"changed: " + changed.original
            assert at.warnings() == []

    asyncio.run(run())


@BOTH
@pytest.mark.parametrize("extensions", ["", DEFLATE])
def test_a_changed_message_stays_one_frame(wire, direction, extensions) -> None:
    """However large it is, so that no text is cut inside a character and nobody meets a continuation frame."""
    text = ("€" * 5001).encode()

    async def run() -> None:
        async with wire(extensions, addons=[Editor(change={0})]) as at:
            sender, receiver = at.ends(direction)
            await sender.send(FIN | TEXT, text)
            head = await receiver.hear(4)
            assert head[0] == FIN | TEXT
            assert int.from_bytes(head[2:4]) == len(text) + len("changed: ")

    asyncio.run(run())


def squeezer(bits: int = 15):
    """What compresses one message after another as a sender does."""
    squeeze = zlib.compressobj(wbits=-bits)

    def compress(content: bytes) -> bytes:
        return (squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")

    return compress


@BOTH
def test_once_changed_a_direction_stays_readable_when_nobody_listens_any_more(wire, direction) -> None:
    """The receiver's window is no longer the sender's: later messages are compressed anew even without the hook."""
    text = b"a text that is sent again and again, " * 5

    async def run() -> None:
        editor = Editor(change={0})
        async with wire(DEFLATE, addons=[editor]) as at:
            sender, receiver = at.ends(direction)
            compress, reader = squeezer(), reading(direction, DEFLATE)
            for turn in range(4):
                await sender.send(FIN | RSV1 | TEXT, compress(text))
                (got,) = await receive(reader, receiver, 1)
                assert got == (TEXT, (b"changed: " if turn == 0 else b"") + text)
                if turn == 1:
                    at.proxy.master.addons.remove(editor)
                    at.proxy.addon.tap.refresh()
            assert len(editor.seen) == 2
            assert len(at.witness.seen) == len(at.flow.websocket.messages) + len(at.track.history.pending) == 4

    asyncio.run(run())


@BOTH
def test_beyond_the_limit_too(wire, direction) -> None:
    """A compressed message beyond the limit passes a changed direction, compressed anew piece by piece."""
    chance = random.Random(3)
    text = chance.randbytes(300_000).hex().encode()

    async def run() -> None:
        async with wire(DEFLATE, ("--set", "paperknife_limit=400k"), addons=[Editor(change={0})]) as at:
            sender, receiver = at.ends(direction)
            compress, reader = squeezer(), reading(direction, DEFLATE)
            data = frame(FIN | RSV1 | TEXT, compress(b"small"), sender.key)
            squeezed = compress(text)
            data += frame(RSV1 | BINARY, squeezed[:1000], sender.key) + frame(FIN | PING, b"", sender.key)
            data += frame(FIN | CONTINUATION, squeezed[1000:], sender.key)
            data += frame(FIN | BINARY, text[:500_000], sender.key)
            data += frame(FIN | RSV1 | TEXT, compress(text[:1000]), sender.key)

            async def say() -> None:
                for chunk in cut(data, 3):
                    await sender.say(chunk)

            saying = asyncio.create_task(say())
            got = await receive(reader, receiver, 5)
            await saying
            assert [one for one in got if one[0] != PING] == [
                (TEXT, b"changed: small"),
                (BINARY, text),
                (BINARY, text[:500_000]),
                (TEXT, text[:1000]),
            ]
            assert any("passes without mitmproxy's addons" in warning for warning in at.warnings())

    asyncio.run(run())
