"""Paths of fields."""

from __future__ import annotations

import pytest

from paperknife_decoders.definition.paths import field_at, leads_somewhere, single_field_at, why_no_field
from paperknife_decoders.envelope_type import EnvelopeType


@pytest.mark.parametrize(
    ("path", "found", "why"),
    [
        ("symbol", "desk.Order.symbol", ""),
        ("parties.badge", "desk.Party.badge", ""),
        ("more.badge", "desk.Party.badge", ""),
        ("more.value.badge", "desk.Party.badge", ""),
        ("symbl", None, "desk.Order has no field symbl; did you mean symbol?"),
        ("symbol.x", None, "symbol has no fields, of which x could be one"),
        ("parties.bage", None, "desk.Party has no field bage; did you mean badge?"),
        ("", None, "desk.Order has no field "),
    ],
)
def test_paths(schema, path, found, why) -> None:
    """A path goes through messages, lists and maps; where it ends, the nearest name is told."""
    kind = EnvelopeType(schema.message("Order"))
    field = field_at(kind.descriptor, path)
    assert (field.full_name if field else None) == found
    assert why_no_field(kind, path) == why


OPEN = """
syntax = "proto3"; package o;
import "google/protobuf/any.proto"; import "google/protobuf/struct.proto";
message Envelope { google.protobuf.Any any = 1; google.protobuf.Struct struct = 2; repeated In many = 3; In one = 4; }
message In { string id = 1; }
"""


@pytest.mark.parametrize(
    ("path", "somewhere", "single"),
    [
        ("any.whatever.it.holds", True, False),
        ("struct.token", True, False),
        ("many.id", True, False),
        ("one.id", True, True),
        ("one.nothing", False, False),
        ("one.id.more", False, False),
        ("nothing", False, False),
    ],
)
def test_where_paths_may_lead(proto_schema, path, somewhere, single) -> None:
    """An Any and a Struct may hold anything; a value that there are several of is no id."""
    kind = proto_schema(OPEN).message("Envelope")
    assert leads_somewhere(kind, path) is somewhere
    assert (single_field_at(kind, path) is not None) is single
