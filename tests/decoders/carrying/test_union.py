"""The types that are made for envelopes which carry their payload in bytes."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory

from paperknife_decoders.carrying.choices import Choice
from paperknife_decoders.carrying.union import BODY, FIRST_HEADER, FIRST_MEMBER, Carrier, header_union, union_of
from paperknife_decoders.schema import SchemaError

PROTO = """
syntax = "proto3"; package u;
message Carries {
  optional int32 maybe = 1; bytes payload = 2; oneof either { int32 a = 3; string b = 4; }
  map<string, Inner> by_name = 5; enum Own { ZERO = 0; } Own own = 6; string Inner = 7;
}
message Inner { optional string text = 1; Carries again = 2; }
message inner { int32 x = 1; }
message Root { repeated Middle middles = 1; }
message Middle { Carries carries = 1; Other other = 2; }
message Other { int32 x = 1; }
"""


def carrier(schema, *names: str) -> Carrier:
    kind = schema.message("u.Carries")
    table = {name: schema.message(f"u.{name}") for name in names}
    return Carrier(kind, kind.fields_by_name["payload"], Choice(None, table))


def test_members(proto_schema) -> None:
    """Each type that may be carried is a member of one oneof, beside all fields that there were, under a free name."""
    schema = proto_schema(PROTO)
    union = union_of(schema.message("u.Carries"), [carrier(schema, "Inner", "inner", "Other")], schema.pool)
    kind = union.descriptor
    assert kind.name == "Carries" and union.oneof == "payload2"
    assert [each.name for each in kind.oneofs_by_name[union.oneof].fields] == ["Inner2", "inner3", "Other"]
    assert union.members == {"u.Inner": FIRST_MEMBER, "u.inner": FIRST_MEMBER + 1, "u.Other": FIRST_MEMBER + 2}
    assert [each.name for each in kind.fields][:7] == ["maybe", "payload", "a", "b", "by_name", "own", "Inner"]
    message = message_factory.GetMessageClass(kind)()
    assert not message.HasField("maybe") and [each.name for each in kind.oneofs] == ["either", "payload2", "_maybe"]
    message.by_name["x"].text = "y"
    assert message_factory.GetMessageClass(schema.message("u.Carries")).FromString(message.SerializeToString())


def test_everything_on_the_way(proto_schema) -> None:
    """From the root on, the types that lead to a carrier are made anew, all others are the schema's own."""
    schema = proto_schema(PROTO)
    union = union_of(schema.message("u.Root"), [carrier(schema, "Inner", "Other")], schema.pool)
    middle = union.inner[1]
    carries = middle.inner[1]
    assert set(middle.inner) == {1} and carries.descriptor.name == "Carries"
    assert carries.inner[FIRST_MEMBER].inner[2] is carries
    assert middle.descriptor.fields_by_name["other"].message_type is schema.message("u.Other")


def test_a_header(proto_schema) -> None:
    """A header's values are fields, of the root only."""
    schema = proto_schema(PROTO)
    union = union_of(schema.message("u.Root"), [carrier(schema, "Other")], schema.pool, {"id": int, "middles": str})
    assert [(each.name, each.number) for each in union.descriptor.fields][1:] == [
        ("id", FIRST_HEADER),
        ("middles2", FIRST_HEADER + 1),
    ]
    frame = header_union("Frame", {"body": int}, [schema.message("u.Other")], schema.pool)
    assert [(each.name, each.number) for each in frame.descriptor.fields] == [
        ("body", FIRST_HEADER),
        ("body2", BODY),
        ("Other", FIRST_MEMBER),
    ]


def test_no_carrier_in_it(proto_schema) -> None:
    """A root in which nothing is carried is an error that names what was expected there."""
    schema = proto_schema(PROTO)
    with pytest.raises(SchemaError, match=r"u\.Carries was expected to be somewhere in u\.Other, and is not\."):
        union_of(schema.message("u.Other"), [carrier(schema, "Inner")], schema.pool)
