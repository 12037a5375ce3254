"""Values as the cells of a table: numbers that read back as the same number, text that no spreadsheet runs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.values import DECIMAL, Dynamic, bool_text, float32_text, timestamp_words

__all__ = ["duration_cell", "json_cell", "scalar_cell", "text_cell", "timestamp_cell"]

FORMULA = frozenset("=+-@\t\r\n'")
"""What makes a spreadsheet take a cell for a formula when it comes first (owasp.org, "CSV Injection"), and our sign."""

NANOS = 1_000_000_000


def text_cell(text: str | bytes) -> str:
    """Text. What a spreadsheet would run as a formula gets a ``'`` in front.

    So does text that begins with ``'`` itself: to have the text as it was, take one ``'`` off the front. Plain numbers
    stay as they are, negative ones too.
    """
    if isinstance(text, bytes):  # proto2 does not check that a string is UTF-8
        text = text.decode("utf-8", "backslashreplace")
    if text and text[0] in FORMULA and not DECIMAL.fullmatch(text):
        return f"'{text}"
    return text


def bytes_cell(value: bytes) -> str:
    """Bytes in hex behind ``0x``, which no spreadsheet takes for a number."""
    return f"0x{value.hex()}" if value else ""


def double_cell(value: float) -> str:
    """The shortest text that reads back as the same number; ``NaN``, ``Infinity`` as in JSON."""
    return repr(value) if math.isfinite(value) else no_number(value)


def float_cell(value: float) -> str:
    """A number of single precision."""
    return float32_text(value) if math.isfinite(value) else no_number(value)


def no_number(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def timestamp_cell(value: Dynamic) -> str:
    """RFC 3339 in UTC."""
    return timestamp_words(value.seconds, value.nanos)


def duration_cell(value: Dynamic) -> str:
    """Seconds as an exact decimal number: ``1.5``, ``-0.000000001``; what is no duration as its two numbers."""
    seconds, nanos = value.seconds, value.nanos
    if abs(nanos) >= NANOS or seconds * nanos < 0:
        return f"seconds={seconds},nanos={nanos}"
    whole, rest = divmod(abs(seconds * NANOS + nanos), NANOS)
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{whole}" + (f".{rest:09d}".rstrip("0") if rest else "")


def json_cell(value: Dynamic) -> str:
    """What is not one value, as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


SCALARS: dict[int, Callable[[Dynamic], str]] = {
    FieldDescriptor.CPPTYPE_INT32: str,
    FieldDescriptor.CPPTYPE_INT64: str,
    FieldDescriptor.CPPTYPE_UINT32: str,
    FieldDescriptor.CPPTYPE_UINT64: str,
    FieldDescriptor.CPPTYPE_DOUBLE: double_cell,
    FieldDescriptor.CPPTYPE_FLOAT: float_cell,
    FieldDescriptor.CPPTYPE_BOOL: bool_text,
    FieldDescriptor.CPPTYPE_STRING: text_cell,
}


def scalar_cell(field: FieldDescriptor) -> Callable[[Dynamic], str]:
    """How one value of a field that is no message is written; an enum value without a name as its number."""
    if field.enum_type is not None:
        names = {value.number: value.name for value in reversed(field.enum_type.values)}
        return lambda number: names.get(number) or str(number)
    return bytes_cell if field.type == FieldDescriptor.TYPE_BYTES else SCALARS[field.cpp_type]
