"""Slots: what is shown of one field, where, and how it is known to be set."""

from __future__ import annotations

import pytest

from paperknife_decoders.paint import PLAIN
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary.slots import Presence, Rank, nothing, presence_of, simple_slot
from paperknife_decoders.summary.wording import Context

PROTO = """
syntax = "proto2";
package slots;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Side { BUY = 1; SELL = 2; }
enum Zero { NONE = 0; ONE = 1; }
message Decimal { optional string value = 1; }
message Envelope {
  optional uint64 request_id = 1; optional string symbol = 2; optional Side side = 3; optional Zero order_type = 4;
  optional bool firm = 5; optional int32 count = 6; optional string order_id = 7; optional string text = 8;
  optional string password = 9; repeated int32 numbers = 10; map<string, int32> limits = 11;
  optional google.protobuf.Timestamp time = 12; optional Decimal price = 13; optional int32 seven = 14 [default = 7];
  optional google.protobuf.Int32Value wrapped = 15; optional Envelope more = 16; optional bytes data = 17;
}
"""


@pytest.mark.parametrize(
    ("field", "rank", "label", "presence"),
    [
        ("request_id", Rank.REQUEST_ID, "", Presence.ZERO),
        ("symbol", Rank.SYMBOL, "", Presence.ZERO),
        ("side", Rank.HAPPENED, "", Presence.FIELD),
        ("order_type", Rank.ENUM, "", Presence.ZERO),
        ("firm", Rank.FLAG, "", Presence.ZERO),
        ("count", Rank.SCALAR, "count=", Presence.ZERO),
        ("order_id", Rank.NAME, "order_id=", Presence.ZERO),
        ("text", Rank.TEXT, "text=", Presence.ZERO),
        ("data", Rank.TEXT, "data=", Presence.ZERO),
        ("password", Rank.SECRET, "password=[redacted]", Presence.ZERO),
        ("numbers", Rank.SEVERAL, "numbers=", Presence.TRUE),
        ("limits", Rank.COUNT, "", Presence.TRUE),
        ("time", Rank.TIME, "time=", Presence.FIELD),
        ("price", Rank.SCALAR, "price=", Presence.TRUE),
        ("wrapped", Rank.SCALAR, "wrapped=", Presence.FIELD),
        ("seven", Rank.SCALAR, "seven=", Presence.FIELD),
    ],
)
def test_slots(proto_schema, field: str, rank: Rank, label: str, presence: Presence) -> None:
    """The place of a field follows from its type and name; a default that is not false is never taken for a value."""
    known = proto_schema(PROTO).message("Envelope").fields_by_name[field]
    slot = simple_slot(known, Context(Secrets(), PLAIN))
    assert slot is not None
    assert (slot.rank, slot.label, slot.presence) == (rank, label, presence)


def test_messages_have_no_simple_slot(proto_schema) -> None:
    """A message of several fields needs more than a word."""
    field = proto_schema(PROTO).message("Envelope").fields_by_name["more"]
    assert simple_slot(field, Context(Secrets(), PLAIN)) is None
    assert presence_of(field) is Presence.FIELD


def test_a_label_may_say_it_all() -> None:
    """What is masked is said without a look at the value."""
    assert nothing("hunter2") == ""
