"""Single values to bytes: numbers, truth values, enums, texts (the encoding page's table of scalar types)."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from decimal import Decimal

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from paperknife_decoders.expression.error import closest, listed
from paperknife_decoders.expression.shapes import value_names
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.writing import varint

__all__ = ["Encode", "encode_scalar", "said"]

type Encode = Callable[[Dynamic, FieldDescriptor], bytes]
"""A value to the content of a record, without tag and length. Raises `SpliceError`."""

MASK_32, MASK_64 = (1 << 32) - 1, (1 << 64) - 1
WHOLE = re.compile(r"[-+]?[0-9]{1,40}", re.ASCII)
REAL = re.compile(
    r"[-+]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?(?:[eE][-+]?[0-9]{1,4})?|inf(?:inity)?|nan)", re.ASCII | re.I
)
SHOWN = 60
"""Characters of a value that a sentence repeats."""


def said(value: Dynamic) -> str:
    """A value in an error, short and safe to print."""
    try:
        text = repr(value[:SHOWN] if isinstance(value, str | bytes) else value)
    except ValueError:  # Python does not write numbers of more than 4,300 digits
        return "a number of very many digits"
    return elide(printable(text), SHOWN)


def misfit(field: FieldDescriptor, value: Dynamic, wanted: str) -> SpliceError:
    """The sentence on a value that a field cannot hold."""
    return SpliceError(f"{field.name} takes {wanted}, not {said(value)}")


# Whole numbers: the lowest and the highest one, and the unsigned number that is written for each

SIGNED_32, SIGNED_64 = (-(1 << 31), (1 << 31) - 1), (-(1 << 63), (1 << 63) - 1)
UNSIGNED_32, UNSIGNED_64 = (0, MASK_32), (0, MASK_64)

RANGES = {
    FieldDescriptor.TYPE_INT32: SIGNED_32,
    FieldDescriptor.TYPE_SINT32: SIGNED_32,
    FieldDescriptor.TYPE_SFIXED32: SIGNED_32,
    FieldDescriptor.TYPE_INT64: SIGNED_64,
    FieldDescriptor.TYPE_SINT64: SIGNED_64,
    FieldDescriptor.TYPE_SFIXED64: SIGNED_64,
    FieldDescriptor.TYPE_UINT32: UNSIGNED_32,
    FieldDescriptor.TYPE_FIXED32: UNSIGNED_32,
    FieldDescriptor.TYPE_UINT64: UNSIGNED_64,
    FieldDescriptor.TYPE_FIXED64: UNSIGNED_64,
}


def whole(value: Dynamic, field: FieldDescriptor) -> int:
    """A whole number in the field's range; one with a zero behind its point and one in a text are as good."""
    low, high = RANGES[field.type]
    wanted = f"a whole number from {low:,} to {high:,}"
    number = as_whole(value)
    if number is None or not low <= number <= high:
        raise misfit(field, value, wanted)
    return number


