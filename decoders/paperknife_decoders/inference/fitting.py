"""Whether a declared field explains all samples of its number, and what it has to become where it does not.

A declaration stands for as long as it fits, however much better another one might read: it may be the user's. What does
not fit goes to the next wider type, from which there is no way back.
"""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.inference.sketch import FieldSketch, Sketch
from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.wire.walker import WireType

__all__ = ["conflicts", "explains", "fits", "is_list", "wider"]

INT32 = -(1 << 31), (1 << 31) - 1
UINT32 = 0, (1 << 32) - 1


def is_within(low: int, high: int) -> Callable[[FieldSketch], bool]:
    """Tells whether all numbers are, both bounds included; packed ones are not looked at."""
    return lambda sketch: not sketch.varints.count or sketch.varints.is_within(low, high)


def is_zigzag32(sketch: FieldSketch) -> bool:
    """True if all numbers fit into a sint32 (protobuf.dev/programming-guides/encoding/#signed-ints)."""
    return sketch.varints.largest <= UINT32[1]


def always(_: FieldSketch) -> bool:
    """For what every number of its wire type fits into."""
    return True


FITS: dict[int, Callable[[FieldSketch], bool]] = {
    FieldDescriptor.TYPE_BOOL: is_within(0, 1),
    FieldDescriptor.TYPE_ENUM: is_within(*INT32),
    FieldDescriptor.TYPE_INT32: is_within(*INT32),
    FieldDescriptor.TYPE_UINT32: is_within(*UINT32),
    FieldDescriptor.TYPE_SINT32: is_zigzag32,
    FieldDescriptor.TYPE_STRING: lambda sketch: sketch.content.is_text,
    FieldDescriptor.TYPE_MESSAGE: lambda sketch: sketch.message is not None,
}
"""All other types take whatever has their wire type."""

WIDER: dict[int, str] = {
    FieldDescriptor.TYPE_BOOL: "int64",
    FieldDescriptor.TYPE_ENUM: "int64",
    FieldDescriptor.TYPE_INT32: "int64",
    FieldDescriptor.TYPE_UINT32: "int64",
    FieldDescriptor.TYPE_SINT32: "sint64",
    FieldDescriptor.TYPE_STRING: "bytes",
    FieldDescriptor.TYPE_MESSAGE: "bytes",
}
"""What a type becomes that does not fit."""


def accepts(field: FieldDescriptor, sketch: FieldSketch) -> bool:
    """True if a parser takes all samples for this field by their wire types, or would do so for a wider one."""
    if not set(sketch.counts) <= set(wire_types(field)):
        return False
    return set(sketch.counts) == {WireType.LENGTH} or is_list(field, sketch)


def is_list(field: FieldDescriptor, sketch: FieldSketch) -> bool:
    """False for length-delimited samples of a repeated number that are no lists of such, at most one in a message."""
    own = wire_types(field)[0]
    if WireType.LENGTH not in sketch.counts or own is WireType.LENGTH:
        return True
    if sketch.repeated and len(sketch.counts) == 1:
        return False
    packed = sketch.content.packed
    match own:
        case WireType.VARINT:
            return packed.varints
        case WireType.FIXED32:
            return packed.all_fixed32
        case WireType.FIXED64:
            return packed.all_fixed64
    return True


def fits(field: FieldDescriptor, sketch: FieldSketch) -> bool:
    """True if the values of all samples go into the type of a field that `accepts` them."""
    return is_list(field, sketch) and FITS.get(field.type, always)(sketch)


def wider(field: FieldDescriptor, sketch: FieldSketch) -> str:
    """The type that a field becomes which does not fit."""
    return WIDER.get(field.type, "bytes") if is_list(field, sketch) else "bytes"


def conflicts(kind: Descriptor, sketch: Sketch) -> list[int]:
    """The numbers that this type declares and for which it does not accept what came."""
    known = kind.fields_by_number
    return [number for number, each in sketch.fields.items() if number in known and not accepts(known[number], each)]


def explains(kind: Descriptor, sketch: Sketch) -> bool:
    """True if a type that cannot be changed has a fitting field for all that is in these messages, at every level."""
    for number, each in sketch.fields.items():
        field = kind.fields_by_number.get(number)
        if field is None or not accepts(field, each) or not fits(field, each):
            return False
        if each.repeated and not field.is_repeated:
            return False
        if field.message_type is not None and not (each.message and explains(field.message_type, each.message)):
            return False
    return True
