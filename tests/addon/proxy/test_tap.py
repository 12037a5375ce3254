"""The tap: what passes is seen as it was, and passes as it was."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator

import pytest
from click.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import InvalidHandshake, InvalidStatus

from paperknife.cli import main
from paperknife.proxy.finishing import finish_recordings
from paperknife.recording.reading import Recording
from paperknife.settings.reading import Reading
from paperknife_decoders.message import Direction, Message, Opcode

MESSAGES = 100_000


def test_messages_are_announced_in_order_with_direction_and_opcode(stage) -> None:
    """Each message of both directions is handed on once, decoded by its direction's type, between opened and closed."""

    async def run() -> None:
        async with stage() as at:
            async with connect(at.url) as client:
                await client.send(b"")
                assert await client.recv() == b""
                await client.send("text")
                assert await client.recv() == "text"
            await at.witness.until(lambda: at.witness.closes, "the end")
            assert [(m.direction, m.opcode, m.content) for m in at.witness.seen] == [
                (Direction.CLIENT, Opcode.BINARY, b""),
                (Direction.SERVER, Opcode.BINARY, b""),
                (Direction.CLIENT, Opcode.TEXT, b"text"),
                (Direction.SERVER, Opcode.TEXT, b"text"),
            ]
            assert [c.url for c in at.witness.connections] == [at.upstream]
            assert at.witness.seen[0].envelopes[0].type.name == "trading.v1.ClientMessage"
            assert at.witness.seen[1].envelopes[0].type.name == "trading.v1.ServerMessage"
            assert (at.witness.closes[0].code, at.witness.closes[0].by) == (1000, Direction.CLIENT)

    asyncio.run(run())


@pytest.mark.parametrize("compression", ["deflate", None])
def test_a_hundred_thousand_mixed_messages_arrive_as_they_were_sent(stage, compression: str | None) -> None:
    """Binary, text and fragmented messages, compressed and not, reach the server with opcode and content unchanged."""
    count = MESSAGES // 2
    sent, received = hashlib.sha256(), hashlib.sha256()
    chance = random.Random(7)

    def mixed() -> bytes | str | list[bytes]:
        size = chance.choice((0, 1, 2, 20, 40, 125, 126, 127, 300, 5000))
        content = chance.randbytes(size)
        kind = chance.random()
        if kind < 0.2:
            return content.hex() + "€"
        if kind < 0.3:
            return [content[at : at + 50] for at in range(0, size, 50)] or [b""]
        return content

    def add(digest: "hashlib._Hash", message: bytes | str) -> None:
        data = message.encode() if isinstance(message, str) else message
        digest.update(f"{type(message).__name__} {len(data)} ".encode() + data)

    async def sink(server: ServerConnection) -> None:
        got = 0
        async for message in server:
            add(received, message)
            got += 1
        assert got == count

    async def fragments(parts: list[bytes]) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def run() -> None:
        async with stage(sink) as at:
            async with connect(at.url, compression=compression, ping_interval=None, close_timeout=60) as client:
                for _ in range(count):
                    message = mixed()
                    if isinstance(message, list):
                        add(sent, b"".join(message))
                        await client.send(fragments(message))
                    else:
                        add(sent, message)
                        await client.send(message)
            await at.witness.until(lambda: at.witness.closes, "the end", seconds=60)
            assert len(at.witness.seen) == count

    asyncio.run(run())
    assert received.hexdigest() == sent.hexdigest()


def test_a_request_for_the_root_goes_to_the_modes_path(stage) -> None:
    """A client that asks for / gets the path of the mode; another path passes as it is."""
    paths = []

    async def note(server: ServerConnection) -> None:
        paths.append(server.request.path)

    async def run() -> None:
        async with stage(note) as at:
            root = at.url.removesuffix("/v1")
            for url in (at.url, root + "/", root + "/?a=b", root + "/v2"):
                async with connect(url) as client:
                    await client.wait_closed()

    asyncio.run(run())
    assert paths == ["/v1", "/v1", "/v1?a=b", "/v2"]


def test_an_unmatched_connection_passes_unread(stage) -> None:
    """A connection that --match leaves out is announced as not read, and its messages pass without being handed on."""

    async def run() -> None:
        async with stage(reading=Reading(match=("*.example/*",))) as at:
            async with connect(at.url) as client:
                await client.send(b"\x01")
                assert await client.recv() == b"\x01"
            await at.witness.until(lambda: at.witness.closes, "the end")
            assert [c.read for c in at.witness.connections] == [False]
            assert at.witness.seen == []

    asyncio.run(run())


def test_a_consumer_that_fails_is_left_out_and_the_traffic_goes_on(stage) -> None:
    """An exception in a consumer costs that consumer its place, and no message."""

    class Broken:
        def __getattr__(self, name: str):
            raise RuntimeError("broken on purpose")

    async def run() -> None:
        async with stage() as at:
            at.proxy.addon.audience.consumers.insert(0, Broken())
            async with connect(at.url) as client:
                for content in (b"1", b"2"):
                    await client.send(content)
                    assert await client.recv() == content
            assert len(at.proxy.addon.audience.consumers) == 1
            assert [text for text, _ in at.witness.notices if "Broken failed" in text]

    asyncio.run(run())


def test_secrets_in_the_url_are_masked(stage) -> None:
    """A token in the query is not in what consumers are told."""

    async def run() -> None:
        async with stage() as at:
            async with connect(at.url + "?user=alice&access_token=geheim"):
                pass
            assert at.witness.connections[0].url == f"{at.upstream}?user=alice&access_token=[redacted]"

    asyncio.run(run())


