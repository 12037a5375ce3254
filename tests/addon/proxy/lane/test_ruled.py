"""What is decided on messages, at its effect: between raw sockets, whole, in fragments, compressed, over TLS."""

import asyncio
import contextlib
import itertools
import random
import time
import zlib
from dataclasses import dataclass, replace

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, CLOSE, CONTINUATION, PING, PONG, cut, frame, talk
from tests.addon.proxy.lane.deciding import Desk, Table
from tests.addon.proxy.lane.test_way import Editor, reading, receive

from paperknife.live.tally import Tally
from paperknife.mutation.flow import Limits
from paperknife.mutation.verdict import CloseOrder, Emission, Hold, Throttle, Verdict
from paperknife.recording.reading import Recording
from paperknife_decoders.message import Direction, Fate, Message, Opcode

FIN, RSV1 = 0x80, 0x40
DEFLATE = "permessage-deflate"
NO_TAKEOVER = f"{DEFLATE}; server_no_context_takeover; client_no_context_takeover"
BOTH = pytest.mark.parametrize("direction", ["client", "server"])
PASSED, CHANGED, DROPPED, INJECTED = Fate.PASSED, Fate.CHANGED, Fate.DROPPED, Fate.INJECTED
SHORT = 0.08
"""Seconds that a delay lasts: so long that what came later would have arrived."""


