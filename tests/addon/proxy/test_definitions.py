"""Protocols as data, from the user's file to a recording that is read without it."""

from __future__ import annotations

import asyncio
import gzip
import json
from itertools import groupby

import pytest
from click.testing import CliRunner
from tests.addon.presets.exchanges import CLIENT, MORE, PRESETS, TEXT, Maker
from tests.addon.presets.test_presets import HERE, OLD
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from paperknife.cli import main
from paperknife.proxy.finishing import finish_recordings
from paperknife.recording.reading import Recording
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.wire.writing import length_delimited

PROTO = """syntax = "proto3";
package desk;
message Frame { uint32 kind = 1; bytes body = 2; int64 id = 3; }
message Order { string symbol = 1; string badge = 2; }
message Beat {}
message Tick { double price = 1; }
message Named { string method = 1; bytes data = 2; }
"""
CONFIG = """
protocols:
  - name: desk
    match: {path: "/desk*"}
    schema: [protos]
    client: Frame
    server: Frame
    steps: [{length-prefix: {size: 2}}]
    carries:
      - {in: Frame, at: body, by: kind, types: {7: Order, 8: Beat}}
    heartbeats: [Beat]
    secrets: [Order.badge]
    correlate: [{request: id, response: id}]
  - name: feed
    match: {subprotocol: "feed.*"}
    schema: [protos]
    client: json
    steps: [varint-delimited]
    behind: {server: {types: Tick}}
"""
ORDER = b"\x00\x11\x08\x07\x12\x0b\x0a\x02ES\x12\x05s3cr3\x18\x05"
TICK = b"\x09\x09\0\0\0\0\0\0\xf8\x3f"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with definitions and their schema, in which all happens."""
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "desk.proto").write_text(PROTO)
    (tmp_path / "paperknife.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def answer(connection):
    """Send a tick for whatever comes on a feed, and else what came."""
    async for content in connection:
        await connection.send(TICK if connection.subprotocol else content)


def select(_, offered):
    """Take what a client offers."""
    return offered[0] if offered else None


async def session(stage, arguments=()):
    """A session with both protocols at once, and a connection that neither fits; what was seen."""
    # A server that has subprotocols refuses clients without, unless it is asked.
    async with serve(answer, "127.0.0.1", 0, select_subprotocol=select, ping_interval=None) as server:
        upstream = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"
        reading = Reading(config="paperknife.yaml")
        async with stage(reading=reading, upstream=upstream, arguments=arguments) as at:
            url = at.url.rstrip("/")
            async with (
                connect(f"{url}/desk/1", proxy=None, ping_interval=None) as desk,
                connect(f"{url}/x", subprotocols=["feed.v1"], proxy=None, ping_interval=None) as feed,
                connect(f"{url}/x", proxy=None, ping_interval=None) as other,
            ):
                for connection, content in ((desk, ORDER), (feed, b'{"subscribe": 1}'), (other, b"\x08\x01")):
                    await connection.send(content)
                    await connection.recv()
            await at.witness.until(lambda: len(at.witness.closes) == 3, "the end of all connections")
            recordings = at.proxy.addon.recordings
    finish_recordings(recordings)
    return at.witness


def named(messages):
    """For each envelope its protocol, who sent it, and its payload or form."""
    return {
        (message.reader.protocol.name, message.direction.value, envelope.payload or envelope.form.value)
        for message in messages
        for envelope in message.envelopes
    }


SEEN = {
    ("desk", "client", "Order"),
    ("desk", "server", "Order"),
    ("feed", "client", "json"),
    ("feed", "server", "Tick"),
    ("protobuf", "client", "wire"),
    ("protobuf", "server", "wire"),
}


def verb(*arguments):
    """What a command says, which has to go well."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_two_protocols_at_once(stage, folder) -> None:
    """Each connection is read by the protocol that it fits, and the recording is read without the file they are in."""
    path = folder / "session.mcap"
    witness = asyncio.run(session(stage, ("--set", f"paperknife_record={path}")))
    assert named(witness.seen) == SEEN
    (folder / "paperknife.yaml").unlink()
    (folder / "protos" / "desk.proto").unlink()

    shown = verb("show", str(path), "--no-color")
    assert "Order" in shown
    assert "Tick" in shown
    assert "s3cr3" not in shown
    assert b"s3cr3" not in path.read_bytes()
    rows = [json.loads(line) for line in verb("export", str(path), "--to", "jsonl").splitlines()]
    found = {row["payload"]: row for row in rows if row.get("payload")}
    assert found["Order"]["message"]["Order"]["symbol"] == "ES"
    assert found["Tick"]["message"]["Tick"] == {"price": 1.5}
    part = folder / "part.mcap"
    verb("filter", str(path), "-o", str(part), "--where", "payload == Order")
    assert "Order" in verb("show", str(part), "--no-color")
    assert "Order" in verb("info", str(path))


