"""What the content of a scalar's record means (the encoding page's table of scalar types)."""

from __future__ import annotations

import struct
from collections.abc import Callable

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.wire.walker import read_varint

__all__ = ["decoded"]

MASK_32, MASK_64 = (1 << 32) - 1, (1 << 64) - 1


def signed(bits: int) -> Callable[[int], int]:
    """The lower bits of a number with their sign."""
    mask, sign = (1 << bits) - 1, 1 << bits - 1
    return lambda number: (number & mask ^ sign) - sign


def unzigzag(mask: int) -> Callable[[int], int]:
    """What was written as zigzag, in so many bits."""
    return lambda number: (number & mask) >> 1 ^ -(number & 1)


VARINTS: dict[int, Callable[[int], int]] = {
    FieldDescriptor.TYPE_INT32: signed(32),
    FieldDescriptor.TYPE_INT64: signed(64),
    FieldDescriptor.TYPE_UINT32: lambda number: number & MASK_32,
    FieldDescriptor.TYPE_UINT64: int,
    FieldDescriptor.TYPE_SINT32: unzigzag(MASK_32),
    FieldDescriptor.TYPE_SINT64: unzigzag(MASK_64),
    FieldDescriptor.TYPE_BOOL: bool,
    FieldDescriptor.TYPE_ENUM: signed(32),
}
FIXED = {
    FieldDescriptor.TYPE_FIXED32: struct.Struct("<I"),
    FieldDescriptor.TYPE_SFIXED32: struct.Struct("<i"),
    FieldDescriptor.TYPE_FIXED64: struct.Struct("<Q"),
    FieldDescriptor.TYPE_SFIXED64: struct.Struct("<q"),
    FieldDescriptor.TYPE_FLOAT: struct.Struct("<f"),
    FieldDescriptor.TYPE_DOUBLE: struct.Struct("<d"),
}


def decoded(content: bytes, field: FieldDescriptor) -> int | float | bytes:
    """What the content of a scalar's record means to a parser; texts stay bytes."""
    known = VARINTS.get(field.type)
    if known is not None:
        return known(read_varint(content, 0, len(content))[0])
    form = FIXED.get(field.type)
    return form.unpack(content)[0] if form is not None else content
