"""How a connection of ours ends."""

from __future__ import annotations

import asyncio

import pytest
from websockets.asyncio.server import serve

from paperknife.replay.farewell import end_as_recorded, ending_text, our_close
from paperknife.traffic import ABNORMAL, Close
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

CLOSES = [
    # recorded: code, reason, by; ours
    (1000, "done", CLIENT, (1000, "done")),
    (4999, "x", CLIENT, (4999, "x")),
    (1005, "", CLIENT, (1005, "")),
    (ABNORMAL, "gone", CLIENT, (1000, "")),
    (1004, "", CLIENT, (1000, "")),
    (1015, "", CLIENT, (1000, "")),
    (7, "", CLIENT, (1000, "")),
    (99_999, "", CLIENT, (1000, "")),
    (1000, "ä" * 62, CLIENT, (1000, "")),
    (1001, "bye", SERVER, (1000, "")),
    (1001, "bye", None, (1000, "")),
]


@pytest.mark.parametrize(("code", "reason", "by", "ours"), CLOSES)
def test_we_close_as_the_recorded_client_did(code, reason, by, ours) -> None:
    """In order where a frame cannot say what was recorded."""
    close = our_close(Close(code, reason, by, 0))
    assert (close.code, close.reason) == ours
    assert close.by is CLIENT


def test_nothing_recorded_is_an_end_in_order() -> None:
    """As of a file that is cut."""
    assert our_close(None).code == 1000


def test_how_a_server_ended_it() -> None:
    """In words."""
    assert ending_text(Close(ABNORMAL, "", SERVER, 0)) == "went away without a close frame"
    assert ending_text(Close(4000, "bye", SERVER, 0)) == "closed the connection with 4000 (bye)"
    assert ending_text(Close(1000, "", SERVER, 0)) == "closed the connection with 1000"


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

SERVED = [
    # by the server: code, reason; what is on the wire
    (1000, "done", b"\x88\x06\x03\xe8done"),
    (4999, "x", b"\x88\x03\x13\x87x"),
    (1005, "", b"\x88\x00"),
    (ABNORMAL, "gone", b""),
    (1004, "", b"\x88\x02\x03\xec"),
    (1015, "", b"\x88\x02\x03\xf7"),
    (7, "x", b"\x88\x03\x00\x07x"),
    (5000, "", b"\x88\x02\x13\x88"),
    (99_999, "x", b""),
    (-1, "", b""),
    (1000, "ä" * 62, b"\x88\x7c\x03\xe8" + "ä".encode() * 61),
]


@pytest.mark.parametrize(
    ("code", "reason", "wire"), SERVED, ids=[f"{code}-{len(reason)}" for code, reason, _ in SERVED]
)
def test_we_close_as_the_recorded_server_did(code, reason, wire) -> None:
    """With the very code, though no close frame may carry it; a reason that is too long is cut."""

    async def ended() -> bytes:
        async def visit(connection) -> None:
            await end_as_recorded(connection, Close(code, reason, SERVER, 0))

        async with serve(visit, "127.0.0.1", 0, close_timeout=0.05) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(HANDSHAKE)
            await reader.readuntil(b"\r\n\r\n")
            wire = await reader.read()
            writer.close()
        return wire

    assert asyncio.run(ended()) == wire