@dataclass(frozen=True)
class Form:
    """How a sender writes messages: compressed by what was agreed on, and in so many fragments."""

    extensions: str = ""
    fragments: int = 1

    def frames(self, contents: list[bytes], key: bytes) -> list[bytes]:
        """One message each."""
        squeeze, written = zlib.compressobj(wbits=-15), []
        for content in contents:
            payload, first = content, BINARY
            if self.extensions:
                payload = squeeze.compress(content) + squeeze.flush(zlib.Z_SYNC_FLUSH)
                payload, first = payload.removesuffix(b"\x00\x00\xff\xff"), BINARY | RSV1
                squeeze = zlib.compressobj(wbits=-15) if self.extensions == NO_TAKEOVER else squeeze
            size = -(-len(payload) // self.fragments) or 1
            parts = [payload[at : at + size] for at in range(0, len(payload), size)] or [b""]
            heads = [first, *[CONTINUATION] * (len(parts) - 1)]
            heads[-1] |= FIN
            written.append(b"".join(frame(head, part, key) for head, part in zip(heads, parts, strict=True)))
        return written


FORMS = {
    "whole": Form(),
    "in fragments": Form(fragments=3),
    "compressed": Form(DEFLATE),
    "compressed, in fragments": Form(DEFLATE, 2),
    "compressed, each by itself": Form(NO_TAKEOVER),
}

A, B, C, D = (letter * 40 for letter in (b"a", b"b", b"c", b"d"))
HIT = ("r",)


def emission(direction: Direction, content: bytes, delay: float = 0) -> Emission:
    return Emission(direction, Opcode.BINARY, content, delay)


CASES = {
    "nothing": ({}, [A, B, C], [PASSED] * 3),
    "counted": ({B: Verdict(B, hits=HIT)}, [A, B, C], [PASSED] * 3),
    "changed": ({B: Verdict(b"new", hits=HIT)}, [A, b"new", C], [PASSED, CHANGED, PASSED]),
    "changed to nothing": ({B: Verdict(b"", hits=HIT)}, [A, b"", C], [PASSED, CHANGED, PASSED]),
    "dropped": ({B: Verdict(None, hits=HIT)}, [A, C], [PASSED, DROPPED, PASSED]),
    "delayed": ({B: Verdict(B, delay=SHORT, hits=HIT)}, [A, B, C], [PASSED] * 3),
    "overtaken": ({B: Verdict(B, delay=SHORT, overtaken=True, hits=HIT)}, [A, C, B], [PASSED] * 3),
    "doubled": ({B: Verdict(B, copies=2, hits=HIT)}, [A, B, B, B, C], [PASSED, PASSED, INJECTED, INJECTED, PASSED]),
    "reordered": ({A: Verdict(A, window=1, hits=HIT)}, [B, A, C], [PASSED] * 3),
    "throttled": (
        dict.fromkeys((A, B, C), Verdict(b"x", throttle=Throttle("r", messages_per_second=50), hits=HIT)),
        [b"x"] * 3,
        [CHANGED] * 3,
    ),
    "held": ({A: Verdict(A, hold=Hold("r", SHORT), hits=HIT)}, [B, C, A], [PASSED] * 3),
    "held in order": ({A: Verdict(A, hold=Hold("r", SHORT, in_order=True), hits=HIT)}, [A, B, C], [PASSED] * 3),
    "stalled": ({A: Verdict(A, stall=SHORT, hits=HIT)}, [A, B, C], [PASSED] * 3),
    "followed": (
        {B: Verdict(B, emissions=(emission(Direction.CLIENT, D), emission(Direction.SERVER, D)), hits=HIT)},
        [A, B, D, C],
        [PASSED, PASSED, INJECTED, PASSED],
    ),
    "changed, doubled, delayed and followed": (
        {
            A: Verdict(None, hits=HIT),
            B: Verdict(
                b"new",
                delay=SHORT,
                copies=1,
                emissions=(emission(Direction.CLIENT, D), emission(Direction.SERVER, D)),
                hits=("r", "s"),
            ),
            C: Verdict(C, delay=SHORT / 2, overtaken=True, hits=HIT),
        },
        [D, C, b"new", b"new"],
        [DROPPED, INJECTED, PASSED, CHANGED, INJECTED],
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_a_verdict_has_its_effect(wire, case, form) -> None:
    """The receiver gets what was decided, in its order, and can read all that follows; everybody is told the same."""
    verdicts, expected, fates = CASES[case]
    how, direction = FORMS[form], "server" if len(case) % 2 else "client"

    async def run() -> None:
        async with wire(how.extensions) as at:
            at.proxy.addon.tap.holder = desk = Desk()
            at.proxy.addon.tap.use_changers(lambda track: Table(verdicts))
            sender, receiver = at.ends(direction)
            reader = reading(direction, how.extensions)
            first, *rest = how.frames([A, B, C, b"last"], sender.key)
            await sender.say(first + b"".join(rest[:-1]))
            assert [content for _, content in await receive(reader, receiver, len(expected))] == expected
            await sender.say(rest[-1])
            assert await receive(reader, receiver, 1) == [(BINARY, b"last")]
            told = [message for message in at.witness.seen if message.direction is Direction(direction)]
            assert [message.fate for message in told] == [*fates, PASSED]
            arrived = [message.content for message in told if message.fate is not DROPPED]
            assert arrived == [*expected, b"last"]
            touched = [message for message in told if message.content not in (A, B, C, b"last") or message.hits]
            assert all("r" in message.hits for message in touched)
            assert not desk.waiting
            assert at.warnings() == []

    asyncio.run(run())


@BOTH
@pytest.mark.parametrize("extensions", ["", DEFLATE, NO_TAKEOVER])
@pytest.mark.parametrize("heeds", [("client", "server"), ()], ids=["heeded", "not heeded"])
def test_what_nobody_wants_arrives_as_it_was_sent(wire, direction, extensions, heeds) -> None:
    """Masks, fragments, control frames between them and compression reach the other side, cut anywhere.

    To the byte where nobody heeds the direction; else only pings and pongs may overtake a message that is not whole.
    """
    what = talk(1, masked=direction == "client", deflate=bool(extensions), takeover=extensions == DEFLATE)

    async def run() -> None:
        async with wire(extensions) as at:
            table = Table(directions=heeds, wanted=False)
            at.proxy.addon.tap.use_changers(lambda track: table)
            sender, receiver = at.ends(direction)
            for chunk in cut(what.data, 2):
                await sender.say(chunk)
                await asyncio.sleep(0)
            data = await receiver.hear(len(what.data))
            received = reading(direction, extensions).receive(data)
            assert sorted(zip(received.opcodes, received.contents, strict=True)) == sorted(what.said)
            messages = [each for each in what.said if each[0] < CLOSE]
            assert [(m.opcode, m.content) for m in at.witness.seen] == messages
            assert table.asked == []
            if not heeds:
                assert data == what.data

    asyncio.run(run())


@BOTH
def test_messages_that_nobody_wants_pass_in_one_piece(wire, direction) -> None:
    """They are asked about once for each chunk, and what is not whole of the last one waits for its rest."""

    async def run() -> None:
        async with wire() as at:
            table = Table(wanted=False)
            at.proxy.addon.tap.use_changers(lambda track: table)
            sender, receiver = at.ends(direction)
            whole = b"".join(frame(FIN | BINARY, bytes([number]) * 40, sender.key) for number in range(50))
            half = frame(FIN | BINARY, b"half" * 10, sender.key)
            await sender.say(whole + half[:7])
            assert await receiver.hear(len(whole)) == whole
            assert (table.batches, len(at.witness.seen)) == ([50], 50)
            await sender.say(half[7:])
            assert await receiver.hear(len(half)) == half
            assert table.batches == [50, 1]

    asyncio.run(run())


@BOTH
def test_a_delay_holds_neither_pings_nor_the_other_direction(wire, direction) -> None:
    """While a message waits, pings, pongs and all that the other side says pass."""

    async def run() -> None:
        async with wire() as at:
            table = Table({A: Verdict(A, delay=60)}, (direction,))
            at.proxy.addon.tap.use_changers(lambda track: table)
            sender, receiver = at.ends(direction)
            await sender.send(FIN | BINARY, A)
            await sender.send(FIN | BINARY, B)
            for first in (FIN | PING, FIN | PONG):
                data = await sender.send(first, b"?")
                assert await receiver.hear(len(data)) == data
            data = await receiver.send(FIN | BINARY, C)
            assert await sender.hear(len(data)) == data
            assert [message.content for message in at.witness.seen] == [C]

    asyncio.run(run())


@pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])
def test_a_close_frame_comes_behind_what_is_delayed(wire, tls) -> None:
    """The close handshake is made whole, after the messages that were sent before it."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=SHORT, hits=HIT)}, ("client",)))
            message = await at.client.send(FIN | BINARY, A)
            close = await at.client.send(FIN | CLOSE, b"\x03\xe8")
            assert await at.server.hear(len(message + close)) == message + close
            answer = await at.server.send(FIN | CLOSE, b"\x03\xe8")
            assert await at.client.hear(len(answer)) == answer
            at.server.close()
            assert await at.client.ending() == "end"
            at.client.close()
            end = await at.closed()
            assert (end.code, end.by) == (1000, Direction.CLIENT)

    asyncio.run(run())


def test_an_end_waits_for_what_is_delayed(wire) -> None:
    """A peer that sends no more, with no close frame, has said what it said."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=SHORT)}))
            message = await at.client.send(FIN | BINARY, A)
            at.client.finish()
            assert await at.server.rest() == message

    asyncio.run(run())


def test_what_waits_when_the_proxy_ends_is_told_as_dropped(wire) -> None:
    """It is told of before recordings are finished, and does not keep the connection open."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=60, hits=HIT)}))
            await at.client.send(FIN | BINARY, A)
            marker = await at.client.send(FIN | PING)
            await at.server.hear(len(marker))
            at.proxy.master.shutdown()
            await at.proxy.running
            assert [(m.content, m.fate, m.hits) for m in at.witness.seen if m.opcode == BINARY] == [(A, DROPPED, HIT)]

    asyncio.run(run())


def test_both_end_while_one_end_waits(wire) -> None:
    """What was said before still arrives, and then it is over."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=SHORT, hits=HIT)}, ("client",)))
            message = await at.client.send(FIN | BINARY, A)
            marker = await at.client.send(FIN | PING)
            assert await at.server.hear(len(marker)) == marker
            at.client.finish()
            await asyncio.sleep(SHORT / 4)
            at.server.finish()
            assert await at.server.rest() == message
            await at.closed()

    asyncio.run(run())


def test_a_reset_leaves_what_waits_undelivered(wire) -> None:
    """It is told as dropped: every message has a fate."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=60, hits=HIT)}))
            await at.client.send(FIN | BINARY, A)
            marker = await at.client.send(FIN | PING)
            await at.server.hear(len(marker))
            at.client.reset()
            assert await at.server.ending() == "reset"
            await at.closed()
            assert [(m.content, m.fate, m.hits) for m in at.witness.seen] == [(A, DROPPED, HIT)]

    asyncio.run(run())


def test_a_peer_that_breaks_off_while_its_end_waits(wire) -> None:
    """It has ended its sending behind a message that waits, and is gone when the other side speaks: all is over."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=60, hits=HIT)}, ("client",)))
            await at.client.send(FIN | BINARY, A)
            marker = await at.client.send(FIN | PING)
            await at.server.hear(len(marker))
            at.client.close()
            told = asyncio.create_task(at.closed())
            while not told.done():
                with contextlib.suppress(ConnectionError):  # the server may hear of the end before we are told
                    await at.server.send(FIN | PING, b"anybody?")
                await asyncio.wait([told], timeout=0.02)
            assert [(m.content, m.fate, m.hits) for m in at.witness.seen if m.opcode == BINARY] == [(A, DROPPED, HIT)]

    asyncio.run(run())


TLS = pytest.mark.parametrize("tls", [False, True], ids=["tcp", "tls"])


@TLS
@pytest.mark.parametrize("passes", [True, False])
def test_close_ends_both_sides_with_code_and_reason(wire, tls, passes) -> None:
    """Both peers get the close frame, what is on its way meanwhile is dropped, and the connection ends in order."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            order = Verdict(A if passes else None, close=CloseOrder(4000, "enough"), hits=HIT)
            at.proxy.addon.tap.use_changers(lambda track: Table({A: order}))
            message = await at.client.send(FIN | BINARY, A)
            payload = b"\x0f\xa0enough"
            got = await receive(reading("client", ""), at.server, 1 + passes)
            assert got == [(BINARY, A)] * passes + [(CLOSE, payload)]
            close = frame(FIN | CLOSE, payload)
            assert await at.client.hear(len(close)) == close
            await at.client.send(FIN | BINARY, B)
            await at.client.send(FIN | CLOSE, payload)
            await at.server.send(FIN | CLOSE, payload)
            assert await at.client.rest() == b""
            assert await at.server.rest() == b""
            end = await at.closed()
            assert (end.code, end.reason, end.by) == (4000, "enough", None)
            fates = [(each.content, each.fate) for each in at.witness.seen]
            assert fates == [(A, PASSED if passes else DROPPED), (B, DROPPED)]
            assert message

    asyncio.run(run())


@TLS
def test_abort_resets_both_sides(wire, tls) -> None:
    """No close frame is sent."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            order = Verdict(None, close=CloseOrder(abort=True), hits=HIT)
            at.proxy.addon.tap.use_changers(lambda track: Table({A: order}))
            await at.client.send(FIN | BINARY, A)
            for end in (at.client, at.server):
                assert await end.ending() == "reset"
            assert (await at.closed()).code == 1006

    asyncio.run(run())


@TLS
def test_stall_is_felt_by_the_sender(wire, tls) -> None:
    """Nothing is read from it meanwhile, so that its buffers fill; the other side goes on, and then all arrives."""
    filler = frame(FIN | BINARY, bytes(60_000)) * 400

    async def run() -> None:
        async with wire(tls=tls) as at:
            table = Table({A: Verdict(A, stall=3600, hits=HIT)}, ("server",))
            at.proxy.addon.tap.use_changers(lambda track: table)
            await at.server.send(FIN | BINARY, A)
            await at.witness.until(lambda: table.asked, "the message")
            sending = asyncio.create_task(at.server.say(filler))
            back = await at.client.send(FIN | BINARY, B)
            assert await at.server.hear(len(back)) == back
            await asyncio.sleep(0.15)
            assert len(table.asked) < 20
            assert tls or not sending.done()  # asyncio takes any number of bytes for TLS
            ruling = at.track.carrier.ruling
            course = ruling.courses[Direction.SERVER]
            course.stalled_until = course.flow.shut_until = time.monotonic()
            ruling.arrange()
            got = await at.client.hear(len(frame(FIN | BINARY, A)) + len(filler))
            assert got.endswith(filler)
            await sending

    asyncio.run(run())


@TLS
@BOTH
def test_a_reply_comes_between_two_messages_of_the_other_side(wire, tls, direction) -> None:
    """Even where that side is in the middle of a message that nobody wants."""

    async def run() -> None:
        async with wire(tls=tls) as at:
            reply = emission(Direction(direction).other, D)
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(None, emissions=(reply,))}, (direction,)))
            sender, other = at.ends(direction)
            half = await other.send(BINARY, b"one ")
            assert await sender.hear(len(half)) == half
            await sender.send(FIN | BINARY, A)
            await at.witness.until(lambda: at.witness.seen, "the message")
            await other.send(FIN | CONTINUATION, b"message")
            back = "server" if direction == "client" else "client"
            reader = reading(back, "")
            reader.receive(half)
            assert await receive(reader, sender, 2) == [(BINARY, b"one message"), (BINARY, D)]

    asyncio.run(run())


