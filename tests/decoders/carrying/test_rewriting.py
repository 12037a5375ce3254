"""Envelopes as unions, and back."""

from __future__ import annotations

import gzip

import pytest
from google.protobuf import message_factory

from paperknife_decoders.carrying.choices import Choice, FieldKey, name_table
from paperknife_decoders.carrying.rewriting import Rewriting
from paperknife_decoders.carrying.union import Carrier, Union, union_of
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.schema import Schema
from paperknife_decoders.steps import Context, Limits, Step
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.wire.writing import length_delimited, varint

GZIP = Compressed(CODECS["gzip"])

PROTO = """
syntax = "proto3"; package r;
message Frame { uint64 number = 1; bytes payload = 8; }
message Response { repeated Item items = 1; bool ack = 9; }
message Item { string method = 1; bytes payload = 2; }
message Chat { string text = 1; }
message Texts { repeated Text texts = 1; string note = 2; }
message Text { uint32 number = 1; bytes payload = 2; }
"""


def frame_union(schema: Schema, step: Step = GZIP) -> Union:
    """A frame that holds a compressed response, which holds items, each by its method."""
    frame, item = schema.message("r.Frame"), schema.message("r.Item")
    outer = Carrier(
        frame,
        frame.fields_by_name["payload"],
        Choice(None, {}, always=schema.message("r.Response")),
        (step,),
    )
    choice = Choice(FieldKey(item.fields_by_name["method"]), name_table(schema, "r."))
    return union_of(frame, [outer, Carrier(item, item.fields_by_name["payload"], choice)], schema.pool)


def made(schema: Schema, name: str, **fields: object) -> bytes:
    return message_factory.GetMessageClass(schema.message(f"r.{name}"))(**fields).SerializeToString(deterministic=True)


def test_carriers_in_what_is_carried(proto_schema) -> None:
    """What is compressed and carried is rewritten in its turn; one changed text changes only what it lies in."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    items = [{"method": "Chat", "payload": made(schema, "Chat", text="hello")}, {"method": "Else", "payload": b"x"}]
    response = made(schema, "Response", items=items, ack=True)
    data = made(schema, "Frame", number=7, payload=gzip.compress(response))
    rewriting = Rewriting(Context(Direction.SERVER))
    united = rewriting.to_union(data, union)
    message = message_factory.GetMessageClass(union.descriptor).FromString(united)
    assert message.Response.items[0].Chat.text == "hello"
    assert message.Response.items[1].payload == b"x"
    assert rewriting.from_union(united, union) == data
    changed = rewriting.from_union(united.replace(b"hello", b"world"), union)
    frame = message_factory.GetMessageClass(schema.message("r.Frame")).FromString(changed)
    assert frame.number == 7 and gzip.decompress(frame.payload) == response.replace(b"hello", b"world")


def test_what_is_alike(proto_schema) -> None:
    """Two that are the same in the union, and not on the wire, both stay as they were, wherever there is a change."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    chat = made(schema, "Chat", text="hello")
    short = b"\x0a\x04Chat\x12\x07" + chat
    long = b"\x0a\x04Chat\x92\x80\x00\x87\x00" + chat
    other = b"\x0a\x04Chat\x92\x00\x03\x0a\x01x"
    items = [short, long, other, short, long]
    response = b"".join(b"\x8a\x00" + varint(len(item)) + item for item in items) + b"\x48\x81\x00"
    data = b"\x08\x07\x42" + varint(len(packed := gzip.compress(response, 1))) + packed
    rewriting = Rewriting(Context(Direction.SERVER))
    united = rewriting.to_union(data, union)
    assert rewriting.from_union(united, union) == data
    assert b"\x0a\x01x" in united
    changed = rewriting.from_union(united.replace(b"\x0a\x01x", b"\x0a\x01y"), union)
    frame = message_factory.GetMessageClass(schema.message("r.Frame")).FromString(changed)
    assert gzip.decompress(frame.payload) == response.replace(b"\x0a\x01x", b"\x0a\x01y")


def texts_union(schema: Schema) -> Union:
    """A list of messages in base64."""
    text = schema.message("r.Text")
    always = Choice(None, {}, always=schema.message("r.Chat"))
    carrier = Carrier(text, text.fields_by_name["payload"], always, (Base64Text(),))
    return union_of(schema.message("r.Texts"), [carrier], schema.pool)


STYLES = [b"CgJoaQ==", b"CgJoaQ", b'"CgJoaQ"', b" CgJoaQ==", b"CgJoaQ=="]
CHANGED = [b"CgNoZXk=", b"CgNoZXk", b'"CgNoZXk"', b" CgNoZXk=", b"CgNoZXk="]


