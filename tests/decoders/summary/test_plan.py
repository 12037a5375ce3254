"""What is told of a message type on one line."""

from __future__ import annotations

from google.protobuf import message_factory

from paperknife_decoders.columns import TIE
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary.compiled import line_function
from paperknife_decoders.summary.plan import is_list, say_content, slot_of, slots_of
from paperknife_decoders.summary.slots import Rank
from paperknife_decoders.summary.wording import Context

PROTO = """
syntax = "proto2";
package plan;
import "google/protobuf/timestamp.proto";
message Leaf { optional int32 a = 1; optional google.protobuf.Timestamp time = 2; extensions 100 to 200; }
message Only { optional google.protobuf.Timestamp time = 1; }
message List { repeated Leaf item = 1; }
message Numbers { repeated int32 item = 1; }
message Map { map<string, Leaf> item = 1; }
message Decimal { optional string value = 1; }
message Envelope {
  optional Leaf leaf = 1; optional Only only = 2; optional List list = 3; repeated Leaf leaves = 4;
  oneof choice { Leaf one = 5; string two = 6; }
  oneof body { int32 three = 7; }
}
extend Leaf { optional int32 more = 100; optional Leaf inner = 101; optional Decimal price = 102; }
"""
CONTEXT = Context(Secrets(), PLAIN)


def test_fields_to_slots(proto_schema) -> None:
    """There is a slot for each field and each oneof, less the one that is left out."""
    kind = proto_schema(PROTO).message("Envelope")
    assert len(list(slots_of(kind, CONTEXT))) == 6
    assert len(list(slots_of(kind, CONTEXT, without={"three"}))) == 5
    assert slot_of(kind.fields_by_name["leaf"], CONTEXT).rank is Rank.NESTED
    assert slot_of(kind.fields_by_name["list"], CONTEXT).rank is Rank.COUNT


def test_lists(proto_schema) -> None:
    """A message is a list if messages in one repeated field are all that it can hold."""
    schema = proto_schema(PROTO)
    assert [name for name in ("List", "Numbers", "Map", "Leaf", "Only") if is_list(schema.message(name))] == ["List"]


def test_the_time_of_what_is_inside_is_no_news(proto_schema) -> None:
    """A message inside another is shown without its own time, unless that is all there is."""
    kind = proto_schema(PROTO).message("Envelope")
    message = message_factory.GetMessageClass(kind)()
    message.leaf.a = 5
    message.leaf.time.seconds = 1
    message.only.time.seconds = 61
    line = line_function(slots_of(kind, CONTEXT.inside("payload")))
    assert line(message).replace(TIE, " ") == "leaf a=5, only time=00:01:01"


def test_extensions(proto_schema) -> None:
    """Extensions are shown with their full names."""
    schema = proto_schema(PROTO)
    kind = schema.message("Leaf")
    message = message_factory.GetMessageClass(kind).FromString(bytes.fromhex("0801a00605aa06020807b206030a0139"))
    words = say_content(kind, CONTEXT)(message).replace(TIE, " ")
    assert words == "a=1 [plan.more] more=5 [plan.inner] inner a=7 [plan.price] price=9"
