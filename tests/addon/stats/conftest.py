"""A feed's schema with every way to number messages, and traffic of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from google.protobuf import json_format, message_factory

from paperknife.traffic import Close, Connection
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
START_NS = 1_900_000_000_000_000_000
MS = 10**6

FEED = """
syntax = "proto3";
package feed;
message Plain { uint64 sequence = 1; }
message Tick { string symbol = 1; uint32 seq_no = 2; double price = 3; bool is_snapshot = 4; }
message Header { uint32 msg_seq_num = 1; }
message Deep { Header header = 1; Instrument instrument = 2; }
message Instrument { string symbol = 1; string exchange = 2; }
message Many { string channel = 1; repeated Item items = 2; }
message Item { string symbol = 1; uint64 seq = 2; }
enum Kind { INCREMENT = 0; SNAPSHOT = 1; }
message Book { int64 sequence_number = 1; string token = 2; string symbol = 3; Kind kind = 4; }
message BookSnapshot { string symbol = 1; uint64 sequence = 2; }
message Loop { Loop loop = 1; repeated Loop loops = 2; map<string, Item> items = 3; double seq = 4; uint64 seq_id = 5; }
message Ask { uint64 request_id = 1; }
message AskResponse { uint64 request_id = 1; }
message Heartbeat { }
message Up { oneof payload { Ask ask = 1; Heartbeat heartbeat = 2; } }
message Down {
  oneof payload {
    Plain plain = 1; Tick tick = 2; Deep deep = 3; Many many = 4; Book book = 5; BookSnapshot book_snapshot = 6;
    Loop loop = 7; AskResponse ask_response = 8; Heartbeat heartbeat = 9;
  }
}
message Counted { uint64 seq = 9; oneof payload { Plain plain = 1; Heartbeat heartbeat = 2; } }
message Bare { uint64 seq = 1; string symbol = 2; }
"""


@dataclass(frozen=True)
class Feed:
    """Makes messages of the feed."""

    protocol: Protocol
    types: dict[str, EnvelopeType]

    def encode(self, direction: Direction, payload: str, **fields: object) -> bytes:
        """One envelope."""
        kind = self.protocol.type_for(direction)
        assert kind is not None
        message = message_factory.GetMessageClass(kind.descriptor)()
        json_format.ParseDict({payload: fields}, message)
        return message.SerializeToString()

    def message(self, direction: Direction, ms: float, payload: str, connection: int = 1, **fields: object) -> Message:
        """One message, `ms` milliseconds after the start."""
        return self.raw(direction, ms, self.encode(direction, payload, **fields), connection)

    def raw(
        self, direction: Direction, ms: float, content: bytes, connection: int = 1, opcode: Opcode = Opcode.BINARY
    ) -> Message:
        """Any message."""
        time_ns = START_NS + round(ms * MS)
        return Message(connection, direction, time_ns, opcode, content, self.protocol.reader())

    def up(self, ms: float, payload: str, connection: int = 1, **fields: object) -> Message:
        """From the client."""
        return self.message(CLIENT, ms, payload, connection, **fields)

    def down(self, ms: float, payload: str, connection: int = 1, **fields: object) -> Message:
        """From the server."""
        return self.message(SERVER, ms, payload, connection, **fields)

    def connection(self, number: int = 1, ms: float = 0) -> Connection:
        """A connection that was opened then."""
        return Connection(number, "wss://venue.example/v1", "127.0.0.1:5", START_NS + round(ms * MS))

    def close(self, ms: float) -> Close:
        """An end."""
        return Close(1000, "", CLIENT, START_NS + round(ms * MS))


@pytest.fixture(scope="session")
def feed(tmp_path_factory):
    """The feed."""
    path = tmp_path_factory.mktemp("feed") / "feed.proto"
    path.write_text(FEED)
    schema = load_schema([path])
    names = ("Up", "Down", "Counted", "Bare")
    types = {name: EnvelopeType(schema.message(f"feed.{name}")) for name in names}
    protocol = Protocol(client=types["Up"], server=types["Down"], heartbeats=frozenset({"heartbeat"}))
    return Feed(protocol, types)
