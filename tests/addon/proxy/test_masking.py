"""Secrets are gone before anybody is told."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from urllib.parse import quote

import pytest
import websockets
from google.protobuf import message_factory

from paperknife.demo.files import given_schema
from paperknife.live.view import LiveView, ViewOptions
from paperknife.proxy.masking import Masking
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Batch, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode

SCHEMA = (str(given_schema()),)
LOADED = load(Reading(schema=SCHEMA))
PASSWORD, KEY, HEADER, QUERY, OFFERED, COOKIE = (
    "pa55/word-ünder",
    "key-0123456789",
    "header-abcdefg",
    "query-value-77",
    "offered-as-subprotocol-1",
    "cookie-0a1b2c3d",
)
PLANTED = (PASSWORD, KEY, HEADER, QUERY, OFFERED, COOKIE)


def client_message(**payload: dict) -> bytes:
    kind = message_factory.GetMessageClass(LOADED.protocol.client.descriptor)
    return kind(**payload).SerializeToString()


def spellings(value: str) -> list[str]:
    """Some ways to write a value, each as it would be found in an output."""
    data = value.encode()
    return [value, quote(value, safe=""), json.dumps(value)[1:-1], data.hex(), base64.b64encode(data).decode()[:-4]]


async def session(stage) -> None:
    """A client that says each secret where it belongs, and then wherever else a peer could say it."""
    headers = {"Authorization": f"Bearer {HEADER}", "Cookie": f"sid={COOKIE}"}
    url = f"{stage.url}?user=a&token={QUERY}"
    offered = [websockets.Subprotocol("chat"), websockets.Subprotocol(f"bearer.{OFFERED}")]
    login = client_message(login={"user": "alice", "password": PASSWORD, "api_key": KEY})
    async with websockets.connect(url, additional_headers=headers, subprotocols=offered) as first:
        await first.send(login)
        await first.recv()
        for value in PLANTED:
            await first.send(client_message(order={"symbol": "EURUSD", "client_tag": f"my {value}!"}))
            await first.send(client_message(order={"client_tag": base64.b64encode(f"a:{value}:b".encode()).decode()}))
            await first.send(json.dumps({"note": value, "list": [value.encode().hex()]}))
            await first.send(quote(value, safe=""))
        for _ in PLANTED * 4:
            await first.recv()
    async with websockets.connect(f"{stage.url}/{KEY}") as second:
        await second.send(b"\xff" + KEY.encode() + b"\xff")
        await second.recv()
        await second.close(1000, f"bye {HEADER}")


@pytest.fixture
def run(stage):
    """Run the session behind a proxy that masks in some way; everything that was told and shown."""

    async def session_of(redact: str) -> tuple[str, object]:
        outs = {name: io.StringIO() for name in ("line", "yaml", "json", "verbose")}
        views = {
            name: LiveView(
                ViewOptions("line" if name == "verbose" else name, verbose=name == "verbose", secrets=None, width=400),
                out,
            )
            for name, out in outs.items()
        }
        async with stage(reading=Reading(schema=SCHEMA, redact=redact)) as running:
            running.proxy.addon.audience.consumers.extend(views.values())
            await session(running)
            await running.witness.until(lambda: len(running.witness.closes) == 2, "the end")
            running.proxy.addon.notice(f"a notice about {KEY}", True)
        for view in views.values():
            view.finish()
        return "\n".join(out.getvalue() for out in outs.values()), running.witness

    return lambda redact: asyncio.run(session_of(redact))


def told(witness) -> bytes:
    """All that a consumer was told, as one."""
    parts = [repr(witness.connections), repr(witness.closes), repr(witness.notices)]
    contents = [message.content for message in [*witness.seen, *witness.controls]]
    return "\n".join(parts).encode() + b"\n" + b"\n".join(contents)


@pytest.mark.parametrize("redact", ["fields", "strict"])
def test_no_secret_is_told(run, redact: str) -> None:
    """No planted secret is in anything that is told or shown, however it is written."""
    shown, witness = run(redact)
    everything = told(witness) + shown.encode()
    for value in PLANTED:
        assert not [spelled for spelled in spellings(value) if spelled.encode() in everything]
    assert len(witness.seen) == 2 * (1 + 4 * len(PLANTED) + 1)
    assert "! masked" in shown
    assert "alice" in shown
    assert any("may hold secrets" in text for text, _ in witness.notices) == (redact == "fields")


def test_all_is_told_where_nothing_is_masked(run) -> None:
    """`--redact off` means it."""
    shown, witness = run("off")
    everything = told(witness) + shown.encode()
    for value in (PASSWORD, KEY, HEADER, QUERY, OFFERED, COOKIE):
        assert value.encode() in everything
    assert not any(message.masked for message in witness.seen)


def test_a_peer_gets_what_was_sent(run, stage) -> None:
    """What is forwarded is never touched."""
    received = []

    async def keep(connection) -> None:
        async for content in connection:
            received.append(content)
            await connection.send(content)

    login = client_message(login={"user": "alice", "password": PASSWORD})

    async def play() -> object:
        async with stage(keep, reading=Reading(schema=SCHEMA)) as running, websockets.connect(running.url) as client:
            await client.send(login)
            return await client.recv()

    assert asyncio.run(play()) == login
    assert received == [login]


def masking(redact: str = "fields") -> Masking:
    made = Masking(Reading(redact=redact), lambda _: None)
    if redact != "off":
        made.known.learn(KEY)
    return made


def piece(data: bytes, offset: int = 0, *, last: bool = False) -> Piece:
    return Piece(1, Direction.CLIENT, 0, Opcode.BINARY, data, offset, last)


def test_pieces() -> None:
    """A secret that lies across two pieces is masked in both; what waits comes when the connection ends."""
    made, data = masking(), KEY.encode()
    first = [*made.piece(piece(b"x" + data[:5]))]
    second = [*made.piece(piece(data[5:] + b"y", 6)), *made.piece(piece(b"", len(data) + 2, last=True))]
    assert b"".join(each.data for each in [*first, *second]) == b"x" + b"*" * len(data) + b"y"
    assert [each.last for each in second][-1]
    assert not list(made.forget(1))
    held = [*made.piece(piece(data[:5])), *made.forget(1)]
    assert [each.data for each in held] == [data[:5]]
    assert [each.data for each in masking("strict").piece(piece(b"abc"))] == [b"***"]
    assert [each.data for each in masking("off").piece(piece(data))] == [data]


def test_the_original_of_a_changed_message() -> None:
    """It is masked as the message itself is."""
    reader = LOADED.protocol.reader()
    original = client_message(login={"password": "first-one"})
    content = client_message(login={"password": "other-one"})
    message = Message(1, Direction.CLIENT, 0, Opcode.BINARY, content, reader, Fate.CHANGED, original)
    (result,) = masking().batch(Batch.of(message))
    assert (result.fate, result.original) == (Fate.CHANGED, original.replace(b"first-one", b"*" * 9))
    assert result.content == content.replace(b"other-one", b"*" * 9)
    clean = client_message(heartbeat={})
    (result,) = masking().batch(
        Batch.of(Message(1, Direction.CLIENT, 0, Opcode.BINARY, clean, reader, Fate.CHANGED, original))
    )
    assert (result.content, result.masked) == (clean, ())
    assert result.original is not None
    assert b"first-one" not in result.original


def test_a_batch_without_secrets_is_passed_as_it_is() -> None:
    """Nothing is copied for it."""
    batch = Batch(1, Direction.CLIENT, 0, [Opcode.BINARY], [client_message(heartbeat={})], LOADED.protocol.reader())
    assert masking().batch(batch) is batch
    assert masking("off").batch(batch) is batch


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing", "nothing"),
        (f"bye {KEY}", "bye [redacted]"),
        ("token=abc", "token=[redacted]"),
    ],
)
def test_reasons(text: str, expected: str) -> None:
    """What a peer gives as its reason has neither known secrets nor those with a name in it."""
    assert masking().peer_text(text) == expected
    assert masking("off").peer_text(text) == text