def as_whole(value: Dynamic) -> int | None:
    """The whole number that `value` is; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return int(value) if WHOLE.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and value.adjusted() < 40
        and value == value.to_integral_value()
    ):
        return int(value)
    return None


def plain_varint(value: Dynamic, field: FieldDescriptor) -> bytes:
    """Negative numbers take ten bytes, those of 32 bits too."""
    return varint(whole(value, field) & MASK_64)


def zigzag(value: Dynamic, field: FieldDescriptor) -> bytes:
    """Small numbers of either sign are short: 0, -1, 1, -2 are written 0, 1, 2, 3."""
    number = whole(value, field)
    return varint(number << 1 if number >= 0 else -(number << 1) - 1)


def fixed(size: int) -> Encode:
    """Numbers of always so many bytes, the lowest first."""

    def encode(value: Dynamic, field: FieldDescriptor) -> bytes:
        return (whole(value, field) & (1 << 8 * size) - 1).to_bytes(size, "little")

    return encode


def boolean(value: Dynamic, field: FieldDescriptor) -> bytes:
    """A truth value, its name, 0 or 1."""
    truth = (
        TRUTH.get(value)
        if isinstance(value, str)
        else bool(value)
        if isinstance(value, int) and value in (0, 1)
        else None
    )
    if truth is None:
        raise misfit(field, value, "true or false")
    return b"\x01" if truth else b"\x00"


TRUTH = {"true": True, "false": False, "True": True, "False": False}


def enum_number(value: Dynamic, field: FieldDescriptor) -> bytes:
    """A value's name, in full or without the prefix that all share, or its number."""
    kind = field.enum_type
    assert kind is not None
    names = value_names(kind)
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        if value not in names:
            likely = closest(value, names)
            meant = f"; did you mean {likely}?" if likely else "."
            raise SpliceError(f"{field.name} is never {said(value)}{meant} It is one of: {listed(short_names(kind))}")
        return varint(names[value] & MASK_64)
    number = as_whole(value)
    if number is None or not SIGNED_32[0] <= number <= SIGNED_32[1]:
        raise misfit(field, value, f"a name or a number of {kind.name}")
    if kind.is_closed and number not in kind.values_by_number:
        error = misfit(field, value, f"one of {listed(short_names(kind))}, or the number of one")
        raise SpliceError(f"{error}: {kind.name} is a closed enum")
    return varint(number & MASK_64)


def short_names(kind: EnumDescriptor) -> Iterable[str]:
    """One name for each number, the short one of those that mean the same, which come first."""
    once = {number: name for name, number in reversed([*value_names(kind).items()])}
    return reversed(once.values())


# Numbers with a point


def real(value: Dynamic, field: FieldDescriptor) -> float:
    """A number, or a text that holds one."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            return float(value)
        except (OverflowError, ValueError):  # a whole number beyond all doubles; a signalling NaN
            raise misfit(field, value, "a number of up to 1.8e308") from None
    if isinstance(value, str) and REAL.fullmatch(value):
        return float(value)
    raise misfit(field, value, "a number")


def double(value: Dynamic, field: FieldDescriptor) -> bytes:
    """64 bits of IEEE 754."""
    return struct.pack("<d", real(value, field))


def single(value: Dynamic, field: FieldDescriptor) -> bytes:
    """32 bits of it, the nearest to the number."""
    try:
        return struct.pack("<f", real(value, field))
    except OverflowError:
        raise misfit(field, value, "a number of up to 3.4e38, or inf") from None


# Texts


def text(value: Dynamic, field: FieldDescriptor) -> bytes:
    """Text, which is always UTF-8 on the wire."""
    try:
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, bytes | bytearray | memoryview):
            return str(value, "utf-8").encode()
    except UnicodeError:
        raise misfit(field, value, "text that UTF-8 can hold") from None
    raise misfit(field, value, "text")


def raw(value: Dynamic, field: FieldDescriptor) -> bytes:
    """Bytes, or their hex digits, as the tree shows them."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)
        except ValueError:
            pass
    raise misfit(field, value, 'bytes, or their hex digits such as "0aff"')


ENCODERS: dict[int, Encode] = {
    FieldDescriptor.TYPE_SINT32: zigzag,
    FieldDescriptor.TYPE_SINT64: zigzag,
    FieldDescriptor.TYPE_FIXED32: fixed(4),
    FieldDescriptor.TYPE_SFIXED32: fixed(4),
    FieldDescriptor.TYPE_FIXED64: fixed(8),
    FieldDescriptor.TYPE_SFIXED64: fixed(8),
    FieldDescriptor.TYPE_BOOL: boolean,
    FieldDescriptor.TYPE_ENUM: enum_number,
    FieldDescriptor.TYPE_DOUBLE: double,
    FieldDescriptor.TYPE_FLOAT: single,
    FieldDescriptor.TYPE_STRING: text,
    FieldDescriptor.TYPE_BYTES: raw,
}
"""All other scalar types are plain varints."""


def encode_scalar(value: Dynamic, field: FieldDescriptor) -> bytes:
    """The content of a record of `field`. Raises `SpliceError` with what would fit."""
    return ENCODERS.get(field.type, plain_varint)(value, field)
