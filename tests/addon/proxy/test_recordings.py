"""What a proxy records: all that a peer received, also when it is killed; and whatever becomes of the file."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import random
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mitmproxy.certs import CertStore
from mitmproxy.exceptions import OptionsError
from websockets.asyncio.client import connect

from paperknife.demo.files import given_schema
from paperknife.proxy.embedded import EmbeddedProxy, ProxyPlan
from paperknife.proxy.listening import StartError
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.segments import RecordWords
from paperknife.settings.modes import parse_mode
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Message, Opcode

PATIENCE = 60
PACE = 20_000
"""Messages a second and direction."""

BLOCK = 100
"""Messages that are sent at once."""

CONTENTS = [b"\n\x0a\n\x04ESZ6\x10%b" % bytes([128 | n & 127, 128 | n >> 7 & 127, n >> 14 | 1]) for n in range(8_000)]
"""Envelopes of the demo's server, no two alike: market data with a symbol and a sequence."""

ENOUGH = 20_000
"""Bytes that each peer has received before the proxy is killed."""

DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def frames(content: bytes, *, masked: bool, deflated: bool, parts: int) -> bytes:
    """One message as frames (RFC 6455, section 5.2), compressed by itself (RFC 7692) where that is asked for."""
    if deflated:
        deflater = zlib.compressobj(wbits=-15)
        content = (deflater.compress(content) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
    size = -(-len(content) // parts)
    found = []
    for number, at in enumerate(range(0, len(content), size)):
        part = content[at : at + size]
        first = (0x40 * deflated | Opcode.BINARY) if not number else 0
        first |= 0x80 * (at + size >= len(content))
        found.append(bytes([first, 0x80 * masked | len(part)]) + bytes(4 * masked) + part)  # a mask of zeros
    return b"".join(found)


def messages(data: bytes, *, deflated: bool) -> list[bytes]:
    """The contents of all messages that are whole in frames of at most 125 bytes with a mask of zeros, or none."""
    found, parts, at = [], [], 0
    while at + 2 <= len(data):
        start = at + 2 + 4 * (data[at + 1] >> 7)
        end = start + (data[at + 1] & 127)
        if end > len(data):
            break
        parts.append(data[start:end])
        if data[at] & 0x80:
            content = b"".join(parts)
            found.append(
                zlib.decompressobj(wbits=-15).decompress(content + b"\x00\x00\xff\xff") if deflated else content
            )
            parts.clear()
        at = end
    return found


class Peer:
    """A raw end of a WebSocket: sends its messages at a pace, and keeps all that it receives until the end."""

    def __init__(self, link: socket.socket, sent: Callable[[int], bytes]) -> None:
        self.link = link
        self.sent = sent
        self.received = bytearray()
        self.threads = [threading.Thread(target=act, daemon=True) for act in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()

    def send(self) -> None:
        """Send until the other side is gone."""
        began = time.monotonic()
        with contextlib.suppress(OSError):
            for at in itertools.count(0, BLOCK):
                self.link.sendall(b"".join(map(self.sent, range(at, at + BLOCK))))
                time.sleep(max(began + at / PACE - time.monotonic(), 0))

    def receive(self) -> None:
        """Receive until the other side is gone."""
        with contextlib.suppress(OSError):
            while data := self.link.recv(1 << 16):
                self.received += data

    def join(self) -> bytes:
        """All that came."""
        for thread in self.threads:
            thread.join(PATIENCE)
        self.link.close()
        return bytes(self.received)


def head_of(link: socket.socket) -> bytes:
    """One HTTP head, byte by byte, so that no frame goes with it."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += link.recv(1)
    return head


@pytest.fixture(scope="session")
def secure_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A TLS server's side, with a certificate that nobody trusts."""
    folder = tmp_path_factory.mktemp("certificates")
    CertStore.from_store(folder, "server", 2048)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server-ca.pem")
    return context


def accept(listener: socket.socket, context: ssl.SSLContext | None, extensions: str) -> socket.socket:
    """The server's end, after its handshake."""
    listener.settimeout(PATIENCE)
    link, _ = listener.accept()
    link.settimeout(PATIENCE)
    if context:
        link = context.wrap_socket(link, server_side=True)
    head_of(link)
    link.sendall(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: x\r\n{extensions}\r\n"
        ).encode()
    )
    return link


def open_client(port: int, extensions: str, *, tls: bool) -> socket.socket:
    """The client's end, after its handshake."""
    link = socket.create_connection(("127.0.0.1", port), PATIENCE)
    if tls:
        careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
        link = careless.wrap_socket(link, server_hostname="venue.example")
    link.sendall(
        (
            "GET /v1 HTTP/1.1\r\nHost: venue.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n{extensions}\r\n"
        ).encode()
    )
    head_of(link)
    return link


@contextlib.contextmanager
def peers(
    launch: Callable, record: str, *options: str, context: ssl.SSLContext | None, deflated: bool, parts: int
) -> Iterator[tuple]:
    """A proxy process that records, and both ends of a WebSocket through it, which have begun to send."""
    blobs = {
        masked: [frames(content, masked=masked, deflated=deflated, parts=parts) for content in CONTENTS]
        for masked in (False, True)
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        upstream = f"{'wss' if context else 'ws'}://127.0.0.1:{listener.getsockname()[1]}/v1"
        running = launch(
            *("paperknife", "proxy", "--mode", f"reverse:{upstream}", "-p", "0", "-k", "--ui", "none"),
            *("--schema", str(given_schema()), "--record", record, *options),
        )
        port = int(running.until("\n", stream="err").partition("//127.0.0.1:")[2].partition("/")[0])
        extensions = f"Sec-WebSocket-Extensions: {DEFLATE}\r\n" if deflated else ""
        with ThreadPoolExecutor(1) as pool:
            accepted = pool.submit(accept, listener, context, extensions)
            client = open_client(port, extensions, tls=context is not None)
            server = accepted.result(PATIENCE)
        turns = len(CONTENTS)
        yield running, Peer(client, lambda n: blobs[True][n % turns]), Peer(server, lambda n: blobs[False][n % turns])


KILLS = {
    "plain": {},
    "fragments": {"parts": 3},
    "deflate": {"deflated": True},
    "tls": {"tls": True},
    "segments": {"options": ("--record-split", "60kB")},
}


@pytest.mark.parametrize("case", KILLS.values(), ids=KILLS)
def test_after_a_kill_every_message_that_a_peer_received_is_in_the_recording(
    case, launch, tmp_path, secure_context
) -> None:
    """`kill -9` at any moment, with 20,000 messages a second in each direction; in whichever form they come."""
    given = {"parts": 1, "deflated": False, "options": (), "tls": False} | case
    context = secure_context if given["tls"] else None
    with peers(
        launch, "killed.mcap", *given["options"], context=context, deflated=given["deflated"], parts=given["parts"]
    ) as (running, client, server):
        deadline = time.monotonic() + PATIENCE
        while min(len(client.received), len(server.received)) < ENOUGH and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.3))
        running.process.kill()
        received = {
            Direction.SERVER: messages(client.join(), deflated=given["deflated"]),
            Direction.CLIENT: messages(server.join(), deflated=given["deflated"]),
        }
    recorded: dict[Direction, list[bytes]] = {direction: [] for direction in Direction}
    # A kill between the making of a file and its first bytes leaves one with nothing in it.
    files = sorted(path for path in tmp_path.glob("killed*.mcap") if path.stat().st_size)
    for path in files:
        recording = Recording(path)
        for item in recording:
            if isinstance(item, Message):
                recorded[item.direction].append(item.content)
    assert recording.cut  # of the last file
    for direction, contents in received.items():
        assert len(contents) > 100
        assert recorded[direction][: len(contents)] == contents
    if given["options"]:
        assert len(files) > 1


def in_a_loop(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))

    return run