BOMBS = """
protocols:
  - name: packed
    match: {path: /packed}
    steps: [{compressed: {codec: gzip}}]
    limits: {inflated_bytes: 1000000}
  - name: parts
    match: {path: /parts}
    steps: [varint-delimited]
    limits: {parts: 100}
  - name: nested
    match: {path: /nested}
    schema: [protos]
    client: Frame
    server: Frame
    carries: [{in: Frame, at: body, by: kind, types: {1: Frame, 7: Order}}]
    limits: {nesting: 3}
  - name: carried
    match: {path: /carried}
    schema: [protos]
    client: Frame
    server: Frame
    carries: [{in: Frame, at: body, by: kind, types: {7: Order}, steps: [{compressed: {codec: gzip}}]}]
    limits: {inflated_bytes: 1000000}
"""
PACKED = gzip.compress(bytes(20 << 20))


def nested(levels):
    """An order in so many frames."""
    data = b"\x08\x07\x12\x04\x0a\x02ES"
    for _ in range(levels):
        data = b"\x08\x01" + length_delimited(2, data)
    return data


BIGGEST = {
    "packed": (PACKED, "more than 1,000,000 bytes come out of what is compressed (limits: inflated_"),
    "parts": (bytes(100_000), "more than the 100 parts that are read of one message (limits: parts)"),
    "nested": (nested(30), "messages in messages, more than 3 levels of them (limits: nesting)"),
    "carried": (b"\x08\x07" + length_delimited(2, PACKED), "more than 1,000,000 bytes come out"),
}


async def bombs(stage, path):
    """Send each of the bombs, and see it come back."""
    async with stage(reading=Reading(config="paperknife.yaml"), arguments=("--set", f"paperknife_record={path}")) as at:
        for name, (content, _) in BIGGEST.items():
            async with connect(f"{at.url.removesuffix('/v1').rstrip('/')}/{name}", proxy=None, max_size=None) as client:
                await client.send(content)
                assert await client.recv() == content
        await at.witness.until(lambda: len(at.witness.closes) == len(BIGGEST), "the end of all connections")
        recordings = at.proxy.addon.recordings
    finish_recordings(recordings)
    return at.witness


def test_bombs(stage, folder) -> None:
    """What is beyond a limit passes as it is, and is one line that names the limit; in the recording too."""
    (folder / "paperknife.yaml").write_text(BOMBS)
    path = folder / "session.mcap"
    witness = asyncio.run(bombs(stage, path))
    assert [message.content for message in witness.seen[::2]] == [content for content, _ in BIGGEST.values()]
    shown = verb("show", str(path), "--no-color").splitlines()
    for number, (name, (_, words)) in enumerate(BIGGEST.items(), 1):
        told = [line for line in shown if f"#{number} ->" in line or f"#{number} <-" in line]
        assert len(told) == 2, name
        assert all(words in line for line in told), told


SYSTEMS = {name: list(found) for name, found in groupby([*PRESETS, *MORE], lambda exchange: exchange.system)}


def contents_of(exchange, make):
    """What is sent on one connection: the side, and what."""
    before = [] if exchange.first is None else [(exchange.side.other, exchange.first(make))]
    sent = [*before, (exchange.side, exchange.build(make, OLD))]
    return [(side, content.decode() if exchange.opcode is TEXT else content) for side, content in sent]