def test_what_opens_a_connection_may_be_followed(wire) -> None:
    """A message of ours is the first one that a peer gets."""

    async def run() -> None:
        async with wire() as at:
            table = Table(first=Verdict(None, emissions=(emission(Direction.SERVER, D),), logs=("hello",)))
            at.proxy.addon.tap.changers = lambda track: table
            # A connection that is open already has been opened; another one is to come.
            assert table.first is not None
            at.proxy.addon.tap.use_changers(lambda track: table)
            at.track.carrier.ruling.follow_up(None, table.first, time.monotonic())
            at.track.carrier.ruling.arrange()
            assert await receive(reading("server", ""), at.client, 1) == [(BINARY, D)]
            assert ("Connection #1: hello", False) in at.witness.notices

    asyncio.run(run())


@BOTH
def test_somebody_settles_what_is_held(wire, direction) -> None:
    """It passes as it came, changed or not at all; whoever keeps it for longer is told that it has gone."""

    async def run() -> None:
        async with wire(DEFLATE) as at:
            at.proxy.addon.tap.holder = desk = Desk()
            hold = Hold("r", 60)
            verdicts = {each: Verdict(each, hold=hold, hits=HIT) for each in (A, B, C)}
            at.proxy.addon.tap.use_changers(lambda track: Table(verdicts))
            sender, receiver = at.ends(direction)
            await sender.say(b"".join(Form(DEFLATE).frames([A, B, C, D], sender.key)))
            reader = reading(direction, DEFLATE)
            assert await receive(reader, receiver, 1) == [(BINARY, D)]
            first, second, third = desk.waiting
            assert [each.message.content for each in desk.waiting] == [A, B, C]
            third.settle(Verdict(None))
            second.settle(Verdict(b"edited"))
            assert await receive(reader, receiver, 1) == [(BINARY, b"edited")]
            first.settle(Verdict(A))
            first.settle(Verdict(None))
            assert await receive(reader, receiver, 1) == [(BINARY, A)]
            fates = {m.content: m.fate for m in at.witness.seen}
            assert fates == {A: PASSED, b"edited": CHANGED, C: DROPPED, D: PASSED}
            assert desk.left == []

    asyncio.run(run())


