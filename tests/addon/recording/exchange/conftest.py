"""A session of the demo's API, as items, and the ways to read them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Close, Connection, Handshake
from paperknife_decoders.message import Direction, Fate, Message, Opcode

CLIENT, SERVER = Direction
TEXT, BINARY, CLOSE, PING = Opcode.TEXT, Opcode.BINARY, Opcode.CLOSE, Opcode.PING
START = 1_800_000_000_123_456_789
STEP = 1_000_003


@dataclass(frozen=True)
class Session:
    """A protocol, and items that were read by it."""

    loaded: Loaded
    api: Api
    items: list[Item]


@pytest.fixture(scope="session")
def session() -> Session:
    """Two connections that take turns, with everything that a message can be."""
    loaded, api = load(Reading(schema=(str(given_schema()),))), Api(given_schema())
    order = api.client.encode("order", {"client_tag": "tag-1", "quantity": 200, "side": "BUY"})
    answer = api.server.encode("order_response", {"client_tag": "tag-1"})
    return Session(loaded, api, list(items_of(loaded, order, answer)))


def items_of(loaded: Loaded, order: bytes, answer: bytes):
    reader = loaded.protocol.reader()
    handshake = Handshake(
        (("Host", "venue.example"), ("Upgrade", "websocket"), ("X-Name", "Zoë")), (("Upgrade", "websocket"),)
    )
    first = Connection(1, "wss://venue.example/v1?a=1&b=%20", "10.0.0.1:50001", START, "v1.json", True, handshake)
    second = Connection(2, "ws://[::1]:9001/", "[::1]:50002", START + 2 * STEP)

    def said(place, connection, direction, opcode, content, *more):
        return Message(connection, direction, START + place * STEP, opcode, content, reader, *more)

    yield Opened(first)
    yield said(1, 1, CLIENT, BINARY, order)
    yield Opened(second)
    yield said(3, 2, CLIENT, TEXT, "héllo \U0001f600 \x1b[2J \"'".encode())
    yield said(4, 1, SERVER, BINARY, answer, Fate.CHANGED, answer[:-1] + b"2")
    yield said(5, 1, SERVER, PING, b"\x00beat")
    yield said(6, 2, SERVER, BINARY, b"\xff\x00 no envelope")
    yield said(6, 2, SERVER, BINARY, b"")
    yield said(7, 1, CLIENT, BINARY, order, Fate.DROPPED)
    yield said(8, 1, SERVER, BINARY, answer, Fate.INJECTED)
    yield said(9, 2, CLIENT, TEXT, b"*****", Fate.PASSED, None, ((0, 5),))
    yield Noticed("Something to know.", False, START + 10 * STEP)
    yield said(11, 1, CLIENT, CLOSE, b"\x03\xe8done")
    yield Closed(first, Close(1000, "done", CLIENT, START + 12 * STEP))
    yield Closed(second, Close(1006, "", None, START + 13 * STEP))


def facts(message: Message) -> tuple[object, ...]:
    """All that a message is, to compare."""
    return (
        message.connection,
        message.direction,
        message.time_ns,
        message.opcode,
        message.content,
        message.fate,
        message.original,
        tuple(message.masked),
    )


@pytest.fixture
def brought(session):
    """What a source holds, as items: `brought(source, redact="fields")`."""
    from paperknife.recording.exchange.bringing import bring
    from paperknife_decoders.redaction import Redactor

    def run(source, reading=None):
        reading = reading or Reading()
        return list(bring(source, session.loaded, Redactor(mode=reading.redact), reading))

    return run
