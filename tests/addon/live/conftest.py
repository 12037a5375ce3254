"""A short conversation with the demo's venue, encoded by its newer schema and read by the older one."""

import os
import time
from dataclasses import dataclass, field

import pytest
from google.protobuf import json_format, message_factory

from paperknife.demo.files import given_schema, newer_schema
from paperknife.traffic import Close, Connection
from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
START_NS = 1_900_000_000_000_000_000
"""Some time in March 2030: 17:46:40 UTC."""

BOOK = {"side": "BUY", "price": {"value": "5021.25"}, "size": 12, "orders": 3}
CONVERSATION = (
    (CLIENT, 0, "login", {"user": "alice", "password": "hunter2", "api_key": "k-123456"}),
    (SERVER, 2, "login_response", {"result": "OK", "token": "t-9f8e7d", "heartbeat": "20s", "accounts": ["SIM-1"]}),
    (CLIENT, 5, "subscribe", {"request_id": 1, "symbols": ["ESZ6", "NQZ6"], "depth": 5}),
    (SERVER, 6, "subscribe_response", {"request_id": 1, "symbols": ["ESZ6", "NQZ6"]}),
    (
        SERVER,
        8,
        "market_data",
        {
            "symbol": "ESZ6",
            "sequence": 41,
            "bid": {"price": {"value": "5021.25"}, "size": 12},
            "ask": {"price": {"value": "5021.50"}, "size": 8},
            "levels": [BOOK] * 5,
        },
    ),
    (
        CLIENT,
        619,
        "order",
        {
            "request_id": 7,
            "symbol": "ESZ6",
            "side": "BUY",
            "quantity": 3,
            "price": {"value": "5021.50"},
            "type": "LIMIT",
            "client_tag": "tag-7",
        },
    ),
    (
        SERVER,
        622,
        "order_response",
        {
            "request_id": 7,
            "status": "ACCEPTED",
            "order_id": "A-1001",
            "client_tag": "tag-7",
            "symbol": "ESZ6",
            "side": "BUY",
            "open_quantity": 3,
            "queue_ahead": 4,
        },
    ),
    (CLIENT, 900, "heartbeat", {"sequence": 1}),
    (SERVER, 1500, "notice", {"urgency": "WARNING", "headline": "The market closes early today."}),
)
"""Direction, milliseconds since the start, payload, its fields."""


@dataclass(frozen=True)
class Venue:
    """Writes messages as the venue and its client do, and reads them as the proxy does."""

    protocol: Protocol
    newer: dict[Direction, EnvelopeType]
    reader: Reader = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "reader", self.protocol.reader())

    def encode(self, direction, payload, fields):
        """The bytes of one envelope, in the venue's newer revision."""
        kind = self.newer[direction]
        envelope = message_factory.GetMessageClass(kind.descriptor)()
        json_format.ParseDict({payload: fields}, envelope, descriptor_pool=kind.descriptor.file.pool)
        return envelope.SerializeToString()

    def message(self, direction, content, opcode=Opcode.BINARY, *, ms=0, connection=1, reader=None):
        """`content` as a message, `ms` after the start."""
        return Message(connection, direction, START_NS + ms * 1_000_000, opcode, content, reader or self.reader)

    def order(self, request_id=7, **fields):
        """A message with an order."""
        return self.message(CLIENT, self.encode(CLIENT, "order", {"request_id": request_id, **fields}))

    def conversation(self):
        """All of `CONVERSATION`."""
        return [
            self.message(direction, self.encode(direction, payload, fields), ms=ms)
            for direction, ms, payload, fields in CONVERSATION
        ]


CONNECTION = Connection(1, "wss://venue.example/v1?api_key=[redacted]", "127.0.0.1:51234", START_NS - 3_000_000)
CLOSE = Close(1000, "", CLIENT, START_NS + 3_000_000_000)


@pytest.fixture(scope="session")
def venue():
    given = load_schema([given_schema()])
    newer = load_schema([newer_schema()])
    client, server = direction_types(given)
    protocol = Protocol(client=client, server=server, heartbeats=frozenset(["heartbeat"]))
    newer_client, newer_server = direction_types(newer)
    return Venue(protocol, {CLIENT: newer_client, SERVER: newer_server})


@pytest.fixture
def play(venue):
    """Send the whole conversation to a consumer."""

    def play(consumer):
        consumer.opened(CONNECTION)
        consumer.notice("Schema: 34 messages in 6 files.")
        for message in venue.conversation():
            consumer.messages([message])
        consumer.closed(CONNECTION, CLOSE)

    return play


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """Times of day as in London in winter, wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def no_columns(monkeypatch):
    """The terminal that runs the tests does not count."""
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert "COLUMNS" not in os.environ
