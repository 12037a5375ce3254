"""Keys of envelopes of our own, by which their receiver tells what they carry."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory

from paperknife_decoders.carrying.choices import Choice, FieldKey, HeaderKey, name_table
from paperknife_decoders.carrying.union import Carrier, Union, header_union, union_of
from paperknife_decoders.schema import Schema
from paperknife_decoders.splice.keys import with_keys
from paperknife_decoders.steps.carry import Behind, Carry

PROTO = """
syntax = "proto2"; package k;
enum Kind { NONE = 0; CHAT = 7; LIST = 8; BEAT = 9; }
message Frame { optional Kind kind = 1; optional bytes body = 2; optional uint32 id = 3; }
message Items { repeated Item items = 1; }
message Item { optional string method = 1; optional bytes body = 2; }
message Chat { optional string text = 1; optional uint32 type = 15; }
message Beat { optional uint32 number = 1; optional uint32 type = 15; }
"""


def frames(schema: Schema) -> Union:
    """Frames that carry chats and beats by a number, and lists of items, which carry them by name."""
    frame, item = schema.message("k.Frame"), schema.message("k.Item")
    table = {7: schema.message("k.Chat"), 9: schema.message("k.Beat"), 8: schema.message("k.Items")}
    outer = Carrier(frame, frame.fields_by_name["body"], Choice(FieldKey(frame.fields_by_name["kind"]), table))
    choice = Choice(FieldKey(item.fields_by_name["method"]), name_table(schema, "k."))
    return union_of(frame, [outer, Carrier(item, item.fields_by_name["body"], choice)], schema.pool)


def test_a_key_beside_what_is_carried(proto_schema) -> None:
    """It stands in front, as any encoder would have it; all else stays as it is."""
    union = frames(proto_schema(PROTO))
    make = message_factory.GetMessageClass(union.descriptor)
    envelope = make(Chat={"text": "hello"}, id=5).SerializePartialToString()
    assert with_keys(envelope, [Carry(union)]) == b"\x08\x07" + envelope


def test_a_key_that_is_there_stays(proto_schema) -> None:
    """A user may well mean another one."""
    union = frames(proto_schema(PROTO))
    envelope = message_factory.GetMessageClass(union.descriptor)(Chat={}, kind=9).SerializePartialToString()
    assert with_keys(envelope, [Carry(union)]) == envelope


def test_carriers_in_what_is_carried(proto_schema) -> None:
    """Each gets its own key; one that carries nothing gets none."""
    union = frames(proto_schema(PROTO))
    make = message_factory.GetMessageClass(union.descriptor)
    items = [{"Chat": {"text": "a"}}, {"body": b"?"}, {"Beat": {"number": 1}}]
    found = make.FromString(with_keys(make(Items={"items": items}).SerializePartialToString(), [Carry(union)]))
    assert found.kind == 8
    assert [item.method for item in found.Items.items] == ["Chat", "", "Beat"]
    assert [item.body for item in found.Items.items] == [b"", b"?", b""]


@pytest.mark.parametrize("said", [False, True])
def test_a_message_that_says_what_it_is(proto_schema, said) -> None:
    """Its key is a field of its own."""
    schema = proto_schema(PROTO)
    chat, beat = schema.message("k.Chat"), schema.message("k.Beat")
    union = header_union("Any", {}, [chat, beat], schema.pool)
    choice = Choice(FieldKey(chat.fields_by_name["type"]), {10: chat, 300: beat})
    make = message_factory.GetMessageClass(union.descriptor)
    envelope = make(Beat={"number": 4} | ({"type": 10} if said else {})).SerializePartialToString()
    found = make.FromString(with_keys(envelope, [Behind(union, choice)]))
    assert (found.Beat.number, found.Beat.type) == (4, 10 if said else 300)


def test_what_has_no_key(proto_schema) -> None:
    """Without steps, by what stands in front, and where nothing can be read, nothing is added."""
    schema = proto_schema(PROTO)
    union = frames(schema)
    chat = schema.message("k.Chat")
    header = header_union("Any", {"type": int}, [chat], schema.pool)
    by_header = Behind(header, Choice(HeaderKey("type"), {7: chat}), ("type",))
    envelope = message_factory.GetMessageClass(header.descriptor)(Chat={"text": "a"}).SerializePartialToString()
    for data, steps in ((envelope, []), (envelope, [by_header]), (b"\x0a\xff", [Carry(union)]), (b"", [Carry(union)])):
        assert with_keys(data, steps) == data
