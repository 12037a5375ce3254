"""A recorded session with the demo venue, said again to it: the same, but for what is planted."""

from __future__ import annotations

import asyncio
import re

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, Line, api, write
from tests.addon.replay.planted import RECORDINGS, Heard, Relay, as_it_is, replayed
from tests.addon.unhurried import Unhurried
from websockets.asyncio.server import serve

from paperknife.demo.api import Api
from paperknife.demo.files import newer_schema
from paperknife.demo.venue import Venue, VenueOptions
from paperknife.replay.blanks import Fillings, MissingSecret
from paperknife.replay.call import CannotReplay
from paperknife.replay.client import ClientOptions, replay
from paperknife.replay.findings import Kind
from paperknife.replay.play_options import PlayOptions, PlayPace
from paperknife.replay.survey import surveyed
from paperknife.replay.timeline import Session, as_server_saw
from paperknife.replay.verdict import finding_lines
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.printable import printable

CALM = RECORDINGS / "calm.mcap"
LIKE_THE_DEMO = VenueOptions(rate=8, fresh=True)
"""The recording was made with this rate."""


def answer_to(number, status=None):
    """True for the order response to a request, or with a status."""

    def is_it(envelope):
        response = envelope.order_response
        fits = envelope.HasField("order_response") and (status is None or response.status == status)
        return fits and (number is None or response.request_id == number)

    return is_it


def changed(is_it, change):
    """Plant a change of the envelopes that are meant."""

    def plant(envelope, content):
        if is_it(envelope):
            change(envelope)
        yield envelope.SerializeToString()

    return plant


def dropped(envelope, content):
    if not answer_to(5)(envelope):
        yield content


def doubled(envelope, content):
    yield content
    if answer_to(7)(envelope):
        yield content


def delayed(envelope, content):
    if answer_to(3)(envelope):
        yield 0.3
    yield content


def swapped():
    """The two pages of the snapshot in the other order."""
    held = []

    def plant(envelope, content):
        if envelope.HasField("snapshot") and not held:
            held.append(content)
            return
        yield content
        if envelope.HasField("snapshot") and len(held) == 1:
            yield held[0]
            held.append(b"")

    return plant


def is_filled(envelope):
    return answer_to(None, 3)(envelope)


def is_update(envelope):
    return envelope.HasField("market_data")


PLANTED = {
    "nothing": (as_it_is, []),
    "a price": (
        changed(is_filled, lambda e: e.order_response.average_price.__setattr__("value", "5022.00")),
        ["<- order_response changed", "order_response.average_price: expected 5021.500, found 5022.00"],
    ),
    "a missing response": (
        dropped,
        ["<- order_response missing", "answers: revise 5 3 @ 72.11 order_id=A-1002", "expected: order_response 5 CLF7"],
    ),
    "an extra field": (
        changed(answer_to(2), lambda e: e.order_response.__setattr__("text", "hi")),
        ["<- order_response changed", "order_response.text: expected nothing, found hi"],
    ),
    "another enum": (
        changed(answer_to(6), lambda e: e.order_response.__setattr__("reject_reason", -3)),
        [
            "<- order_response changed",
            "order_response.reject_reason: expected OVER_ORDER_LIMIT, found OVER_POSITION_LIMIT",
        ],
    ),
    "a doubled message": (doubled, ["<- order_response doubled", "answers: cancel 7 order_id=A-1002"]),
    "a slower answer": (
        delayed,
        ["<- order_response late", "answers: order 3 CLF7 BUY", "expected after 0.5 ms, found after "],
    ),
    "another order": (swapped(), ["<- snapshot out of order", "answers: subscribe 1"]),
    "a stream's field": (
        changed(is_update, lambda e: e.market_data.ClearField("ask")),
        ["<- market_data.ask missing: all recorded had it, none has it now"],
    ),
}


@pytest.fixture(scope="module")
def outcomes():
    """What a replay of the same recording has found with each fault, all at the same time."""
    api = Api(newer_schema())

    async def one(venue, plant):
        slowdown = 3.0 if plant is delayed else None
        async with Relay(venue.url, api, plant) as url:
            return await replayed(CALM, url, slowdown=slowdown, play=PlayOptions(patience=4.0))

    async def stage():
        async with asyncio.timeout(60), Venue(LIKE_THE_DEMO) as venue:
            return await asyncio.gather(*(one(venue, plant) for plant, _ in PLANTED.values()))

    return dict(zip(PLANTED, asyncio.run(stage(), loop_factory=Unhurried), strict=True))


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_nothing_else(outcomes, name) -> None:
    """A replay to the venue that was recorded finds nothing; with one fault in it, that one, by its name."""
    outcome, wanted = outcomes[name], PLANTED[name][1]
    found = outcome.findings.in_order()
    if PLANTED[name][0] is delayed:  # others may be late too, on a machine that has much to do
        assert set(outcome.findings.counts) == {Kind.LATE}
        found = [each for each in found if each.asked.payload == "order" and "CLF7" in str(each.asked.message)]
    text = "\n".join(line for each in found for line in finding_lines(each, PLAIN, str))
    assert len(found) == (1 if wanted else 0), text
    if PLANTED[name][0] is delayed:
        assert float(re.search(r"found after ([\d,.]+) ms", text)[1].replace(",", "")) >= 300
    for words in wanted:
        assert words in text
    assert outcome.sent == 10


