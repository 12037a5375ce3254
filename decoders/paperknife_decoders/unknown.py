"""What a message holds that its type does not know: a newer peer's fields, or the sign that it is of another type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from google.protobuf.message import Message as ProtoMessage
from google.protobuf.unknown_fields import UnknownFieldSet

from paperknife_decoders.oddities.search import known_tags
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.view import wire_summary
from paperknife_decoders.wire.walker import WireType, walk_partly
from paperknife_decoders.wire.writing import varint

SUMMARY = 72
"""Columns for what an unknown field holds."""


def unknown_fields(message: ProtoMessage) -> Iterable[Dynamic]:
    """The unknown fields of `message` itself, each with `field_number`, `wire_type` and `data`, in wire order."""
    fields: Dynamic = UnknownFieldSet(message)  # iterable, which its stubs do not know
    return cast("Iterable[Dynamic]", fields)


def unknown_part(message: ProtoMessage, data: bytes, limit: int = 1000) -> bytes:
    """Those of the first `limit` fields of `data`, the bytes of `message`, that its type does not know, side by side.

    A field whose number is also set is left out, so that the wire view of the rest shows no secret of the schema.
    """
    known = known_tags(kind_of(message))
    taken = {field.number for field, _ in list_fields(message)}
    return b"".join(
        data[field.start : field.end]
        for field in walk_partly(data, limit=limit).fields
        if field.number not in taken and field.number << 3 | field.wire_type not in known
    )


def unknown_words(field: Dynamic) -> str:
    """The number of an unknown field and its likeliest reading: ``12=7``, ``12="hello"``, ``12={1=5021.25}``."""
    if field.wire_type == WireType.GROUP:
        return f"{field.field_number}=group of {len(field.data)} fields"
    tag = varint(field.field_number << 3 | field.wire_type)
    match field.wire_type:
        case WireType.VARINT:
            content = varint(field.data)
        case WireType.LENGTH:
            content = varint(len(field.data)) + field.data
        case _:
            content = field.data.to_bytes(8 if field.wire_type == WireType.FIXED64 else 4, "little")
    return wire_summary(tag + content, SUMMARY)
