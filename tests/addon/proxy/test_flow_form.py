"""Connections as mitmproxy's own flow files have them, read by mitmproxy itself."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from mitmproxy.io import FlowReader

from paperknife.demo.files import given_schema
from paperknife.proxy.flow_form import FlowForm, address, client_address
from paperknife.proxy.flow_source import FlowSource
from paperknife.recording.exchange.conversations import Conversations
from paperknife.recording.items import Closed, Opened
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Connection, Handshake
from paperknife_decoders.message import Direction, Fate, Message, Opcode

BIN = Path(sys.executable).parent
CLIENT, SERVER = Direction
START = 1_800_000_000_123_456_700
HANDSHAKE = Handshake((("Host", "venue.example"), ("X-Name", "Zoë\r\nA: b")), (("Upgrade", "websocket"),))
FIRST = Connection(1, "wss://venue.example/v1?a=1", "10.0.0.1:50001", START, "", True, HANDSHAKE)
SECOND = Connection(2, "ws://[::1]:9001/", "[::1]:50002", START + 500, "v2.proto")


def said(connection, direction, opcode, content, fate=Fate.PASSED):
    """A message that was said some time later."""
    return Message(connection, direction, START + 1000, opcode, content, READER, fate)


READER = load(Reading(schema=(str(given_schema()),))).protocol.reader()
ITEMS = [
    Opened(FIRST),
    Opened(SECOND),
    said(1, CLIENT, Opcode.BINARY, b"\x00\xff" * 100),
    said(2, SERVER, Opcode.TEXT, "héllo".encode()),
    said(1, SERVER, Opcode.BINARY, b""),
    said(1, SERVER, Opcode.PING, b"beat"),
    said(1, CLIENT, Opcode.BINARY, b"gone", Fate.DROPPED),
    said(1, SERVER, Opcode.TEXT, b"made up", Fate.INJECTED),
    Closed(FIRST, Close(4001, "too slow", SERVER, START + 2000)),
    Closed(SECOND, Close(1006, "broken off", None, START + 3000)),
    Opened(Connection(3, "wss://venue.example/v1", "", START + 4000)),
]


@pytest.fixture
def flow_file(tmp_path):
    """A flow file of the items."""
    out = io.BytesIO()
    (tmp_path / "beside").mkdir()
    writer = Conversations(FlowForm(out), folder=tmp_path / "beside")
    for item in ITEMS:
        writer.write(item)
    writer.close()
    path = tmp_path / "session.flow"
    path.write_bytes(out.getvalue())
    return path


def test_mitmproxy_reads_it(flow_file):
    """Each connection is a flow with its messages, fates, handshake and close code."""
    with flow_file.open("rb") as file:
        first, second, third = FlowReader(file).stream()
    assert [(bool(m.from_client), int(m.type), m.content, m.dropped, m.injected) for m in first.websocket.messages] == [
        (True, 2, b"\x00\xff" * 100, False, False),
        (False, 2, b"", False, False),
        (True, 2, b"gone", True, False),
        (False, 1, b"made up", False, True),
    ]
    assert (first.request.pretty_url, first.response.status_code) == ("https://venue.example/v1?a=1", 101)
    assert (first.websocket.close_code, first.websocket.close_reason, first.websocket.closed_by_client) == (
        4001,
        "too slow",
        False,
    )
    assert first.client_conn.peername == ("10.0.0.1", 50001)
    assert (second.request.host, second.request.port, second.request.path) == ("::1", 9001, "/")
    assert second.response.headers["Sec-WebSocket-Protocol"] == "v2.proto"
    assert third.websocket.messages == []
    assert third.websocket.timestamp_end is None


def test_mitmdump_shows_it(flow_file, home, environment):
    """The program itself opens the file."""
    command = [str(BIN / "mitmdump"), "--set", f"confdir={home}", "-nr", str(flow_file)]
    shown = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True, env=environment, stdin=subprocess.DEVNULL
    ).stdout
    assert shown.count("WebSocket binary message") == 3
    assert "WebSocket text message" in shown
    assert "4001" in shown


def test_there_and_back(flow_file):
    """Messages come back byte for byte, with opcode, direction, order and fate; times to the microsecond."""
    source = FlowSource(flow_file)
    back = [
        (source.sessions[told.session].connection.number, told.direction, told.opcode, told.content, told.fate)
        for told in source.messages()
    ]
    messages = [item for item in ITEMS if isinstance(item, Message) and item.opcode < Opcode.CLOSE]
    kept = [
        (item.connection, item.direction, item.opcode, item.content, item.fate)
        for item in sorted(messages, key=lambda item: item.connection)
    ]
    assert back == kept
    assert all(abs(told.time_ns - START - 1000) < 1000 for told in source.messages())
    urls = [session.connection.url for session in source.sessions]
    assert urls == [FIRST.url, SECOND.url, "wss://venue.example/v1"]
    assert source.sessions[0].connection.handshake == HANDSHAKE


ADDRESSES = {
    "wss://venue.example/v1?a=1": ("wss", "venue.example", 443, "/v1?a=1"),
    "ws://h:9001": ("ws", "h", 9001, "/"),
    "": ("ws", "unknown", 80, "/"),
    "ws://h:99999/": ("ws", "unknown", 80, "/"),
    "ws://[::1": ("ws", "unknown", 80, "/"),
    "ftp://x": ("ws", "x", 80, "/"),
}


@pytest.mark.parametrize(("url", "parts"), ADDRESSES.items())
def test_addresses(url, parts):
    """What a recording does not tell is made up."""
    assert address(url) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    {"10.0.0.1:5": ("10.0.0.1", 5), "[::1]:5": ("::1", 5), "": ("", 0), "x:y": ("x", 0), "x:9999999": ("x", 0)}.items(),
)
def test_clients(text, parts):
    """Host and port, whatever stands there."""
    assert client_address(text) == parts


def test_whatever_a_recording_holds(tmp_path):
    """Half characters and control characters in a handshake are written in some way, and read again."""
    odd = "\ud800\x00\n"
    connection = Connection(
        1, f"wss://{odd}:1/{odd}?{odd}", odd, START, odd, True, Handshake(((odd, odd),), ((odd, odd),))
    )
    out = io.BytesIO()
    writer = Conversations(FlowForm(out), folder=tmp_path)
    writer.write(Opened(connection))
    writer.write(Closed(connection, Close(1000, odd, None, START)))
    writer.close()
    (flow,) = FlowReader(io.BytesIO(out.getvalue())).stream()
    assert flow.websocket.close_reason == "\\ud800\x00\n"