def test_secrets_that_nobody_gives_are_missed_before_anything_is_connected() -> None:
    """One sentence names them all, and where they may come from."""
    session = Session([CALM])
    survey = surveyed(session.items(), as_server_saw)
    heard = Heard()
    with pytest.raises(MissingSecret, match=r"login\.password .*_PASSWORD.*login\.api_key"):
        asyncio.run(replay(session, survey, ClientOptions("ws://127.0.0.1:1"), Fillings({}), heard))
    assert not heard.urls


def conversation(tmp_path, *items):
    line = Line()
    path = tmp_path / "session.mcap"
    write(path, [line.opened(), *items])
    return path


def met(path, answers, **options):
    """Replay to a server that is the coroutine `answers`."""
    heard = Heard()

    async def stage():
        async with asyncio.timeout(60), serve(answers, "127.0.0.1", 0, ping_interval=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            return await replayed(path, f"ws://127.0.0.1:{port}", heard, **options)

    return asyncio.run(stage(), loop_factory=Unhurried), heard


def test_ids_that_the_server_gives_are_used_in_later_requests(tmp_path) -> None:
    """An order id and a token; the recorded ones are never sent."""
    line = Line()
    path = conversation(
        tmp_path,
        line.client(0, "login", user="alice"),
        line.server(1, "login_response", result=1, token="recorded-token-1"),
        line.client(2, "order", request_id=1, symbol="ESZ6"),
        line.server(3, "order_response", request_id=1, status=1, order_id="A-17"),
        line.client(4, "cancel", request_id=2, order_id="A-17"),
        line.client(5, "renew_token", request_id=3, token="recorded-token-1"),
        line.closed(9, "done"),
    )
    sent = []

    async def answers(connection):
        async for content in connection:
            payload, message = api().client.decode(content)
            sent.append((payload, message))
            if payload == "login":
                await connection.send(api().server.encode("login_response", {"result": 1, "token": "live-token-2"}))
            if payload == "order":
                fields = {"request_id": message.request_id, "status": 1, "order_id": "B-99"}
                await connection.send(api().server.encode("order_response", fields))

    outcome, _ = met(path, answers)
    assert outcome.findings.total == 0
    assert [payload for payload, _ in sent] == ["login", "order", "cancel", "renew_token"]
    assert sent[2][1].order_id == "B-99"
    assert sent[3][1].token == "live-token-2"


def asked_and_answered(count=1):
    line = Line()
    items = []
    for number in range(1, count + 1):
        items.append(line.client(10 * number, "order", request_id=number, symbol="ESZ6", quantity=number))
        items.append(line.server(10 * number + 1, "order_response", request_id=number, status=1, symbol="ESZ6"))
    return [*items, line.closed(10 * count + 10, "done")]


async def nonsense(connection):
    async for _ in connection:
        await connection.send(b"\xff\x00\x1b[31m")
        await connection.send("\x1b]0;x\x07 {")


async def silent(connection):
    async for _ in connection:
        pass


async def gone(connection):
    await connection.recv()
    connection.transport.abort()


async def closing(connection):
    await connection.recv()
    await connection.close(4000, "no \x1bgood")


async def deaf(connection):
    connection.transport.pause_reading()
    await asyncio.sleep(20)


BAD = [
    (nonsense, {Kind.MISSING, Kind.EXTRA, Kind.CHANGED}, "came|found"),
    (silent, {Kind.MISSING}, "expected: order_response 1"),
    (gone, {Kind.CLOSED, Kind.MISSING}, "the server went away without a close frame after 1 message had been sent"),
    (closing, {Kind.CLOSED, Kind.MISSING}, r"the server closed the connection with 4000 \(no \\x1bgood\)"),
]


@pytest.mark.parametrize(("answers", "kinds", "words"), BAD, ids=[each.__name__ for each, _, _ in BAD])
def test_a_bad_server_is_a_finding_and_never_a_hang(tmp_path, answers, kinds, words) -> None:
    """Patience runs out, faster each time, and what the peer said is escaped."""
    outcome, _ = met(conversation(tmp_path, *asked_and_answered(3)), answers, play=PlayOptions(patience=0.4))
    text = "\n".join(line for each in outcome.findings.in_order() for line in finding_lines(each, PLAIN, str))
    assert outcome.findings.total
    assert set(outcome.findings.counts) <= kinds
    assert re.search(words, text)
    assert text == "\n".join(map(printable, text.split("\n")))


def test_a_flood_ends(tmp_path, monkeypatch) -> None:
    """A server that never stops is left, and what it said is counted, not kept."""
    monkeypatch.setattr("paperknife.replay.player.MOST_SURPLUS", 2000)

    async def flood(connection):
        while True:
            await connection.send(b"\x4a\x02\x12\x00")
            await asyncio.sleep(0)

    outcome, _ = met(conversation(tmp_path, *asked_and_answered()), flood, play=PlayOptions(patience=20.0))
    assert outcome.findings.counts[Kind.STOPPED] == 1
    assert outcome.findings.counts[Kind.EXTRA] > 1000
    assert len(outcome.findings.kept) <= 1000


def test_a_server_that_is_not_there_is_told(tmp_path) -> None:
    """In one sentence, with its address."""
    path = conversation(tmp_path, *asked_and_answered())
    with pytest.raises(CannotReplay, match=r"Cannot connect to ws://127\.0\.0\.1:1/v1: nothing listens there"):
        asyncio.run(replayed(path, "ws://127.0.0.1:1"))


def test_fast_goes_from_answer_to_answer(tmp_path) -> None:
    """What took a minute takes no time, and the order is as recorded."""
    line = Line()
    path = conversation(
        tmp_path,
        line.client(0, "order", request_id=1, symbol="ESZ6"),
        line.server(1, "order_response", request_id=1, status=1),
        line.client(60_000, "order", request_id=2, symbol="ESZ6"),
        line.server(60_001, "order_response", request_id=2, status=1),
        line.closed(120_000, "done"),
    )

    async def answers(connection):
        async for content in connection:
            number = api().client.decode(content)[1].request_id
            await connection.send(api().server.encode("order_response", {"request_id": number, "status": 1}))

    outcome, _ = met(path, answers, play=PlayOptions(PlayPace.FAST))
    assert outcome.findings.total == 0
    assert (outcome.sent, outcome.found) == (2, 2)


def test_heartbeats_of_the_server_are_answered_where_the_client_did(tmp_path) -> None:
    """With the live sequence number, and without being compared."""
    line = Line()
    path = conversation(
        tmp_path,
        line.client(0, "heartbeat", sequence=1),
        line.client(500, "heartbeat", sequence=2),
        *asked_and_answered(),
    )
    beats = []

    async def answers(connection):
        async for content in connection:
            payload, message = api().client.decode(content)
            if payload == "heartbeat":
                beats.append(message.sequence)
            else:
                await asyncio.sleep(1.3)
                fields = {"request_id": 1, "status": 1, "symbol": "ESZ6"}
                await connection.send(api().server.encode("order_response", fields))

    outcome, _ = met(path, answers)
    assert outcome.findings.total == 0
    assert len(beats) >= 3


def test_the_same_connection_reads_the_same(tmp_path) -> None:
    """The protocol of the recording reads what comes; nothing is sent but what was recorded, byte for byte."""
    items = asked_and_answered()
    got = []

    async def answers(connection):
        async for content in connection:
            got.append(content)
            await connection.send(items[1].content)

    outcome, heard = met(conversation(tmp_path, *items), answers)
    assert outcome.findings.total == 0
    assert got == [items[0].content]
    assert heard.urls[0].endswith("/v1")


def test_pings_among_other_messages_are_answered(tmp_path, centrifugo) -> None:
    """With an empty message, as the recorded client did; one for each, at once, and never by itself."""
    request, answer = {"id": 1, "subscribe": {"channel": "a"}}, {"id": 1, "connect": {"client": "c"}}
    path = conversation(
        tmp_path,
        centrifugo(0, CLIENT, request),
        centrifugo(5, SERVER, answer, {}),
        centrifugo(6, CLIENT, {}),
        Line().closed(400),
    )
    got = []

    async def answers(connection):
        got.append(await connection.recv())
        await connection.send(centrifugo(0, SERVER, answer, {}).content)
        got.append(await connection.recv())
        await connection.send(centrifugo(0, SERVER, {}).content)
        got.extend([content async for content in connection])

    outcome, _ = met(path, answers)
    assert outcome.findings.total == 0
    assert got == [centrifugo(0, CLIENT, request).content, b"\0", b"\0"]
