"""Single fields on the wire: what the schema says of one, and what its value is replaced by."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.redaction.edits import STARS, VARINTS, ZEROS
from paperknife_decoders.redaction.plan import fields_of
from paperknife_decoders.wire.walker import Field, WireType

__all__ = ["TEXT", "fits", "is_wrapper", "known_field", "table_for"]

TEXT = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
FIXED = (
    FieldDescriptor.TYPE_DOUBLE,
    FieldDescriptor.TYPE_FLOAT,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
    FieldDescriptor.TYPE_FIXED32,
    FieldDescriptor.TYPE_SFIXED32,
)
TABLES = {WireType.VARINT: VARINTS, WireType.FIXED32: ZEROS, WireType.FIXED64: ZEROS}


def table_for(item: Field, known: FieldDescriptor | None = None) -> bytes:
    """What each byte of a field's value is replaced by; `known` is what the schema says of the field."""
    if item.wire_type is WireType.LENGTH and known is not None and known.type not in TEXT:
        return ZEROS if known.type in FIXED else VARINTS  # many numbers, packed
    return TABLES.get(WireType(item.wire_type), STARS)


def known_field(kind: Descriptor, number: int) -> FieldDescriptor | None:
    """The field of that number, also where it is an extension."""
    found: FieldDescriptor | None = kind.fields_by_number.get(number)
    if found is None and kind.is_extendable:
        return next((each for each in fields_of(kind) if each.number == number), None)
    return found


def fits(known: FieldDescriptor, item: Field) -> bool:
    """True if a parser takes these bytes for the field, and does not put them among the unknown ones."""
    return item.wire_type in wire_types(known)


def is_wrapper(known: FieldDescriptor) -> bool:
    """True for a message that is nothing but a text called `value`."""
    kind = known.message_type
    return kind is not None and len(kind.fields) == 1 and kind.fields[0].name == "value" and kind.fields[0].type in TEXT