def test_too_much_that_waits_goes_on_before_its_time(wire) -> None:
    """What has waited longest passes first, and that is said once."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table(decide=lambda m: Verdict(m.content, delay=60)))
            at.track.carrier.ruling.courses[Direction.CLIENT].flow.limits = Limits(messages=10)
            for number in range(30):
                await at.client.send(FIN | BINARY, bytes([number]))
            got = await receive(reading("client", ""), at.server, 20)
            assert [content for _, content in got] == [bytes([number]) for number in range(20)]
            assert len([text for text in at.warnings() if "before their time" in text]) == 1

    asyncio.run(run())


@BOTH
def test_a_message_beyond_the_limit_passes_behind_what_waits(wire, direction) -> None:
    """Nobody is asked about it, and nothing gets into its middle."""

    async def run() -> None:
        async with wire(arguments=("--set", "paperknife_limit=1k")) as at:
            table = Table({A: Verdict(A, delay=60), B: Verdict(b"new")})
            at.proxy.addon.tap.use_changers(lambda track: table)
            sender, receiver = at.ends(direction)
            large = bytes(5000)
            data = frame(FIN | BINARY, large, sender.key)
            await sender.say(frame(FIN | BINARY, A, sender.key) + data[:3000])
            await asyncio.sleep(0.02)
            await sender.say(data[3000:] + frame(FIN | BINARY, B, sender.key))
            got = await receive(reading(direction, "", 1 << 24), receiver, 3)
            assert [content for _, content in got] == [A, large, b"new"]
            assert table.asked == [A, B]

    asyncio.run(run())


def test_after_a_violation_the_bytes_pass(wire) -> None:
    """What waited goes first."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, delay=60)}))
            message = await at.client.send(FIN | BINARY, A)
            wrong = await at.client.send(FIN | 5, b"reserved")
            assert await at.server.hear(len(message + wrong)) == message + wrong
            more = await at.client.send(FIN | BINARY, B)
            assert await at.server.hear(len(more)) == more
            assert any("passes unread" in text for text in at.warnings())

    asyncio.run(run())


