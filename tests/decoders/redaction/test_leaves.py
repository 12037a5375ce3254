"""Single fields on the wire."""

from __future__ import annotations

import pytest

from paperknife_decoders.redaction.edits import STARS, VARINTS, ZEROS
from paperknife_decoders.redaction.leaves import fits, is_wrapper, known_field, table_for
from paperknife_decoders.wire.walker import walk

PROTO = """
syntax = "proto3"; package leaves;
message Word { string value = 1; }
message Words { repeated string value = 1; string more = 2; }
message Envelope {
  string text = 1; int32 number = 2; repeated int32 numbers = 3; repeated double doubles = 4; fixed32 fixed = 5;
  Word word = 6; Words words = 7;
}
"""


@pytest.mark.parametrize(
    ("data", "does_fit", "table"),
    [
        (b"\x0a\x01a", True, STARS),
        (b"\x08\x01", False, VARINTS),
        (b"\x10\x05", True, VARINTS),
        (b"\x12\x01a", False, VARINTS),
        (b"\x18\x05", True, VARINTS),
        (b"\x1a\x01\x05", True, VARINTS),
        (b"\x22\x08" + bytes(8), True, ZEROS),
        (b"\x2d" + bytes(4), True, ZEROS),
        (b"\x7a\x01a", False, STARS),
    ],
)
def test_fields(proto_schema, data: bytes, does_fit: bool, table: bytes) -> None:
    """What a value is replaced by follows from how it lies on the wire, and of what is packed from its type."""
    kind = proto_schema(PROTO).message("leaves.Envelope")
    (field,) = walk(data)
    known = known_field(kind, field.number)
    assert (known is not None and fits(known, field)) == does_fit
    assert table_for(field, known) == table


def test_wrappers(proto_schema) -> None:
    """A message that is nothing but a text stands for it."""
    kind = proto_schema(PROTO).message("leaves.Envelope")
    assert [field.name for field in kind.fields if is_wrapper(field)] == ["word"]
