"""A small schema in which all ways to say a message's type occur."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import message_factory

from paperknife_decoders.schema import Schema

PROTO = """
syntax = "proto2"; package desk;
enum Kind { NONE = 0; HEARTBEAT = 51; ORDER = 2106; FILL = 2126; }
enum Other { ORDER_TOO = 0; OTHER_ORDER = 1; }
message Numbered { required uint32 kind = 1; optional bytes payload = 2; optional string id = 3; }
message Order {
  optional Kind kind = 1 [default = ORDER]; optional string symbol = 2; optional string id = 3;
  repeated Party parties = 4; map<string, Party> more = 5;
}
message Fill { optional Kind kind = 1 [default = FILL]; optional double price = 2; optional string id = 3; }
message Beat { optional Kind kind = 1 [default = HEARTBEAT]; }
message Party { optional string badge = 1; }
message Named { optional string method = 1; optional bytes data = 2; }
message Many { repeated Named items = 1; optional string by = 2; }
message Asked { optional int32 a = 1; }
message Answered { optional string b = 1; }
service Lobby { rpc Login(Asked) returns (Answered); }
message ClientMessage { oneof payload { Asked asked = 1; } }
message ServerMessage { oneof payload { Answered answered = 1; } }
"""


@pytest.fixture
def schema(proto_schema) -> Schema:
    """The schema, with a pool of its own."""
    return proto_schema(PROTO)


@pytest.fixture
def made(schema) -> Callable[..., bytes]:
    """A function that makes a message on the wire."""

    def message(name: str, **fields: Any) -> bytes:
        return message_factory.GetMessageClass(schema.message(f"desk.{name}"))(**fields).SerializeToString()

    return message
