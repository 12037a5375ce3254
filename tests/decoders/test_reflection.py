"""What every message can tell of itself."""

from __future__ import annotations

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.reflection import has_field, kind_of, list_fields, which_oneof

PROTO = """
syntax = "proto3";
package hide;
message Envelope {
  Envelope HasField = 1; int32 ListFields = 2; string DESCRIPTOR = 4;
  oneof payload { int32 WhichOneof = 3; }
}
"""


def test_no_field_hides_a_method(proto_schema) -> None:
    """A field that is called like a method is a field, and the method is still there."""
    kind = EnvelopeType(proto_schema(PROTO).message("Envelope"))
    message = kind.parse(bytes.fromhex("0a00180510072201" + "61"))
    assert has_field(message, "HasField")
    assert [(field.name, str(value)) for field, value in list_fields(message)][1:] == [
        ("ListFields", "7"),
        ("WhichOneof", "5"),
        ("DESCRIPTOR", "a"),
    ]
    assert which_oneof(message, "payload") == "WhichOneof"
    assert kind_of(message).full_name == "hide.Envelope"
