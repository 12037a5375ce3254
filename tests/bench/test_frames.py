"""Prepared frames and handshakes, read back by `websockets`."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from bench import frames


def server_frames(data):
    """What a server reads in the bytes of a client."""
    server = ServerProtocol(state=1, max_size=None)
    server.receive_data(data)
    assert server.parser_exc is None
    return server.events_received()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 100_001])
def test_reads_back(size):
    """Frames of every length form are those of the RFC, masked and not."""
    payload = random.Random(size).randbytes(size)
    assert [frame.data for frame in server_frames(frames.frame(payload, random.Random(1)))] == [payload]
    client = ClientProtocol(parse_uri("ws://localhost/"), state=1, max_size=None)
    client.receive_data(frames.frame(payload))
    assert [frame.data for frame in client.events_received()] == [payload]


def test_fragments():
    """A fragmented message begins with its opcode, goes on with continuations and ends once."""
    found = server_frames(frames.fragments(b"abcdefgh", 3, random.Random(1)))
    assert [(frame.opcode, frame.data, frame.fin) for frame in found] == [
        (Opcode.BINARY, b"abc", False),
        (Opcode.CONT, b"def", False),
        (Opcode.CONT, b"gh", True),
    ]


def test_deflated():
    """A compressed frame inflates to what it was made of."""
    data = frames.deflated(b"again and again " * 9)
    assert data[0] == 0xC2
    inflater = zlib.decompressobj(wbits=-15)
    assert inflater.decompress(data[2:] + b"\x00\x00\xff\xff") == b"again and again " * 9


@pytest.mark.parametrize("extensions", ["", frames.DEFLATE])
def test_handshake(extensions):
    """Both halves of the handshake are accepted by others, and compression is agreed on where it was offered."""
    asked = frames.request("localhost", extensions)
    server = ServerProtocol()
    server.receive_data(asked)
    (request,) = server.events_received()
    assert isinstance(request, Request)
    assert server.accept(request).status_code == 101
    answered = frames.response(asked)
    assert answered.startswith(b"HTTP/1.1 101 ")
    assert frames.agrees_to_deflate(answered) is bool(extensions)


@given(st.lists(st.integers(0, 300), max_size=9), st.integers(1, 50), st.booleans())
def test_counts_messages_however_they_are_cut(sizes, cut, masked):
    """The counter finds every message, in whatever pieces the bytes come."""
    masks = random.Random(1) if masked else None
    data = b"".join(frames.fragments(bytes(size), 100, masks) or frames.frame(b"", masks) for size in sizes)
    counter = frames.MessageCounter()
    for start in range(0, len(data), cut):
        counter.feed(data[start : start + cut])
    assert (counter.messages, counter.payload_bytes) == (len(sizes), sum(sizes))
    assert (counter.skip, counter.rest) == (0, b"")


def test_does_not_count_control_frames():
    """A ping is no message."""
    counter = frames.MessageCounter()
    counter.feed(frames.frame(b"?", None, 0x89) + frames.frame(b"!"))
    assert counter.messages == 1