def failing(_: object) -> None:
    raise ValueError("no idea")


def test_a_changer_that_fails_costs_nothing(wire) -> None:
    """The messages pass as they came, and it is told once."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.use_changers(lambda track: Table(decide=failing))
            data = b"".join([await at.client.send(FIN | BINARY, each) for each in (A, B, C)])
            assert await at.server.hear(len(data)) == data
            assert [m.fate for m in at.witness.seen] == [PASSED] * 3
            assert len([text for text in at.warnings() if "a rule failed with ValueError: no idea" in text]) == 1

    asyncio.run(run())


class Broken(Desk):
    """Cannot cope with what it is told of."""

    def held(self, held):
        super().held(held)
        raise ValueError("no words")

    def gone(self, held, why):
        raise ValueError("no words")


@pytest.mark.parametrize("verdict", [Verdict(A, hold=Hold("r", 60)), Verdict(A, hold=Hold("r", 60, in_order=True))])
def test_who_holds_fails(wire, verdict) -> None:
    """The message goes out once, as it came, and that is told."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.holder = desk = Broken()
            at.proxy.addon.tap.use_changers(lambda track: Table({A: verdict}))
            await at.client.say(b"".join(frame(FIN | BINARY, each, at.client.key) for each in (A, B, A)))
            got = await receive(reading("client", ""), at.server, 3)
            assert sorted(got) == sorted([(BINARY, A), (BINARY, B), (BINARY, A)])
            for held in desk.waiting:
                held.settle(Verdict(C))
            await at.client.say(frame(FIN | BINARY, D, at.client.key))
            assert await receive(reading("client", ""), at.server, 1) == [(BINARY, D)]
            assert any("no words" in text for text in at.warnings())

    asyncio.run(run())