def contents(path: Path) -> list[bytes]:
    """The contents of all messages in a recording, without control frames."""
    return [item.content for item in Recording(path) if isinstance(item, Message) and item.opcode < Opcode.CLOSE]


async def exchange(url: str, *sent: bytes) -> None:
    """Send to an echo, and wait for the answers."""
    async with connect(url) as client:
        for content in sent:
            await client.send(content)
            assert await client.recv() == content


@in_a_loop
async def test_recording_begins_and_ends_with_the_option(stage, tmp_path) -> None:
    """On open connections too, which the new file tells of; and the file that ends is packed while others pass."""
    first, second = tmp_path / "first.mcap", tmp_path / "second.mcap"
    async with stage() as live:
        options, recordings = live.proxy.master.options, live.proxy.addon.recordings
        async with connect(live.url) as client:
            for path, content in (("", b"a"), (str(first), b"b"), (str(second), b"c"), ("", b"d")):
                options.update(paperknife_record=path)
                await client.send(content)
                assert await client.recv() == content
        await live.witness.until(lambda: all(each.shelf.segments[0].packed for each in recordings.recorders), "packing")
        assert contents(first) == [b"b", b"b"]
        assert contents(second) == [b"c", b"c"]
    items = list(Recording(second))
    assert [(item.connection.number, item.resumed) for item in items if isinstance(item, Opened)] == [(1, True)]
    assert not any(isinstance(item, Closed) for item in items)
    assert f"Recording to {first}." in [text for text, _ in live.witness.notices]


