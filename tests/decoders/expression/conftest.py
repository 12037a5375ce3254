"""A schema with every kind of field, and short ways to ask whether an expression holds of a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from google.protobuf import message_factory, text_format

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.expression import Expression, ExpressionError, compile_expression
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
NOON_NS = 1_767_268_800_000_000_000
"""2026-01-01T12:00:00Z."""

FILES = {
    "venue.proto": """
        syntax = "proto3";
        package venue;
        import "google/protobuf/duration.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        import "old.proto";

        message Price { string value = 1; }
        enum Side { SIDE_UNSPECIFIED = 0; SIDE_BUY = 1; SIDE_SELL = 2; SIDE_CROSS = -1; }
        enum Phase { CLOSED = 0; OPEN = 1; }

        message Order {
          string symbol = 1;
          Side side = 2;
          int32 quantity = 3;
          Price price = 4;
          optional string tag = 5;
          optional int32 shown = 6;
          double fee = 7;
          float ratio = 8;
          bool hidden = 9;
          bytes blob = 10;
          google.protobuf.Timestamp sent = 11;
          google.protobuf.Duration life = 12;
          map<string, string> labels = 13;
          map<int32, Leg> by_number = 14;
          repeated Leg legs = 15;
          repeated int32 sizes = 16;
          repeated string notes = 17;
          repeated Side sides = 18;
          google.protobuf.Int64Value limit = 19;
          google.protobuf.StringValue memo = 20;
          google.protobuf.BoolValue firm = 21;
          string from = 22;
          uint64 serial = 23;
          Order parent = 24;
          repeated Price fills = 25;
          Phase phase = 26;
          oneof target { string account = 27; int32 number = 28; }
        }
        message Leg { int32 size = 1; Price price = 2; repeated int32 parts = 3; Side side = 4; }
        message Heartbeat { int64 count = 1; }
        message Update {
          string symbol = 1;
          repeated Leg levels = 2;
          int32 depth = 3;
          google.protobuf.Timestamp at = 4;
        }

        message ClientMessage {
          int64 time = 90;
          Side way = 91;
          oneof payload {
            Order order = 1;
            Heartbeat heartbeat = 2;
            int64 ping = 3;
            Old old = 4;
            Order both = 5;
            Odd odd = 6;
          }
        }
        message ServerMessage {
          oneof payload { Update update = 1; Heartbeat heartbeat = 2; Update both = 5; }
        }
    """,
    "old.proto": """
        syntax = "proto2";
        package venue;
        message Old {
          required string name = 1;
          optional int32 level = 2 [default = 5];
          repeated string words = 3;
        }
        message Odd { optional string HasField = 1; optional string other = 2; }
    """,
}

ORDER = """order {
  symbol: "ESZ6" side: SIDE_BUY quantity: 3 price { value: "5021.50" } fee: 0.1 ratio: 0.1 blob: "\\x0a\\x1b"
  sent { seconds: 1767268800 nanos: 500000000 } life { seconds: 90 } labels { key: "desk" value: "a" }
  by_number { key: 7 value { size: 70 } } legs { size: 1 price { value: "10" } parts: 1 parts: 2 }
  legs { size: 4 price { value: "x" } side: SIDE_SELL } sizes: 2 sizes: 5 notes: "first" notes: "second"
  sides: SIDE_BUY sides: SIDE_SELL limit { value: 9 } memo { value: "m" } firm { value: true } from: "me"
  serial: 18446744073709551615 fills { value: "1.5" } fills { value: "2.5" } fills { value: "none" } account: "A1"
}"""

UPDATE = 'update { symbol: "ESZ6" levels { size: 0 } levels { size: 8 } at { seconds: 1767268799 } }'


@dataclass(frozen=True)
class Venue:
    """The schema's protocol, and messages in its text format."""

    protocol: Protocol

    def message(self, direction: Direction, text: str) -> Message:
        """A message whose envelope `text` spells."""
        kind = self.protocol.type_for(direction)
        envelope = text_format.Parse(text, message_factory.GetMessageClass(kind.descriptor)())
        return self.raw(direction, envelope.SerializePartialToString())

    def raw(self, direction: Direction, content: bytes, opcode: Opcode = Opcode.BINARY) -> Message:
        """A message with any content, on connection 4, at noon."""
        return Message(4, direction, NOON_NS, opcode, content, self.protocol.reader())

    def compile(self, text: str) -> Expression:
        """An expression over both envelopes."""
        return compile_expression(text, self.protocol.client.descriptor, self.protocol.server.descriptor)

    def holds(self, text: str, message: Message) -> bool:
        """Whether the expression `text` holds of a message of one envelope."""
        (envelope,) = message.envelopes
        return self.compile(text).matches(message, envelope)


@pytest.fixture(scope="session")
def venue(tmp_path_factory) -> Venue:
    folder = tmp_path_factory.mktemp("venue")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    schema = load_schema([folder])
    assert not schema.faults
    client, server = direction_types(schema)
    return Venue(Protocol(client=client, server=server))


@pytest.fixture(scope="session")
def full_order(venue) -> Message:
    """An order with nearly every field set."""
    return venue.message(CLIENT, ORDER)


@pytest.fixture
def of_order(venue, full_order) -> Callable[[str], bool]:
    """Whether an expression holds of one full order."""
    return lambda text: venue.holds(text, full_order)


@pytest.fixture
def of_update(venue) -> Callable[[str], bool]:
    """Whether an expression holds of one market update."""
    update = venue.message(SERVER, UPDATE)
    return lambda text: venue.holds(text, update)


@pytest.fixture
def of(venue) -> Callable[[str, str], bool]:
    """Whether an expression holds of a client's message, given in the text format."""
    return lambda text, message: venue.holds(text, venue.message(CLIENT, message))


@pytest.fixture
def refusal(venue) -> Callable[[str], ExpressionError]:
    """The error of an expression that does not compile."""

    def refuse(text: str) -> ExpressionError:
        with pytest.raises(ExpressionError) as caught:
            venue.compile(text)
        return caught.value

    return refuse
