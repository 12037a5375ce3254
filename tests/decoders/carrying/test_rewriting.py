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
from paperknife_decoders.steps import Context, Limits
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.stream_codecs import CODECS

PROTO = """
syntax = "proto3"; package r;
message Frame { uint64 number = 1; bytes payload = 8; }
message Response { repeated Item items = 1; bool ack = 9; }
message Item { string method = 1; bytes payload = 2; }
message Chat { string text = 1; }
"""


def frame_union(schema: Schema) -> Union:
    """A frame that holds a compressed response, which holds items, each by its method."""
    frame, item = schema.message("r.Frame"), schema.message("r.Item")
    outer = Carrier(
        frame,
        frame.fields_by_name["payload"],
        Choice(None, {}, always=schema.message("r.Response")),
        (Compressed(CODECS["gzip"]),),
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


def test_limits(proto_schema) -> None:
    """Nesting and inflation are bounded, and what goes beyond is told."""
    schema = proto_schema(PROTO)
    union = frame_union(schema)
    data = made(schema, "Frame", payload=gzip.compress(bytes(100_000)))
    limited = Rewriting(Context(Direction.SERVER, limits=Limits(inflated_bytes=50_000)))
    with pytest.raises(DecodeError, match="more than 50,000 bytes come out of what is compressed"):
        limited.to_union(data, union)
    with pytest.raises(DecodeError, match="levels"):
        Rewriting(Context(Direction.SERVER, limits=Limits(nesting=0))).to_union(data, union, 1)