@in_a_loop
async def test_what_the_user_is_told_stands_in_the_recording(stage, tmp_path) -> None:
    """A reader of it sees what the user saw."""
    path = tmp_path / "told.mcap"
    async with stage() as live:
        live.proxy.master.options.update(paperknife_record=str(path))
        live.proxy.addon.notice("Something odd.", True)
        await exchange(live.url, b"x")
        live.proxy.addon.recordings.finish()
    found = [(item.text, item.warning) for item in Recording(path) if isinstance(item, Noticed)]
    assert ("Something odd.", True) in found


@in_a_loop
async def test_a_consumer_that_fails_does_not_hurt_the_recording(stage, tmp_path) -> None:
    """The recorder is told first, and whatever others do, it is told."""
    path = tmp_path / "all.mcap"
    async with stage() as live:

        def fail(_: object) -> None:
            raise ZeroDivisionError

        live.witness.messages = fail
        live.proxy.master.options.update(paperknife_record=str(path))
        await exchange(live.url, b"x", b"y")
        live.proxy.addon.recordings.finish()
    assert contents(path) == [b"x", b"x", b"y", b"y"]


@pytest.mark.parametrize("lane", ["true", "false"])
@in_a_loop
async def test_with_and_without_the_lane_messages_are_in_the_file_before_the_peer_has_them(
    lane, stage, tmp_path
) -> None:
    """Each echo was recorded when it arrives."""
    path = tmp_path / "early.mcap"
    arguments = ("--set", f"paperknife_lane={lane}", "--set", f"paperknife_record={path}")
    async with stage(arguments=arguments) as live, connect(live.url) as client:
        for number in range(1, 6):
            await client.send(b"%d" % number)
            await client.recv()
            assert len(contents(path)) == 2 * number


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"paperknife_record": "{0}/none/x.mcap"}, "A folder for the recording was expected at {0}/none"),
        ({"paperknife_record": "{0}"}, "A file to record to was expected, and {0} is a folder"),
        ({"paperknife_record": "{0}/x", "paperknife_record_split": ["5q"]}, "A size such as 64MB or a time"),
        ({"paperknife_record_keep": 3}, "A file to record to was expected along with"),
    ],
    ids=["no folder", "folder", "split", "keep"],
)
@in_a_loop
async def test_an_option_that_cannot_be_is_a_sentence(options, wrong, stage, tmp_path) -> None:
    """And all is as it was before."""
    given = {key: value.format(tmp_path) if isinstance(value, str) else value for key, value in options.items()}
    async with stage() as live:
        with pytest.raises(OptionsError, match="^" + re.escape(wrong.format(tmp_path))):
            live.proxy.master.options.update(**given)
        assert live.proxy.addon.recordings.sentence() == ""
        await exchange(live.url, b"x")
    assert list(tmp_path.iterdir()) == []


@in_a_loop
async def test_a_proxy_that_does_not_start_leaves_no_file(tmp_path) -> None:
    """Where its port is taken there is nothing to record."""
    reading = Reading()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        arguments = ("--listen-port", str(taken.getsockname()[1]))
        words = RecordWords(str(tmp_path / "x.mcap"))
        plan = ProxyPlan(reading, load(reading), (parse_mode("regular"),), arguments, record=words)
        with pytest.raises(StartError):
            async with EmbeddedProxy(plan, []):
                pass
    assert list(tmp_path.iterdir()) == []


def test_where_the_disk_is_full_the_traffic_goes_on(launch, tmp_path) -> None:
    """One clear warning, exit status 1, a readable file, and the summary says what is missing from when on."""
    running = launch(
        "sh", "-c", "ulimit -f 100; exec paperknife demo --seconds 600 --rate 400 --no-color --record x.mcap"
    )
    so_far = running.until("Recording stopped").count("market_data")
    running.until("market_data", times=so_far + 20)
    running.interrupt()
    status, out, err = running.end()
    assert status == 1
    told = err + out
    assert len(re.findall(r"Recording stopped: x\.mcap could not be written: File too large\.", told)) == 1
    missing = re.search(r"! ([\d,]+) messages from \d\d:\d\d:\d\d\.\d{3} on are not recorded\.", err)
    recorded = re.search(r"Recorded ([\d,]+) messages in x\.mcap", err)
    passed = re.search(r"-> ([\d,]+) messages .*, <- ([\d,]+) messages", err)
    count = [int(number.replace(",", "")) for number in (missing[1], recorded[1], passed[1], passed[2])]
    assert count[0] + count[1] == count[2] + count[3]
    assert len(contents(tmp_path / "x.mcap")) == count[1]