def test_a_server_that_is_no_websocket_is_said_so(stage) -> None:
    """An HTTP answer in place of 101 reaches the client, and the user is told."""
    import http
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Plain(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(http.HTTPStatus.NOT_FOUND)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    async def run(port: int) -> None:
        async with stage(upstream=f"ws://127.0.0.1:{port}/v1") as at:
            with pytest.raises(InvalidStatus, match="404"):
                await connect(at.url)
            assert any("answered 404 Not Found where 101 was expected" in text for text, _ in at.witness.notices)

    with HTTPServer(("127.0.0.1", 0), Plain) as plain:
        Thread(target=plain.serve_forever, daemon=True).start()
        asyncio.run(run(plain.server_address[1]))
        plain.shutdown()


def test_a_server_that_refuses_is_said_so(stage) -> None:
    """With nobody listening upstream the client's handshake fails, and the user is told who could not be reached."""
    import socket

    async def run(port: int) -> None:
        async with stage(upstream=f"ws://127.0.0.1:{port}/v1") as at:
            with pytest.raises(InvalidHandshake):
                await connect(at.url)
            texts = [text for text, _ in at.witness.notices]
            assert any(f"127.0.0.1:{port} could not be reached" in text for text in texts), texts

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        asyncio.run(run(free.getsockname()[1]))


GRPC = """
protocols:
  - name: quotes
    match: {path: "/shop.Quotes/*"}
    schema: [quotes.proto]
    steps: [grpc-websockets]
    behind: {by: path, types: {method: "/{service}/{method}"}}
    secrets: [WatchRequest.badge]
"""
QUOTES = """syntax = "proto3";
package shop;
service Quotes { rpc Watch(WatchRequest) returns (stream Quote); }
message WatchRequest { string symbol = 1; string badge = 2; }
message Quote { string symbol = 1; double price = 2; }
"""
ASK = b"\x0a\x02ES\x12\x05s3cr3"
QUOTE = b"\x0a\x02ES\x11\0\0\0\0\0\0\xf8\x3f"


def framed(part: bytes, flag: int = 0) -> bytes:
    """One frame of gRPC's."""
    return bytes([flag]) + len(part).to_bytes(4, "big") + part


HEADERS = framed(b"content-type: application/grpc-web\r\n", 0x80)
UP = [
    b"content-type: application/grpc\r\n",
    b"\0" + framed(ASK)[:5],
    b"\0" + framed(ASK)[5:12],
    b"\0" + framed(ASK)[12:],
]
DOWN = [
    HEADERS[:3],
    HEADERS[3:],
    framed(QUOTE)[:5],
    QUOTE,
    framed(QUOTE)[:9],
    framed(QUOTE)[9:] + framed(QUOTE) + b"\0",
]
SAID = [
    ("client", "gRPC headers, which hold no message"),
    ("client", "begins a gRPC frame of 11 bytes that goes on in the next message"),
    ("client", "continues a gRPC frame of 11 bytes: 7 are here now, the rest comes in the next message"),
    ("client", "WatchRequest"),
    ("server", "begins a gRPC frame, whose head goes on in the next message"),
    ("server", "begins a gRPC frame of 13 bytes that goes on in the next message"),
    ("server", "Quote"),
    ("server", "begins a gRPC frame of 13 bytes that goes on in the next message"),
    ("server", "Quote"),
    ("server", "Quote"),
]


def said(messages) -> list[tuple[str, str]]:
    """Of each envelope its payload, or why there is none."""
    found = [(message.direction.value, each) for message in messages for each in message.envelopes]
    return [(side, each.payload or each.fault) for side, each in found]


@pytest.mark.parametrize("lane", ["true", "false"])
def test_frames_that_several_messages_hold(stage, tmp_path, lane) -> None:
    """gRPC frames are put together live, in the recording and in what is shown of it; no secret is in any of them."""
    (tmp_path / "paperknife.yaml").write_text(GRPC)
    (tmp_path / "quotes.proto").write_text(QUOTES)
    path, arrived = tmp_path / "grpc.mcap", []

    async def answer(connection: ServerConnection) -> None:
        arrived.extend([await connection.recv() for _ in UP])
        for content in DOWN:
            await connection.send(content)

    async def run():
        reading = Reading(config=str(tmp_path / "paperknife.yaml"))
        arguments = ("--set", f"paperknife_record={path}", "--set", f"paperknife_lane={lane}")
        async with stage(answer, reading=reading, path="/shop.Quotes/Watch", arguments=arguments) as at:
            async with connect(at.url, proxy=None) as client:
                for content in UP:
                    await client.send(content)
                assert [content async for content in client] == DOWN
            await at.witness.until(lambda: at.witness.closes, "the end")
            recordings = at.proxy.addon.recordings
        finish_recordings(recordings)
        return at.witness.seen

    seen = asyncio.run(run())
    assert arrived == UP
    assert sorted(said(seen), key=lambda each: each[0]) == SAID
    recorded = [item for item in Recording(path) if isinstance(item, Message) and item.opcode < Opcode.CLOSE]
    assert sorted(said(recorded), key=lambda each: each[0]) == SAID
    sent = [message.content for message in recorded if message.direction is Direction.CLIENT]
    assert b"".join(content[1:] for content in sent[1:]) == framed(ASK).replace(b"s3cr3", b"*****")
    shown = CliRunner().invoke(main, ["show", str(path), "--no-color"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("price=1.5") == 3
    assert "begins a gRPC frame of 13 bytes" in shown.output
    assert "s3c" not in shown.output
