"""Protocols as data, from the user's file to a recording that is read without it."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from paperknife.cli import main
from paperknife.proxy.finishing import finish_recordings
from paperknife.settings.reading import Reading

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
