"""How a reading is written: its value in a few characters, safe to print, its middle left out where it is long."""

from __future__ import annotations

import json

from paperknife_decoders.printable import elide, printable
from paperknife_decoders.wire.readings import Kind, Reading
from paperknife_decoders.wire.walker import Field

__all__ = ["hex_text", "reading_text"]

HIGH_BYTES = bytes(range(128, 256))
PACKED_SIZES = {Kind.PACKED_DOUBLE: 8, Kind.PACKED_FLOAT: 4}


def reading_text(reading: Reading, data: bytes, field: Field, *, text: int = 512, hexed: int = 64) -> str:
    """The value of `field` of `data` as this reading, in JSON's way of writing; ``{…}`` for what nests.

    `text` bounds the characters of a string, `hexed` the bytes that are shown as hex.
    """
    value = reading.value
    match value:
        case None:
            return hex_text(data, field.content, field.content_end, hexed) if reading.kind is Kind.BYTES else "{…}"
        case bool():
            return str(value).lower()
        case str():
            return value if reading.kind is Kind.TIME else quoted(value, field.value, text)
        case tuple():
            count = packed_count(reading.kind, data, field)
            shown = ", ".join(map(number_text, value[: text // 12]))
            return f"[{shown}]" if count <= min(len(value), text // 12) else f"[{shown}, … {count:,} in all]"
    return number_text(value)


def number_text(value: float) -> str:
    """A number without a needless fraction or exponent (``5021.0`` keeps its fraction: it is a floating-point one)."""
    return repr(value)


def quoted(value: str, size: int, limit: int) -> str:
    """A string in quotes; one that does not show whole says how many bytes it has."""
    if len(value) <= limit and len(value.encode()) == size:
        return printable(json.dumps(value, ensure_ascii=False))
    return f"{printable(json.dumps(elide(value, limit), ensure_ascii=False))} ({size:,} B)"


def hex_text(data: bytes, start: int, end: int, limit: int = 64) -> str:
    """The bytes of `data` between the two offsets as hex, the middle left out beyond `limit` of them."""
    size = end - start
    if size <= limit:
        return data[start:end].hex()
    half = limit // 2
    return f"{data[start : start + half].hex()}…{data[end - half : end].hex()} ({size:,} B)"


def packed_count(kind: Kind, data: bytes, field: Field) -> int:
    """How many numbers a packed field holds: the bytes that end a varint, or its length by their width."""
    if kind in PACKED_SIZES:
        return field.value // PACKED_SIZES[kind]
    return len(data[field.content : field.content_end].translate(None, HIGH_BYTES))