def test_a_holder_that_fails_when_time_is_over(wire) -> None:
    """The message goes out all the same, once."""

    async def run() -> None:
        async with wire() as at:
            at.proxy.addon.tap.holder = desk = Broken()
            desk.held = desk.waiting.append
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(A, hold=Hold("r", SHORT))}))
            await at.client.say(b"".join(frame(FIN | BINARY, each, at.client.key) for each in (A, B)))
            assert await receive(reading("client", ""), at.server, 2) == [(BINARY, B), (BINARY, A)]
            assert any("no words" in text for text in at.warnings())

    asyncio.run(run())


def test_telling_that_fails(wire, monkeypatch) -> None:
    """What waited goes out all the same, once."""

    async def run() -> None:
        async with wire() as at:
            tap = at.proxy.addon.tap
            tap.use_changers(lambda track: Table({A: Verdict(A, delay=SHORT), B: Verdict(b"new", hits=HIT)}))
            monkeypatch.setattr(tap.masking, "batch", failing)
            for sent in ([D], [A, B, C], [C, D]):
                await at.client.say(b"".join(frame(FIN | BINARY, each, at.client.key) for each in sent))
                expected = [(BINARY, b"new" if each == B else each) for each in sent]
                assert await receive(reading("client", ""), at.server, len(sent)) == expected
            assert any("no idea" in text for text in at.warnings())

    asyncio.run(run())


