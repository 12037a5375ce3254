"""Live ids in place of recorded ones."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.demo.files import given_schema
from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.learning import Learned
from paperknife_decoders.message import Direction
from paperknife_decoders.parsing import read_envelope, text_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema
from paperknife_decoders.splice import splice

CLIENT, SERVER = Direction

ORDER = {"request_id": 7, "symbol": "ESZ6", "quantity": 7, "client_tag": "t-1"}
ANSWER = {"request_id": 7, "status": "ACCEPTED", "order_id": "X-1", "filled_quantity": 7, "client_tag": "t-1"}

# what was learned: the side, the payload, recorded, live; then a recorded message and what is said live
DEMO = [
    ([("order", ORDER, ORDER)], "order_response", ANSWER, ANSWER),
    ([], "order_response", ANSWER, ANSWER),
    (
        [("order", ORDER, ORDER | {"request_id": 90, "client_tag": "mine"})],
        "order_response",
        ANSWER,
        ANSWER | {"request_id": 90, "client_tag": "mine"},
    ),
    ([("order", ORDER, ORDER | {"request_id": 90})], "order_response", ANSWER | {"request_id": 8}, None),
    ([("order", ORDER, ORDER | {"request_id": 0})], "order_response", {"request_id": 7}, {}),
    ([("order", ORDER, ORDER | {"quantity": 90})], "order_response", ANSWER, None),
    ([("order", ORDER, {"request_id": 90})], "order_response", ANSWER, ANSWER | {"request_id": 90}),
    (
        [("order_response", ANSWER, ANSWER | {"order_id": "ORD-123456"})],
        "cancel",
        {"order_id": "X-1", "request_id": 7},
        {"order_id": "ORD-123456", "request_id": 7},
    ),
    (
        [("order_response", ANSWER, ANSWER | {"order_id": "ORD-123456"})],
        "snapshot",
        {"orders": {"items": [{"order_id": "X-0"}, {"order_id": "X-1", "quantity": 7}]}},
        {"orders": {"items": [{"order_id": "X-0"}, {"order_id": "ORD-123456", "quantity": 7}]}},
    ),
    (
        [("login_response", {"token": "recorded-token"}, {"token": "live-token"})],
        "renew_token",
        {"request_id": 1, "token": "recorded-token"},
        {"request_id": 1, "token": "live-token"},
    ),
    # in a recording all tokens of a length look the same
    (
        [("login_response", {"token": "*" * 12}, {"token": "live"})],
        "login",
        {"user": "u", "password": "*" * 12, "api_key": "*" * 12},
        None,
    ),
    (
        [("login_response", {"token": "*" * 12}, {"token": "live"})],
        "renew_token",
        {"token": "*" * 12},
        {"token": "live"},
    ),
    # learned again, and taken back
    (
        [("order", ORDER, ORDER | {"request_id": each}) for each in (90, 91)],
        "order_response",
        ANSWER,
        ANSWER | {"request_id": 91},
    ),
    ([("order", ORDER, ORDER | {"request_id": each}) for each in (90, 7)], "order_response", ANSWER, None),
    ([("order", ORDER, ORDER | {"client_tag": "x" * 5000})], "order_response", ANSWER, None),
]


@pytest.fixture(scope="module")
def venue() -> Protocol:
    """The demo's protocol."""
    schema = load_schema(given_schema())
    client, server = (EnvelopeType(schema.message(f"trading.v1.{name}Message")) for name in ("Client", "Server"))
    return Protocol(client=client, server=server)


def side_of(protocol: Protocol, payload: str) -> Direction:
    """The side that sends such a payload."""
    return CLIENT if payload in protocol.client.descriptor.fields_by_name else SERVER


def made(protocol: Protocol, payload: str, content: dict) -> Envelope:
    """An envelope of the side that sends such a payload."""
    kind = protocol.type_for(side_of(protocol, payload))
    message = json_format.ParseDict({payload: content}, kind.parse(b""), descriptor_pool=kind.descriptor.file.pool)
    return read_envelope(message.SerializeToString(), kind)


