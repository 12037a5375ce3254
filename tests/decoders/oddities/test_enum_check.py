"""The quick check that all enum values have names."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory, text_format

from paperknife_decoders.oddities.enum_check import enum_check

PROTO = """
    edition = "2023"; package t;
    enum Side { NONE = 0; BUY = 1; SELL = -1; }
    enum Closed { option features.enum_type = CLOSED; ONE = 1; }
    message Leg { Side side = 1; Leg under = 2; }
    message Plain { int32 x = 1; Plain again = 2; }
    message OnlyClosed { Closed closed = 1; }
    message Root {
      Side side = 1;
      repeated Side sides = 2;
      map<string, Side> side_of = 3;
      Leg leg = 4;
      repeated Leg legs = 5;
      map<string, Leg> leg_of = 6;
      oneof payload { Leg one = 7; Plain two = 8; Side three = 9; string four = 10; }
      Closed closed = 11;
      extensions 100 to 199;
    }
    extend Root { Side extra = 100; Leg extra_leg = 101; repeated Leg extra_legs = 102; }
"""

KNOWN = [
    "",
    "side: BUY",
    "side: SELL",
    "sides: [BUY, SELL, NONE]",
    'side_of { key: "a" value: SELL }',
    "leg { side: BUY }",
    "leg { under { under { side: BUY } } }",
    "one { side: BUY }",
    "two { x: 7 }",
    "three: BUY",
    'four: "x"',
    "closed: ONE",
    "[t.extra]: BUY",
    "[t.extra_leg] { side: BUY }",
]

UNKNOWN = [
    "side: 7",
    "sides: [BUY, 7]",
    'side_of { key: "a" value: 7 }',
    "leg { side: 7 }",
    "leg { under { under { side: -7 } } }",
    "legs { side: BUY } legs { side: 7 }",
    'leg_of { key: "a" value { side: 7 } }',
    "one { side: 7 }",
    "one { under { side: 7 } }",
    "three: 7",
    "[t.extra]: 7",
    "[t.extra_leg] { side: 7 }",
    "[t.extra_legs] { side: 7 }",
]


@pytest.fixture(scope="module")
def schema(proto_schema):
    """The compiled schema of this file."""
    return proto_schema(PROTO)


def parsed(schema, text):
    """A Root as it comes from the wire."""
    root = message_factory.GetMessageClass(schema.message("t.Root"))
    return root.FromString(text_format.Parse(text, root(), descriptor_pool=schema.pool).SerializeToString())


@pytest.mark.parametrize("text", KNOWN)
def test_known_values(schema, text):
    """A message whose enum values all have names passes."""
    assert enum_check(schema.message("t.Root"))(parsed(schema, text))


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_values(schema, text):
    """A value without a name is noticed wherever an enum can be."""
    assert not enum_check(schema.message("t.Root"))(parsed(schema, text))


@pytest.mark.parametrize("name", ["t.Plain", "t.OnlyClosed"])
def test_types_without_open_enums_cost_nothing(schema, name):
    """There is no check for a type in which no value can be unknown: closed enums hold none."""
    assert enum_check(schema.message(name)) is None


@pytest.mark.parametrize(("sizes", "known"), [([], True), ([1, 1], True), ([1, 9, 1], False)])
def test_enums_of_a_list(proto_schema, sizes: list[int], known: bool) -> None:
    """Of many messages with one enum each, one value without a name is enough."""
    proto = """
        syntax = "proto3"; package lists;
        enum Size { NONE = 0; SMALL = 1; }
        message Item { Size size = 1; int32 count = 2; }
        message Envelope { repeated Item items = 1; }
    """
    kind = proto_schema(proto).message("lists.Envelope")
    message = message_factory.GetMessageClass(kind)()
    for size in sizes:
        message.items.add(size=size)
    check = enum_check(kind)
    assert check is not None
    assert check(message) is known