@BOTH
def test_rules_come_and_go_on_an_open_connection(wire, direction) -> None:
    """From the next whole message on; what has passed in part passes whole, and then all is as without rules."""

    async def run() -> None:
        async with wire() as at:
            sender, receiver = at.ends(direction)
            half = await sender.send(BINARY, A[:20])
            assert await receiver.hear(len(half)) == half
            at.proxy.addon.tap.use_changers(lambda track: Table({A: Verdict(b"new")}))
            reader = reading(direction, "")
            reader.receive(half)
            await sender.send(FIN | CONTINUATION, A[20:])
            await sender.send(FIN | BINARY, A)
            assert await receive(reader, receiver, 2) == [(BINARY, A), (BINARY, b"new")]
            half = await sender.send(BINARY, A[:20])
            at.proxy.addon.tap.use_changers(lambda track: None)
            await sender.send(FIN | CONTINUATION, A[20:])
            await sender.send(FIN | BINARY, A)
            assert await receive(reader, receiver, 2) == [(BINARY, A), (BINARY, A)]
            half = await sender.send(BINARY, A[:20])
            assert await receiver.hear(len(half)) == half

    asyncio.run(run())


@BOTH
@pytest.mark.parametrize("extensions", ["", DEFLATE])
def test_an_addon_sees_a_message_before_the_rules(wire, direction, extensions) -> None:
    """What it has changed is what they decide on; what it has dropped they never see."""

    async def run() -> None:
        async with wire(extensions, addons=[Editor(change={1}, drop={2})]) as at:
            table = Table({b"changed: " + B: Verdict(b"new", copies=1, hits=HIT), D: Verdict(D, delay=SHORT)})
            at.proxy.addon.tap.use_changers(lambda track: table)
            sender, receiver = at.ends(direction)
            form = Form(extensions)
            await sender.say(b"".join(form.frames([A, B, C, D, A], sender.key)))
            got = await receive(reading(direction, extensions), receiver, 5)
            assert [content for _, content in got] == [A, b"new", b"new", D, A]
            assert table.asked == [A, b"changed: " + B, D, A]
            fates = [message.fate for message in at.witness.seen]
            assert fates == [PASSED, CHANGED, INJECTED, DROPPED, PASSED, PASSED]
            assert at.witness.seen[1].original == B

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(4))
def test_every_message_has_a_fate_whatever_is_decided(wire, seed) -> None:
    """Sent is passed, changed and dropped; received is passed, changed and injected; all of it can be read."""
    chance = random.Random(seed)
    extensions = ("", DEFLATE)[seed % 2]
    numbers = itertools.count()

    def decide(message) -> Verdict | None:
        content = message.content
        plain = Verdict(content, hits=HIT)
        return chance.choice(
            [
                None,
                None,
                plain,
                replace(plain, content=None),
                replace(plain, content=b"changed %d" % next(numbers)),
                replace(plain, delay=chance.random() / 50),
                replace(plain, delay=chance.random() / 50, overtaken=True),
                replace(plain, copies=chance.randint(1, 3)),
                replace(plain, window=chance.randint(1, 5)),
                replace(plain, throttle=Throttle("t", messages_per_second=2000)),
                replace(plain, emissions=(emission(chance.choice([*Direction]), b"ours", chance.random() / 50),)),
                replace(plain, stall=0.001),
            ]
        )

    async def run() -> None:
        async with wire(extensions) as at:
            at.proxy.addon.tap.use_changers(lambda track: Table(decide=decide))
            talks = {
                direction: talk(seed, masked=direction == "client", deflate=bool(extensions), messages=60)
                for direction in ("client", "server")
            }
            readers = {direction: reading(direction, extensions) for direction in talks}
            got: dict[str, list[bytes]] = {"client": [], "server": []}

            async def hear(direction: str) -> None:
                receiver = at.ends(direction)[1]
                while True:
                    received = readers[direction].receive(await receiver.reader.read(1 << 16))
                    assert received.violation is None
                    pairs = zip(received.opcodes, received.contents, strict=True)
                    got[direction] += [content for opcode, content in pairs if opcode < CLOSE]

            hearing = [asyncio.create_task(hear(direction)) for direction in talks]
            for direction, what in talks.items():
                for chunk in cut(what.data, seed):
                    await at.ends(direction)[0].say(chunk)

            def settled() -> bool:
                told = at.witness.seen
                sent = sum(opcode < CLOSE for what in talks.values() for opcode, _ in what.said)
                ruling = at.track.carrier.ruling
                empty = all(course.flow.is_empty for course in ruling.courses.values())
                return empty and sum(each.fate is not INJECTED for each in told) == sent

            def told(direction: str) -> list[bytes]:
                seen = at.witness.seen
                return [m.content for m in seen if m.direction.value == direction and m.fate is not DROPPED]

            await at.witness.until(settled, "all fates")
            await at.witness.until(lambda: all(len(got[each]) >= len(told(each)) for each in talks), "the arrival")
            await asyncio.sleep(0.05)  # for what should not come
            for direction in talks:
                assert sorted(told(direction)) == sorted(got[direction])
            for task in hearing:
                assert not task.done()
                task.cancel()

    asyncio.run(run())