def said(learned: Learned, envelope: Envelope, direction: Direction) -> bytes:
    """A recorded message as it is sent."""
    return splice(envelope.data, envelope.type.descriptor, learned.rewrite(envelope, direction))


@pytest.mark.parametrize(("lessons", "payload", "recorded", "live"), DEMO)
def test_recorded_ids_become_live_ones_and_nothing_else_does(venue, lessons, payload, recorded, live) -> None:
    """Small numbers and short texts only in fields that mean the same."""
    learned = Learned(venue)
    for name, ours, theirs in lessons:
        learned.learn(made(venue, name, ours), made(venue, name, theirs), side_of(venue, name))
    expected = made(venue, payload, recorded if live is None else live)
    sent = said(learned, made(venue, payload, recorded), side_of(venue, payload))
    assert expected.type.parse(sent) == expected.message


def test_the_oldest_are_forgotten(venue) -> None:
    """A session may last for days."""
    learned = Learned(venue, limit=3)
    for number in range(1, 6):
        learned.learn(
            made(venue, "order", {"request_id": number}), made(venue, "order", {"request_id": number + 100}), CLIENT
        )
    assert len(learned) == 3
    kept = [learned.rewrite(made(venue, "order_response", {"request_id": number}), SERVER) for number in range(1, 6)]
    assert [each[0].value if each else None for each in kept] == [None, None, 103, 104, 105]


def test_what_is_not_decoded_or_of_another_payload_teaches_nothing(venue) -> None:
    """And nothing fails."""
    learned = Learned(venue)
    order, text = made(venue, "order", ORDER), text_envelope(b"{}", venue.client)
    for one, other in ((order, text), (text, order), (order, made(venue, "cancel", {"request_id": 9}))):
        learned.learn(one, other, CLIENT)
    assert len(learned) == 0
    assert learned.rewrite(text, CLIENT) == ()


# what is recorded of ids in all kinds of fields
PROTO = """
syntax = "proto3"; package shapes;
import "google/protobuf/wrappers.proto";
message Order { uint64 id = 1; repeated string leg_ids = 2; map<string, Leg> legs = 3; bytes uuid = 4; uint32 bid = 5;
  uint64 client_order_id = 6; google.protobuf.StringValue quote_id = 7; map<int32, uint64> fill_ids = 8;
  string symbol = 9; double order_ref = 10; }
message Leg { string tag = 1; uint64 order_id = 2; }
message Ack { string order_id = 1; uint32 id = 2; repeated Leg legs = 3; bytes uuid = 4; uint64 client_order_id = 6;
  string quote_id = 7; repeated uint64 fill_ids = 8; string symbol = 9; }
message Envelope { oneof payload { Order order = 1; Ack order_ack = 2; } uint64 id = 3; }
"""

