"""Envelopes that carry their payload under a number, a name, an id inside, or behind a header."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import message_factory
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.carrying.choices import Choice, FieldKey, HeaderKey, default_table, method_table, name_table
from paperknife_decoders.carrying.union import Carrier, header_union, union_of
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import Schema
from paperknife_decoders.steps import Context, Limits
from paperknife_decoders.steps.carry import Behind, Carry
from paperknife_decoders.wire.walker import WireType, walk
from paperknife_decoders.wire.writing import length_delimited

PROTO = """
syntax = "proto2"; package carry;
enum Kind { NONE = 0; HEARTBEAT = 51; ORDER = 2106; FILL = 2126; }
message Numbered {
  required uint32 kind = 1; optional bytes payload = 2; optional string id = 3; map<string, Order> more = 9;
}
message Order { optional Kind kind = 1 [default = ORDER]; optional string symbol = 2; optional int64 size = 3; }
message Fill { optional Kind kind = 1 [default = FILL]; optional double price = 2; }
message Beat { optional Kind kind = 1 [default = HEARTBEAT]; }
message Named { optional string method = 1; optional bytes data = 2; }
message Many { repeated Named items = 1; optional string by = 2; }
message Asked { optional int32 a = 1; }
message Answered { optional string b = 1; }
service Lobby { rpc Login(Asked) returns (Answered); }
"""


@pytest.fixture
def schema(proto_schema) -> Schema:
    """Types of all these kinds."""
    return proto_schema(PROTO)


def made(schema: Schema, name: str, **fields: Any) -> bytes:
    """A message on the wire."""
    return message_factory.GetMessageClass(schema.message(f"carry.{name}"))(**fields).SerializeToString()


def numbered(schema: Schema) -> Carry:
    kind = schema.message("carry.Numbered")
    choice = Choice(FieldKey(kind.fields_by_name["kind"]), default_table(schema, "kind"))
    return Carry(union_of(kind, [Carrier(kind, kind.fields_by_name["payload"], choice)], schema.pool))


def named(schema: Schema, root: str) -> Carry:
    kind = schema.message("carry.Named")
    choice = Choice(FieldKey(kind.fields_by_name["method"]), name_table(schema, "carry."))
    carrier = Carrier(kind, kind.fields_by_name["data"], choice)
    return Carry(union_of(schema.message(f"carry.{root}"), [carrier], schema.pool))


def shown(step: Carry | Behind, data: bytes, context: Context | None = None) -> str:
    """What is read of an envelope, as text, and the name of its payload."""
    opened = step.open(data, context or Context(Direction.CLIENT))
    assert opened.close(opened.parts) == data
    kind = EnvelopeType(step.union.descriptor, oneof=step.union.oneof)
    envelope = read_envelope(opened.parts[0], kind)
    return f"{envelope.payload}: {' '.join(str(envelope.message).split())}"


@pytest.mark.parametrize(
    ("kind", "payload", "expected"),
    [
        (2106, ("Order", {"symbol": "ES", "size": -2}), 'Order: kind: 2106 id: "i" Order { symbol: "ES" size: -2 }'),
        (2126, ("Fill", {"price": 0.5}), 'Fill: kind: 2126 id: "i" Fill { price: 0.5 }'),
        # no payload at all, and an empty one
        (51, None, 'Beat: kind: 51 id: "i" Beat { }'),
        (51, b"", 'Beat: kind: 51 id: "i" Beat { }'),
        # a number that nobody knows, and bytes that are no such message
        (7, ("Order", {"size": 1}), ': kind: 7 payload: "\\030\\001" id: "i"'),
        (2106, b"\xff\xff", ': kind: 2106 payload: "\\377\\377" id: "i"'),
    ],
)
def test_by_number(schema, kind, payload, expected) -> None:
    """The number beside the bytes says what they are; what it does not say stays bytes."""
    if isinstance(payload, tuple):
        payload = made(schema, payload[0], **payload[1])
    fields = {} if payload is None else {"payload": payload}
    assert shown(numbered(schema), made(schema, "Numbered", kind=kind, id="i", **fields)) == expected


def test_by_name_and_deep_inside(schema) -> None:
    """Carriers are read wherever they are in an envelope, each by its own name."""
    order = made(schema, "Order", symbol="ES")
    items = [{"method": "Order", "data": order}, {"method": "Nothing", "data": b"abc"}]
    assert shown(named(schema, "Named"), made(schema, "Named", **items[0])) == (
        'Order: method: "Order" Order { symbol: "ES" }'
    )
    assert shown(named(schema, "Many"), made(schema, "Many", items=items, by="me")) == (
        'Many: items { method: "Order" Order { symbol: "ES" } } items { method: "Nothing" data: "abc" } by: "me"'
    )


def test_a_response_by_its_request(schema) -> None:
    """A response without a name is typed by the request with the same id; one that nobody asked for stays bytes."""
    kind = schema.message("carry.Named")
    key, number = FieldKey(kind.fields_by_name["method"]), HeaderKey("id")
    asks = Choice(key, method_table(schema, "/{service}/{method}", responses=False), remembers=number)
    answers = Choice(key, method_table(schema, "/{service}/{method}", responses=True), recalls=number)
    up, down = (
        Carry(union_of(kind, [Carrier(kind, kind.fields_by_name["data"], choice)], schema.pool, {"id": int}), ("id",))
        for choice in (asks, answers)
    )
    client = Context(Direction.CLIENT, header={"id": 7})
    server = Context(Direction.SERVER, client.memory, header={"id": 7})
    other = Context(Direction.SERVER, client.memory, header={"id": 8})
    request = made(schema, "Named", method="/carry.Lobby/Login", data=made(schema, "Asked", a=1))
    response = made(schema, "Named", data=made(schema, "Answered", b="x"))
    assert shown(up, request, client) == 'Asked: method: "/carry.Lobby/Login" id: 7 Asked { a: 1 }'
    assert shown(down, response, server) == 'Answered: id: 7 Answered { b: "x" }'
    assert shown(down, response, other) == ': data: "\\n\\001x" id: 8'


def test_behind_a_header(schema) -> None:
    """A header's number says what the message is; its values are shown beside it."""
    types = {1: schema.message("carry.Order"), 2: schema.message("carry.Fill")}
    union = header_union("Frame", {"type": int, "tag": str}, tuple(types.values()), schema.pool)
    step = Behind(union, Choice(HeaderKey("type"), types), ("type", "tag"))
    fill = made(schema, "Fill", price=2)
    assert shown(step, fill, Context(Direction.CLIENT, header={"type": 2, "tag": "x"})) == (
        'Fill: type: 2 tag: "x" Fill { price: 2 }'
    )
    assert shown(step, b"\xff", Context(Direction.CLIENT, header={"type": 3})) == ': type: 3 body: "\\377"'