def test_hits_are_recorded_and_counted(wire, tmp_path) -> None:
    """A recording has what was sent and what became of it, with the rules' names; so has the summary."""
    path = tmp_path / "session.mcap"
    verdicts = {
        A: Verdict(b"new", copies=1, hits=("first", "second")),
        B: Verdict(None, hits=("first",)),
        C: Verdict(C, delay=SHORT, hits=("second",)),
    }

    async def run() -> list[Message]:
        async with wire(DEFLATE, ("--set", f"paperknife_record={path}")) as at:
            at.proxy.addon.tap.use_changers(lambda track: Table(verdicts))
            await at.client.say(b"".join(Form(DEFLATE).frames([D, A, B, C], at.client.key)))
            await receive(reading("client", DEFLATE), at.server, 4)
            return at.witness.seen

    seen = asyncio.run(run())
    told = [
        (D, PASSED, (), None),
        (b"new", CHANGED, ("first", "second"), A),
        (b"new", INJECTED, ("first", "second"), None),
        (B, DROPPED, ("first",), None),
        (C, PASSED, ("second",), None),
    ]
    read = [item for item in Recording(path) if isinstance(item, Message)]
    for messages in (seen, read):
        assert [(m.content, m.fate, tuple(m.hits), m.original) for m in messages] == told
    tally = Tally()
    tally.messages(seen)
    summary = tally.summary_text()
    assert "1 changed, 1 dropped, 1 injected" in summary
    assert "   first  2 messages, 1 injected\n   second  2 messages, 1 injected\n" in summary