SHAPES = [
    ({"id": 5}, {"id": 6}, {"order_ack": {"order_id": "5"}}, {"order_ack": {"order_id": "6"}}),
    ({"id": 5}, {"id": 6}, {"order_ack": {"id": 5}}, {"order_ack": {"id": 6}}),
    ({"id": 5}, {"id": 2**63}, {"order_ack": {"id": 5}}, None),  # it would not fit
    ({"id": 5}, {"id": 6}, {"order_ack": {"client_order_id": 5}}, None),  # some message has both
    ({"id": 5}, {"id": 6}, {"order_ack": {}, "id": 5}, None),
    ({"bid": 5}, {"bid": 6}, {"order": {"bid": 5}}, None),
    ({"order_ref": 5.0}, {"order_ref": 6.0}, {"order": {"order_ref": 5.0}}, None),
    ({"leg_ids": ["a", "b"]}, {"leg_ids": ["c", "d"]}, {"order": {"leg_ids": ["b", "a", "x"]}}, ["d", "c", "x"]),
    ({"leg_ids": ["a", "b"]}, {"leg_ids": ["c"]}, {"order": {"leg_ids": ["a"]}}, None),
    (
        {"legs": {'a "b"\n': {"tag": "long-tag"}}},
        {"legs": {'a "b"\n': {"tag": "live"}}},
        {"order": {"legs": {'a "b"\n': {"tag": "long-tag"}}}},
        {"order": {"legs": {'a "b"\n': {"tag": "live"}}}},
    ),
    (
        {"legs": {"a": {"tag": "long-tag"}}},
        {"legs": {"a": {"tag": "live"}}},
        {"order_ack": {"legs": [{"tag": "x"}, {"tag": "long-tag"}], "order_id": "long-tag", "symbol": "long-tag"}},
        {"order_ack": {"legs": [{"tag": "x"}, {"tag": "live"}], "order_id": "live", "symbol": "long-tag"}},
    ),
    ({"uuid": "AQID"}, {"uuid": "AQIE"}, {"order_ack": {"uuid": "AQID"}}, {"order_ack": {"uuid": "AQIE"}}),
    ({"quote_id": "q"}, {"quote_id": "r"}, {"order_ack": {"quote_id": "q"}}, {"order_ack": {"quote_id": "r"}}),
    ({"quote_id": "q"}, {"quote_id": "r"}, {"order": {"quote_id": "q"}}, {"order": {"quote_id": "r"}}),
    ({"fill_ids": {1: 5}}, {"fill_ids": {1: 6}}, {"order": {"fill_ids": {9: 5}}}, {"order": {"fill_ids": {9: 6}}}),
    ({"fill_ids": {1: 5}}, {"fill_ids": {1: 6}}, {"order_ack": {"fill_ids": [5]}}, {"order_ack": {"fill_ids": [6]}}),
]


@pytest.mark.parametrize(("ours", "theirs", "recorded", "live"), SHAPES)
def test_ids_are_learned_and_put_in_fields_of_every_shape(decoded, ours, theirs, recorded, live) -> None:
    """Lists, maps, wrappers, texts for numbers; and not where they do not belong."""
    one, other = decoded(PROTO, {"order": ours}), decoded(PROTO, {"order": theirs})
    learned = Learned(Protocol(client=one.type, server=one.type))
    learned.learn(one, other, CLIENT)
    if isinstance(live, list):
        live = {"order": {"leg_ids": live}}
    expected = decoded(PROTO, recorded if live is None else live)
    assert one.type.parse(said(learned, decoded(PROTO, recorded), SERVER)) == expected.message


# generated schemas


@dataclass(frozen=True)
class Plan:
    """How a side says an id: the fields around it, whether each is in a oneof, and the fields' names."""

    levels: tuple[tuple[str, bool], ...]
    leaf: str
    tag: str
    tags_in: str

    @property
    def path(self) -> str:
        return ".".join([name for name, _ in self.levels] + [self.leaf])


LABELS = {True: FieldDescriptorProto.LABEL_REPEATED, False: FieldDescriptorProto.LABEL_OPTIONAL}
KINDS = {
    int: FieldDescriptorProto.TYPE_UINT64,
    str: FieldDescriptorProto.TYPE_STRING,
    bytes: FieldDescriptorProto.TYPE_BYTES,
}


def add_field(message: DescriptorProto, number: int, name: str, kind: int | str, repeated: bool = False) -> None:
    """One more field, of a scalar or of a message type."""
    field = message.field.add(name=name, number=number, label=LABELS[repeated])
    if isinstance(kind, str):
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, kind
    else:
        field.type = kind