@pytest.mark.parametrize("place", range(len(STYLES)))
def test_each_by_its_own_steps(proto_schema, place) -> None:
    """Of several that are carried each is closed as it was opened, and the others are not touched."""
    schema = proto_schema(PROTO)
    union = texts_union(schema)
    data = made(schema, "Texts", texts=[{"payload": each, "number": n} for n, each in enumerate(STYLES)], note="n")
    rewriting = Rewriting(Context(Direction.SERVER))
    message = message_factory.GetMessageClass(union.descriptor).FromString(rewriting.to_union(data, union))
    assert [each.Chat.text for each in message.texts] == ["hi"] * len(STYLES)
    message.texts[place].Chat.text = "hey"
    expected = [*STYLES[:place], CHANGED[place], *STYLES[place + 1 :]]
    changed = rewriting.from_union(message.SerializeToString(deterministic=True), union)
    assert changed == made(
        schema, "Texts", texts=[{"payload": each, "number": n} for n, each in enumerate(expected)], note="n"
    )


def test_one_less_and_one_more(proto_schema) -> None:
    """What is left out moves the others, which still are what they were; what is new is as the one in its place."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    items = [b"\x0a\x04Chat\x92\x00\x03\x0a\x01" + each for each in (b"a", b"b", b"c")]
    response = b"".join(b"\x0a" + varint(len(item)) + item for item in items)
    data = made(schema, "Frame", payload=gzip.compress(response))
    rewriting = Rewriting(Context(Direction.SERVER))
    message = message_factory.GetMessageClass(union.descriptor).FromString(rewriting.to_union(data, union))
    del message.Response.items[0]
    message.Response.items.add(method="Chat").Chat.text = "d"
    changed = rewriting.from_union(message.SerializeToString(deterministic=True), union)
    frame = message_factory.GetMessageClass(schema.message("r.Frame")).FromString(changed)
    new = items[2][:-1] + b"d"
    expected = b"".join(b"\x0a" + varint(len(item)) + item for item in [*items[1:], new])
    assert gzip.decompress(frame.payload) == expected


def test_nothing_to_pack_like(proto_schema) -> None:
    """A message where there was none is packed as the steps say; where these do not say it all, it is said so."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    rewriting = Rewriting(Context(Direction.SERVER))
    message = message_factory.GetMessageClass(union.descriptor).FromString(rewriting.to_union(b"\x08\x07", union))
    message.Response.ack = True
    frame = message_factory.GetMessageClass(schema.message("r.Frame"))
    packed = frame.FromString(rewriting.from_union(message.SerializeToString(), union)).payload
    assert gzip.decompress(packed) == message.Response.SerializeToString()
    union = frame_union(schema, JsonField("m"))
    message = message_factory.GetMessageClass(union.descriptor)()
    message.Response.ack = True
    with pytest.raises(DecodeError, match=r"nothing was in r\.Frame\.payload before.* how to close json-field"):
        rewriting.from_union(message.SerializeToString(), union)


def test_limits(proto_schema) -> None:
    """Nesting and inflation are bounded, and what goes beyond is told."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    data = made(schema, "Frame", payload=gzip.compress(bytes(100_000)))
    limited = Rewriting(Context(Direction.SERVER, limits=Limits(inflated_bytes=50_000)))
    with pytest.raises(DecodeError, match="more than 50,000 bytes come out of what is compressed"):
        limited.to_union(data, union)
    chat = made(schema, "Item", method="Chat", payload=made(schema, "Chat", text="hello"))
    data = made(schema, "Frame", payload=gzip.compress(b"\x0a" + varint(len(chat)) + chat))
    for nesting, words in ((0, "more than 0 levels"), (1, "more than 1 levels")):
        limited = Rewriting(Context(Direction.SERVER, limits=Limits(nesting=nesting)))
        with pytest.raises(DecodeError, match=words):
            limited.to_union(data, union)
    Rewriting(Context(Direction.SERVER, limits=Limits(nesting=2))).to_union(data, union)


@pytest.mark.parametrize(
    "data",
    [
        b"\x08\x01" * 11,
        length_delimited(8, gzip.compress(b"\x48\x01" * 11)),
        b"\x08\x01" * 5 + length_delimited(8, gzip.compress(b"\x48\x01" * 6)),
    ],
    ids=["in the carrier", "in what it carries", "in both together"],
)
def test_many_fields(proto_schema, data) -> None:
    """Fields that are looked through cost far more than their few bytes, so that they are counted."""
    union = frame_union(proto_schema(PROTO))
    limited = Rewriting(Context(Direction.SERVER, limits=Limits(fields=10)))
    with pytest.raises(DecodeError, match="more than the 10 fields that are looked through"):
        limited.to_union(data, union)
    Rewriting(Context(Direction.SERVER, limits=Limits(fields=12))).to_union(data, union)
