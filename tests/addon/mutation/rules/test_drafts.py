"""Values and messages out of plain data, in a schema with every kind of field."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from paperknife.mutation.rules import load_rules
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

PROTO = """
syntax = "proto3";
package d;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
enum Side { SIDE_NONE = 0; SIDE_BUY = 1; SIDE_SELL = 2; }
message Price { string value = 1; }
message Leg { int32 size = 1; Price price = 2; repeated Leg legs = 3; Side side = 4; }
message All {
  int64 id = 1; string text = 2; Side side = 3; Price price = 4; repeated Leg legs = 5; repeated int32 sizes = 6;
  map<string, int32> counts = 7; map<int32, Leg> by_number = 8; bool live = 9; bytes raw = 10; double ratio = 11;
  google.protobuf.Timestamp time = 12; google.protobuf.Duration wait = 13; google.protobuf.Int64Value wrapped = 14;
  google.protobuf.Struct json = 15; repeated Side sides = 16; int32 from = 17; repeated string names = 18;
  oneof target { string account = 19; int32 number = 20; }
}
message ClientMessage { oneof payload { All all = 1; Leg leg = 2; } }
message ServerMessage { oneof payload { All all = 1; } }
"""

CASES = [
    ("{id: 5, text: a, live: true, ratio: 0.5, raw: 0aff}",
     {"id": "5", "text": "a", "live": True, "ratio": 0.5, "raw": "Cv8="}),
    ("{side: BUY, sides: [SELL, SIDE_BUY, 0]}", {"side": "SIDE_BUY", "sides": ["SIDE_SELL", "SIDE_BUY", "SIDE_NONE"]}),
    ("{price: 5.50}", {"price": {"value": "5.5"}}),
    ("{price: {value: '5.50'}}", {"price": {"value": "5.50"}}),
    ("{legs: [{size: 1, legs: [{side: SELL}]}, {price: 2}]}",
     {"legs": [{"size": 1, "legs": [{"side": "SIDE_SELL"}]}, {"price": {"value": "2"}}]}),
    ("{counts: {a: 1, b: '{leg.size}'}, by_number: {7: {size: '{leg.size + 1}'}}}",
     {"counts": {"a": 1, "b": 3}, "byNumber": {"7": {"size": 4}}}),
    ("{time: '2026-01-01T00:00:00Z', wait: 1.5s, wrapped: 5}",
     {"time": "2026-01-01T00:00:00Z", "wait": "1.500s", "wrapped": "5"}),
    ("{time: {seconds: 5}}", {"time": "1970-01-01T00:00:05Z"}),
    ("{json: {a: [1, {b: null}]}}", {"json": {"a": [1.0, {"b": None}]}}),
    ("{sizes: [1, 2, '{leg.size}'], names: ['{leg.side}', x]}", {"sizes": [1, 2, 3], "names": ["SIDE_SELL", "x"]}),
    ("{sizes: []}", {}),
    ("{from_: 5, account: x}", {"from": 5, "account": "x"}),
    ("{legs: '{leg.legs}', side: '{leg.side}', id: '{leg.size}', ratio: '{leg.size / 2}'}",
     {"legs": [{"size": 8}], "side": "SIDE_SELL", "id": "3", "ratio": 1.5}),
    ("{'price.value': '7', 'by_number[3].size': 2}", {"price": {"value": "7"}, "byNumber": {"3": {"size": 2}}}),
    ("{text: '{leg.price}', number: '{leg.price}'}", {"text": "2.5", "number": 2}),
    ("{}", {}),
    ("", {}),
]  # fmt: skip

FAULTS = [
    ("{id: 1.5}", "id takes a whole number"),
    ("{legs: [{sise: 1}]}", "did you mean size?"),
    ("{legs: {size: 1}}", "legs"),
    ("{counts: [1]}", "counts"),
    ("{counts: {a: x}}", "takes a whole number"),
    ("{by_number: {x: {size: 1}}}", "by_number"),
    ("{side: BYU}", "did you mean BUY?"),
    ("{account: x, number: 5}", "number and account are never both set"),
    ("{time: yesterday}", "time takes a time such as"),
    ("{price: x}", None),
    ("{raw: xyz}", "bytes, or their hex digits"),
    ("{live: maybe}", "true or false"),
    ("{id: '{leg.side}'}", None),
    ("{live: '{leg.size}'}", None),
    ("{time: '{leg.legs}'}", "is a list; time takes what has its own type"),
    ("{legs: '{leg.price}'}", "legs"),
    ("{sizes: [{a: }]}", 'put "{a}" into quotes'),
    ("{legs: [5]}", "legs"),
    ("{text: [a]}", "text takes text"),
    ("[1]", "takes a d.All as a mapping of its fields"),
]


@pytest.fixture(scope="module")
def protocol(tmp_path_factory) -> Protocol:
    folder = tmp_path_factory.mktemp("drafts")
    (folder / "d.proto").write_text(PROTO)
    schema = load_schema([folder])
    assert not schema.faults
    return Protocol(
        client=EnvelopeType(schema.message("d.ClientMessage")),
        server=EnvelopeType(schema.message("d.ServerMessage")),
    )


LEG = b"\x12\x12\x08\x03\x12\x05\x0a\x032.5\x1a\x02\x08\x08\x20\x02"


@pytest.mark.parametrize(("written", "expected"), CASES)
def test_drafts(desk, protocol, written, expected):
    """A message is written by its fields, values as people write them; in braces is what the message at hand has."""
    path = desk.file(f"rules: [{{on: client leg, do: {{reply: {{all: {written}}}}}}}]")
    reader = protocol.reader()
    leg = LEG[:1] + bytes([len(LEG) - 2]) + LEG[2:]
    changer = load_rules([path], [protocol]).for_connection(1, reader)
    verdict = changer.consider(Message(1, Direction.CLIENT, 0, Opcode.BINARY, leg, reader), 0)
    assert verdict.logs == ()
    (envelope,) = reader.read(Direction.SERVER, Opcode.BINARY, verdict.emissions[0].content)
    assert json_format.MessageToDict(envelope.message.all) == expected
    assert envelope.payload == "all"


@pytest.mark.parametrize(("written", "fault"), FAULTS)
def test_faults(desk, protocol, written, fault):
    """What a field does not take is told where it is, however deep; `None`: another value of its kind would fit."""
    found = desk.faults(f"{{on: client leg, do: {{reply: {{all: {written}}}}}}}", [protocol])
    assert (found == []) == (fault is None)
    assert fault is None or fault in found[0]