def add_side(file: FileDescriptorProto, side: str, plan: Plan, kind: type) -> None:
    """The types of one side: as many as there are levels, the innermost with the id."""
    for depth, (name, in_oneof) in enumerate([*plan.levels, ("", False)]):
        message = file.message_type.add(name=f"{side}{depth}")
        add_field(message, 15, "quantity", FieldDescriptorProto.TYPE_UINT64)
        if name:
            add_field(message, 1, name, f".made.{side}{depth + 1}")
            if in_oneof or not depth:
                add_field(message, 2, "instead", FieldDescriptorProto.TYPE_STRING)
                message.oneof_decl.add(name="choice")
                message.field[1].oneof_index = message.field[2].oneof_index = 0
            continue
        add_field(message, 1, plan.leaf, KINDS[kind])
        add_field(message, 3, "parts", f".made.{side}Part", repeated=True)
        entry = message.nested_type.add(name="ByNameEntry")
        entry.options.map_entry = True
        add_field(entry, 1, "key", FieldDescriptorProto.TYPE_STRING)
        add_field(entry, 2, "value", f".made.{side}Part")
        add_field(message, 4, "by_name", f".made.{side}{depth}.ByNameEntry", repeated=True)
    part = file.message_type.add(name=f"{side}Part")
    add_field(part, 1, plan.tag, FieldDescriptorProto.TYPE_STRING)
    add_field(part, 2, "size", FieldDescriptorProto.TYPE_UINT64)


def filled(kind: EnvelopeType, plan: Plan, value: int | str | bytes, tag: str) -> Envelope:
    """A message of one side, with its id, a tag, and numbers that look like ids."""
    message = inner = kind.parse(b"")
    for name, _ in plan.levels:
        inner.quantity = 1
        inner = getattr(inner, name)
        inner.SetInParent()
    setattr(inner, plan.leaf, value)
    inner.quantity = 2
    part = inner.parts.add(size=3) if plan.tags_in == "parts" else inner.by_name["key"]
    setattr(part, plan.tag, tag)
    part.size = 1
    return read_envelope(message.SerializeToString(deterministic=True), kind)


NAMES = st.sampled_from(["order", "body", "head", "inner", "request"])
LEVELS = st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=4).map(tuple)
PLANS = st.builds(
    Plan,
    LEVELS,
    st.sampled_from(["id", "ref", "number", "request_id", "key"]),
    st.sampled_from(["tag", "client_tag"]),
    st.sampled_from(["parts", "by_name"]),
)
VALUES = st.sampled_from([int, str, bytes])
ORDERS = st.permutations(range(6))


def value_of(kind: type, number: int) -> int | str | bytes:
    """An id that is short and might be anything."""
    return {int: number + 1, str: f"i{number}", bytes: b"i%d" % number}[kind]


@settings(max_examples=150, deadline=None)
@given(request=PLANS, response=PLANS, kind=VALUES, live=ORDERS, answers=ORDERS, moved=st.integers(0, 300))
def test_a_recorded_session_becomes_one_that_is_consistent_in_live_ids(
    request, response, kind, live, answers, moved
) -> None:
    """Every response carries the ids of the live request that it answers, however deep; all other bytes stay."""
    file = FileDescriptorProto(name="made.proto", package="made", syntax="proto3")
    add_side(file, "Request", request, kind)
    add_side(file, "Response", response, kind)
    pool = DescriptorPool()
    pool.Add(file)
    client, server = (EnvelopeType(pool.FindMessageTypeByName(f"made.{side}0")) for side in ("Request", "Response"))
    protocol = Protocol(client=client, server=server, pairs=(DeclaredPair(request.path, response.path),))
    learned = Learned(protocol)
    for number in range(6):
        learned.learn(
            filled(client, request, value_of(kind, number), f"t{number}"),
            filled(client, request, value_of(kind, live[number] + moved), f"t{live[number]}"),
            CLIENT,
        )
    for number in answers:
        recorded = filled(server, response, value_of(kind, number), f"t{number}")
        expected = filled(server, response, value_of(kind, live[number] + moved), f"t{live[number]}")
        assert said(learned, recorded, SERVER) == expected.data


def test_the_identifying_values_of_a_message(venue) -> None:
    """With the families that they are of, whatever was learned."""
    learned = Learned(venue)
    values = dict(learned.identifiers(made(venue, "order_response", ANSWER), SERVER))
    assert values["requestid"] == 7
    assert values["orderid"] == "X-1"
    assert 7 not in [value for family, value in values.items() if "quantity" in family]
    assert list(learned.identifiers(text_envelope(b"x", None), SERVER)) == []
