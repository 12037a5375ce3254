"""Small sessions with the demo's venue, as items and as files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.writer import RecordingWriter, encoded
from paperknife.traffic import Close, Connection, Handshake
from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.secrets import NO_SECRETS

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
START_NS = 1_900_000_000_000_000_000
MS, SECOND = 10**6, 10**9


@cache
def api() -> Api:
    """The demo's schema, compiled once."""
    return Api(given_schema())


@cache
def reader() -> Reader:
    """How all sessions are read."""
    client, server = direction_types(api().schema)
    files = tuple(file.descriptor for file in api().schema.files)
    return Reader(Protocol("trading", client, server, heartbeats=frozenset({"heartbeat"}), files=files))


@dataclass(frozen=True)
class Line:
    """One connection, on which messages are made at milliseconds after the start."""

    number: int = 1

    @property
    def connection(self) -> Connection:
        """With a handshake."""
        shake = Handshake((("Host", "venue.example"), ("User-Agent", "desk")), (("Server", "venue"),))
        return Connection(self.number, "wss://venue.example/v1", "127.0.0.1:5001", START_NS, handshake=shake)

    def opened(self) -> Opened:
        """At the start."""
        return Opened(self.connection)

    def closed(self, ms: int, reason: str = "") -> Closed:
        """By the client."""
        return Closed(self.connection, Close(1000, reason, CLIENT, START_NS + ms * MS))

    def client(self, ms: int, payload: str, **fields: object) -> Message:
        """An envelope to the venue."""
        return self.raw(ms, CLIENT, api().client.encode(payload, fields))

    def server(self, ms: int, payload: str, **fields: object) -> Message:
        """An envelope from the venue."""
        return self.raw(ms, SERVER, api().server.encode(payload, fields))

    def raw(self, ms: int, direction: Direction, content: bytes, opcode: Opcode = Opcode.BINARY, **more) -> Message:
        """Any message; `more` are its fate, its original and what of it is masked."""
        return Message(self.number, direction, START_NS + ms * MS, opcode, content, reader(), **more)


def trading_day() -> list[Item]:
    """Login, a subscription, market data, an order and its answer, a ping, a change, a drop, and the end."""
    line = Line()
    tick = [line.server(100 + i, "market_data", symbol=("ESZ6", "NQZ6")[i % 2], sequence=i) for i in range(20)]
    changed = line.client(210, "order", request_id=8, symbol="ESZ6", quantity=1)
    changed.fate, changed.original = Fate.CHANGED, api().client.encode("order", {"request_id": 8, "quantity": 9})
    dropped = line.client(220, "order", request_id=9, symbol="ESZ6", quantity=100)
    dropped.fate = Fate.DROPPED
    return [
        line.opened(),
        line.client(10, "login", user="alice", password="hunter2-hunter2", api_key="k-1234567890"),
        line.server(12, "login_response", result=1, token="t-abcdef-123456"),
        line.client(20, "subscribe", request_id=1, symbols=["ESZ6", "NQZ6"]),
        line.server(21, "subscribe_response", request_id=1, symbols=["ESZ6", "NQZ6"]),
        *tick[:10],
        line.raw(150, CLIENT, b"", Opcode.PING),
        line.client(200, "order", request_id=7, symbol="ESZ6", quantity=2),
        line.server(202, "order_response", request_id=7, symbol="ESZ6", status=1, order_id="A-1"),
        changed,
        dropped,
        *tick[10:],
        Noticed("A sentence for the user.", False, START_NS + 230 * MS),
        line.closed(300),
    ]


def write(path: Path, items: Iterable[Item], **session: str) -> Path:
    """A packed recording of `items`."""
    with RecordingWriter(path, {"program": "test", **session}, overwrite=True) as writer:
        for item in items:
            writer.write(item)
    return path


def plain(path: Path, items: Iterable[Item]) -> Path:
    """A recording of `items` as it lies on the disk while it is being made."""
    encoder = Encoder()
    path.write_bytes(b"".join([encoder.begin({"program": "test"}), *(encoded(encoder, item) for item in items)]))
    return path


def read(path: Path) -> list[Item]:
    """All items of a recording, with nothing masked."""
    return list(Recording(path, secrets=NO_SECRETS))


def described(item: Item) -> tuple:
    """All that is to come back of an item."""
    if isinstance(item, Message):
        content = item.content, item.opcode, item.direction, item.fate, item.original, tuple(item.masked)
        return "message", item.connection, item.time_ns, *content
    return (item,)


def payloads(items: Iterable[Item]) -> list[str]:
    """The payloads of messages, and the kinds of all other items."""
    return [
        (item.envelopes[0].payload if item.envelopes else item.opcode.name.lower())
        if isinstance(item, Message)
        else type(item).__name__
        for item in items
    ]
