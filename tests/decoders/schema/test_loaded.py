"""Finding definitions by name, and what a schema says of itself."""

from __future__ import annotations

import pytest

from paperknife_decoders.schema import SchemaError, load_schema
from paperknife_decoders.schema.loaded import root_messages

FILES = {
    "a.proto": """
        syntax = "proto3"; package a.v1;
        import "google/protobuf/timestamp.proto";
        message Order { Side side = 1; Leg leg = 2; google.protobuf.Timestamp t = 3; message Leg {}
            enum Kind { K = 0; } }
        message Tree { Tree child = 1; map<string, Leaf> leaves = 2; }
        message Leaf {}
        enum Side { S = 0; }
        service Venue { rpc Trade(Order) returns (Order); }
    """,
    "b.proto": 'syntax = "proto3"; package b.v1; message Order {} message Quote {}',
}


@pytest.fixture
def schema(tree):
    """Two packages that share a name."""
    return load_schema(tree(FILES))


NAMES = {
    "full": ("a.v1.Order", "a.v1.Order"),
    "with the leading dot": (".a.v1.Order", "a.v1.Order"),
    "short": ("Quote", "b.v1.Quote"),
    "the end of it": ("Order.Leg", "a.v1.Order.Leg"),
    "nested, short": ("Leg", "a.v1.Order.Leg"),
    "well-known": ("google.protobuf.Timestamp", "google.protobuf.Timestamp"),
    "of a map": ("a.v1.Tree.LeavesEntry", "a.v1.Tree.LeavesEntry"),
}


@pytest.mark.parametrize(("name", "full_name"), NAMES.values(), ids=NAMES)
def test_message(schema, name, full_name):
    """A message is found by its full name, or by as much of the end of it as is unique."""
    assert schema.message(name).full_name == full_name


WRONG_NAMES = {
    "not unique": ("Order", "Order is the name of more than one message type. .*:\n  a.v1.Order\n  b.v1.Order$"),
    "misspelt": ("Qoute", r"The schema has no message type Qoute; did you mean b\.v1\.Quote\?"),
    "other case": ("quote", r"no message type quote; did you mean b\.v1\.Quote\?"),
    "misspelt package": ("b.v2.Quote", r"did you mean b\.v1\.Quote or "),
    "part of a word": ("uote", r"no message type uote; did you mean b\.v1\.Quote\?"),
    "nothing like it": ("Xyzzy", r"The schema has no message type Xyzzy\.$"),
    "empty": ("", r"The schema has no message type \.$"),
    "an enum": ("Side", "The schema has no message type Side"),
    "hostile": ("\x1b[2J", r"no message type \\x1b\[2J"),
}


@pytest.mark.parametrize(("name", "expected"), WRONG_NAMES.values(), ids=WRONG_NAMES)
def test_wrong_name(schema, name, expected):
    """A name that is not unique lists the candidates, a wrong one what comes close."""
    with pytest.raises(SchemaError, match=expected):
        schema.message(name)


def test_definition(schema):
    """Enums and services are found in the same way."""
    assert [schema.definition(name).full_name for name in ("Kind", "a.v1.Side", "Venue", "Leaf")] == [
        "a.v1.Order.Kind",
        "a.v1.Side",
        "a.v1.Venue",
        "a.v1.Leaf",
    ]
    with pytest.raises(SchemaError, match=r"no message type, enum or service Sid; did you mean a\.v1\.Side\?"):
        schema.definition("Sid")


def test_what_is_in_it(schema):
    """Messages, enums and services are listed by file; the well-known types that came along are not."""
    assert [message.name for message in schema.messages()] == ["Order", "Leg", "Tree", "Leaf", "Order", "Quote"]
    assert [enum.name for enum in schema.enums()] == ["Side", "Kind"]
    assert [service.name for service in schema.services()] == ["Venue"]
    assert schema.describe() == "6 messages in 2 files"
    assert repr(schema) == "<Schema 6 messages in 2 files, 0 faults>"


def test_roots(schema):
    """Roots are in no other message, neither as a field nor in a map; what holds itself may be one."""
    assert [message.full_name for message in root_messages(schema)] == [
        "a.v1.Order",
        "a.v1.Tree",
        "b.v1.Order",
        "b.v1.Quote",
    ]


def test_one_of_each_is_singular(tree):
    """Numbers agree with their nouns."""
    assert load_schema(tree({"a.proto": 'syntax = "proto3"; message A {}'})).describe() == "1 message in 1 file"


def test_has_message(proto_schema):
    """By the full name or the end of one, of one type or of several."""
    schema = proto_schema('syntax = "proto3"; package a.b; message M { message In {} } message N { message In {} }')
    names = ("M", "b.M", ".a.b.M", "In", "M.In", "O", "", "b", "xM", "a.M")
    assert [name for name in names if schema.has_message(name)] == ["M", "b.M", ".a.b.M", "In", "M.In"]