def test_by_an_id_inside(schema) -> None:
    """A message without any wrapper says by a field of its own what it is."""
    order = schema.message("carry.Order")
    choice = Choice(FieldKey(order.fields_by_name["size"]), {1: order, 2: schema.message("carry.Fill")})
    step = Behind(header_union("Frame", {}, choice.holds, schema.pool), choice)
    assert shown(step, made(schema, "Order", size=1)) == "Order: Order { size: 1 }"
    assert shown(step, made(schema, "Order", size=3)) == ': body: "\\030\\003"'


def test_only_what_is_looked_through_is_counted(schema) -> None:
    """Where the key is in the message, its fields are looked through, up to the limit; for a header's they are not."""
    order = schema.message("carry.Order")
    union = header_union("Frame", {}, (order,), schema.pool)
    context = Context(Direction.CLIENT, header={"type": 1}, limits=Limits(fields=10))
    inside = Behind(union, Choice(FieldKey(order.fields_by_name["size"]), {1: order}))
    with pytest.raises(DecodeError, match="more than the 10 fields"):
        inside.open(b"\x18\x01" * 11, context)
    Behind(union, Choice(HeaderKey("type"), {1: order})).open(b"\x18\x01" * 11, context)


@pytest.mark.parametrize(
    ("front", "carried", "new", "changed", "rest"),
    [
        # an unknown field, lengths and tags that are longer than they need to be, a field before its time
        (b"\x1a\x01i\x08\xba\x90\x00", b"\x12\x84\x00\x12\x02ES", b"NQ", b"\x12\x84\x00\x12\x02NQ", b"\x78\x05"),
        (b"\x08\xba\x10", b"\x92\x00\x04\x12\x02ES", b"NQ", b"\x92\x00\x04\x12\x02NQ", b"\x9a\x00\x01i"),
        (b"\x08\xba\x10", b"\x92\x00\x84\x00\x12\x02ES", b"NQZ", b"\x92\x00\x05\x12\x03NQZ", b"\x9a\x00\x01i"),
    ],
)
def test_a_change(schema, front, carried, new, changed, rest) -> None:
    """Of what is changed only the lengths around it are new, where they are others; all other bytes stay."""
    opened = numbered(schema).open(front + carried + rest, Context(Direction.CLIENT))
    assert opened.close(opened.parts) == front + carried + rest
    assert opened.close([replaced(opened.parts[0], b"ES", new)]) == front + changed + rest


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    """A message with one text changed, at any depth."""
    pieces = []
    for field in walk(data):
        content = data[field.content : field.content_end]
        if field.wire_type is WireType.LENGTH and old in content:
            content = new if content == old else replaced(content, old, new)
            pieces.append(length_delimited(field.number, content))
        else:
            pieces.append(data[field.start : field.end])
    return b"".join(pieces)


def test_what_is_refused(schema) -> None:
    """Bytes that are no message, and field numbers in the range that is needed for the rewriting."""
    step = numbered(schema)
    for data in (b"\xff", b"\x82\x80\x80\x80\x08\x01a"):
        with pytest.raises(DecodeError):
            step.open(data, Context(Direction.CLIENT))


@given(st.binary(max_size=60), st.sampled_from([51, 2106, 2126, 0]))
def test_anything(proto_schema, payload, kind) -> None:
    """Whatever is carried comes back byte for byte, and of an envelope nothing but `DecodeError` is raised."""
    schema = proto_schema(PROTO)
    step = numbered(schema)
    data = made(schema, "Numbered", kind=kind, payload=payload)
    opened = step.open(data, Context(Direction.CLIENT))
    assert opened.close(opened.parts) == data
    try:
        opened = step.open(payload, Context(Direction.CLIENT))
    except DecodeError:
        return
    assert opened.close(opened.parts) == payload
