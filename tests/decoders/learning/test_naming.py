"""Which fields identify something, and which mean the same."""

from __future__ import annotations

import pytest

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.learning.naming import Place, families_of, identifies, naming_of
from paperknife_decoders.message import Direction

IDENTIFYING = (
    "id ids ID orderId order_id clOrdId cl_ord_id clordid requestid request_ids client_tag tag tags token sessionToken "
    "api_key idempotency_key ref order_ref external_reference uuid trace_uuid session client_session cid nonce"
)
OTHERS = "bid grid paid valid idle quantity price symbol status stage tagged keyboard refund address side time sequence"


@pytest.mark.parametrize("name", IDENTIFYING.split())
def test_ids_are_known_by_their_names(name) -> None:
    """In snake case, in camel case, in the plural."""
    assert identifies(name)


@pytest.mark.parametrize("name", OTHERS.split())
def test_what_only_looks_like_one_is_none(name) -> None:
    """A bid is a price."""
    assert not identifies(name)


PROTO = """
syntax = "proto3"; package naming;
message Order { uint64 id = 1; uint64 order_id = 2; uint64 client_order_id = 3; string client_tag = 4;
  repeated uint64 leg_ids = 5; }
message CancelRequest { uint64 id = 1; uint64 number = 2; }
message CancelAck { uint64 id = 1; uint64 ref = 2; uint64 orig_ref = 3; }
message Envelope { uint64 id = 1; oneof payload { Order order = 2; CancelRequest cancel = 3; CancelAck cancel_ack = 4;
  Order other = 5; } }
"""

FAMILIES = [
    ("Envelope", "id", Place(), ("id",)),
    ("Order", "id", Place(None, "order"), ("orderid",)),
    ("Order", "id", Place(None, "items"), ("itemid", "orderid")),
    ("Order", "order_id", Place(None, "order"), ("orderid",)),
    ("Order", "client_order_id", Place(None, "order"), ("clientorderid",)),
    ("Order", "client_tag", Place(None, "order"), ("tag",)),
    ("Order", "leg_ids", Place(None, "order"), ("legid",)),
    ("CancelRequest", "id", Place(None, "cancel"), ("cancelid",)),
    ("CancelAck", "id", Place(None, "cancel_ack"), ("cancelid",)),
]


@pytest.mark.parametrize(("kind", "name", "place", "families"), FAMILIES)
def test_a_family_is_what_a_field_is_called(proto_schema, kind, name, place, families) -> None:
    """A mere id is called after what it is in."""
    field = proto_schema(PROTO).message(f"naming.{kind}").fields_by_name[name]
    assert families_of(field, place, frozenset({"orderid"})) == families


PAIRS = [
    ((), ("cancel_ack", "ref"), ("ref",)),
    ((("cancel.number", "cancel_ack.ref"),), ("cancel_ack", "ref"), ("number",)),
    ((("cancel.number", "cancel_ack.ref"),), ("cancel", "number"), ("number",)),
    ((("cancel.number", "cancel_ack.ref"),), ("cancel_ack", "orig_ref"), ("origref",)),
    ((("cancel.id", "cancel_ack.ref"), ("order.order_id", "cancel_ack.ref")), ("order", "order_id"), ("cancelid",)),
    ((("cancel.id", "cancel_ack.ref"), ("order.order_id", "cancel_ack.ref")), ("other", "order_id"), ("cancelid",)),
    ((("cancel.id", "id"),), ("", "id"), ("cancelid",)),
]


@pytest.mark.parametrize(("pairs", "path", "families"), PAIRS)
def test_both_fields_of_a_declared_pair_are_of_one_family(proto_schema, pairs, path, families) -> None:
    """And so are all requests that one response may answer."""
    kind = EnvelopeType(proto_schema(PROTO).message("naming.Envelope"))
    direction = Direction.SERVER if path[0] in {"cancel_ack", ""} else Direction.CLIENT
    naming = naming_of(kind, kind, tuple(DeclaredPair(*each) for each in pairs))[direction]
    place, descriptor = naming.start, kind.descriptor
    if path[0]:
        place, _ = naming.choose(place, descriptor.fields_by_name[path[0]])
        descriptor = descriptor.fields_by_name[path[0]].message_type
    _, identity = naming.choose(place, descriptor.fields_by_name[path[1]])
    assert identity.families == families
