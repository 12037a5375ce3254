"""One schema with a field for each rule."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor

PROTO = """
syntax = "proto2";
package s;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
enum Side { SIDE_NONE = 0; SIDE_BUY = 1; SIDE_SELL = -1; }
message Decimal { optional string value = 1; }
message Note { optional string value = 1; }
message Level { optional int32 size = 1; optional Decimal price = 2; repeated int32 parts = 3; }
message Order {
  optional uint64 id = 1;
  optional string symbol = 2;
  optional Side side = 3;
  optional Decimal price = 4;
  repeated Level levels = 5;
  repeated int32 sizes = 6 [packed = true];
  repeated int32 loose = 7;
  map<string, string> labels = 8;
  map<int32, Level> by_id = 9;
  map<bool, Side> flags = 10;
  repeated Side sides = 11 [packed = true];
  repeated double ratios = 12 [packed = true];
  oneof target { string account = 13; Level deal = 14; int32 number = 15; }
  optional group Extra = 16 { optional int32 deep = 1; optional Level level = 2; }
  optional sint32 zig = 17;
  optional double ratio = 18;
  optional float share = 19;
  optional bytes raw = 20;
  optional bool live = 21;
  optional google.protobuf.Timestamp time = 22;
  optional google.protobuf.Duration wait = 23;
  optional google.protobuf.Int64Value wrapped = 24;
  optional google.protobuf.Struct json = 25;
  optional Order again = 26;
  optional int32 from = 27;
  repeated Decimal prices = 28;
  optional fixed32 four = 29;
  optional sfixed64 eight = 30;
  optional Note note = 31;
  repeated string names = 32;
  required int32 must = 33;
  optional int32 small = 34;
  optional uint32 word = 35;
  extensions 1000 to 2000;
}
extend Order { optional Level bonus = 1000; repeated string tags = 1001; }
message Envelope { oneof payload { Order order = 1; Level level = 2; } }
"""


@pytest.fixture(scope="session")
def order(proto_schema) -> Descriptor:
    schema = proto_schema(PROTO)
    assert schema.faults == ()
    return schema.message("s.Order")


@pytest.fixture(scope="session")
def envelope(proto_schema) -> Descriptor:
    return proto_schema(PROTO).message("s.Envelope")


@pytest.fixture(scope="session")
def parse(order):
    return message_factory.GetMessageClass(order).FromString