async def talk(stage, reading, exchanges, path):
    """Have each exchange on a connection of its own, and see that each side gets what the other one sent."""
    make = Maker(load(reading).schema)
    scripts = [contents_of(exchange, make) for exchange in exchanges]
    waiting = iter(scripts)

    async def play(connection, script, own) -> None:
        for side, content in script:
            if own(side):
                await connection.send(content)
            else:
                assert await connection.recv() == content

    async def answer_script(connection):
        await play(connection, next(waiting), lambda side: side is not CLIENT)
        await connection.wait_closed()

    arguments = ("--set", f"paperknife_record={path}")
    async with stage(answer_script, reading=reading, arguments=arguments, path="") as at:
        for exchange, script in zip(exchanges, scripts, strict=True):
            async with connect(at.url.rstrip("/") + exchange.path, proxy=None, ping_interval=None) as client:
                await play(client, script, lambda side: side is CLIENT)
            await at.witness.until(lambda: len(at.witness.closes) == at.witness.connections[-1].number, "the end")
        recordings = at.proxy.addon.recordings
    finish_recordings(recordings)
    return at.witness, [content for script in scripts for _, content in script]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_through_the_proxy(stage, tmp_path, system) -> None:
    """Each side gets the bytes that the other sent; they are recorded, and shown by the command, as what they are.

    Only what is a secret is not in the recording.
    """
    exchanges = SYSTEMS[system]
    schema = HERE / "protos" / f"{exchanges[0].schema or system}.proto"
    reading = Reading(schema=(str(schema),), protocol=system, config=str(HERE / "definitions.yaml"))
    path = tmp_path / "session.mcap"
    witness, sent = asyncio.run(talk(stage, reading, exchanges, path))
    assert len(witness.seen) == len(sent)
    recorded = [item.content for item in Recording(path) if isinstance(item, Message) and item.opcode < Opcode.CLOSE]
    secret = [exchange.is_secret for exchange in exchanges for _ in range(1 + (exchange.first is not None))]
    for content, kept, is_secret in zip(sent, recorded, secret, strict=True):
        as_bytes = content.encode() if isinstance(content, str) else content
        assert (kept == as_bytes) is not is_secret
        assert len(kept) == len(as_bytes)
    shown = [json.loads(line) for line in verb("show", str(path), "--format", "json").splitlines()]
    wanted = {name for exchange in exchanges for name in exchange.payload.split(", ") if name}
    assert wanted <= {row.get("payload") for row in shown}


STEP = '''
class Wild:
    """Fails in another way with each message."""

    name = "wild"

    def open(self, data, context):
        if data == b"exit":
            raise SystemExit(3)
        if data == b"none":
            return None
        return 1 / 0
'''


def test_a_step_that_raises_breaks_no_connection(stage, folder) -> None:
    """Whatever a step in Python raises, its messages pass, and are recorded and shown with the reason."""
    (folder / "wild.py").write_text(STEP)
    (folder / "paperknife.yaml").write_text("protocols: [{name: wild, decoder: wild:Wild}]")
    path = folder / "wild.mcap"
    contents = [b"exit", b"none", b"zero", b""]

    async def run():
        arguments = ("--set", f"paperknife_record={path}")
        async with stage(reading=Reading(config="paperknife.yaml"), arguments=arguments) as at:
            async with connect(at.url, proxy=None) as client:
                for content in contents:
                    await client.send(content)
                    assert await client.recv() == content
            await at.witness.until(lambda: len(at.witness.closes) == 1, "the end of the connection")
            recordings = at.proxy.addon.recordings
        finish_recordings(recordings)
        return at.witness.seen

    seen = asyncio.run(run())
    faults = " ".join(each.fault for message in seen for each in message.envelopes)
    assert [word for word in ("SystemExit: 3", "gave nothing", "ZeroDivisionError") if word not in faults] == []
    kept = [item.content for item in Recording(path) if isinstance(item, Message) and item.direction is CLIENT]
    assert kept[: len(contents)] == contents
