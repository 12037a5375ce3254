"""The normal form of unknown fields: sorted by number, in the shortest encoding; of a large message as they came."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import groupby
from typing import cast

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.reflection import list_fields
from paperknife_decoders.unknown import unknown_fields
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.walker import WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["LARGEST", "encoded", "is_large", "settle_unknown", "unknown_by_number", "unknown_bytes"]

LARGEST = 1 << 20
"""Bytes of a message whose unknown fields are looked at one by one; as objects they take a hundred times as much."""

discard = cast("Callable[[Dynamic], None]", Duration.DiscardUnknownFields)
merge = cast("Callable[[Dynamic, bytes], int]", Duration.MergeFromString)


def settle_unknown(message: ProtoMessage) -> None:
    """Bring the unknown fields of a message, at any depth, into their normal form. The parser bounds the depth."""
    if is_large(message):
        return
    found = [
        (each, data)
        for each in messages_in(message)
        if (data := b"".join(map(encoded, sorted(unknown_fields(each), key=number_of))))
    ]
    if found:
        discard(message)
        for each, data in found:
            merge(each, data)


def is_large(message: ProtoMessage) -> bool:
    """True for a message whose unknown fields are not looked at one by one. It may lack what is required."""
    return len(message.SerializePartialToString()) > LARGEST


def unknown_by_number(message: ProtoMessage) -> dict[int, list[Dynamic]]:
    """The unknown fields of a message itself, by number, in their order."""
    return {
        number: list(fields) for number, fields in groupby(sorted(unknown_fields(message), key=number_of), number_of)
    }


def unknown_bytes(message: ProtoMessage) -> bytes:
    """The unknown fields of a message itself, as they came."""
    bare = deepcopy(message)
    for field, _ in list_fields(message):
        bare.ClearField(field.name)
    return bare.SerializePartialToString()


def number_of(field: Dynamic) -> int:
    """The number of an unknown field."""
    return int(field.field_number)


def messages_in(message: Dynamic) -> list[Dynamic]:
    """A message and all that lie in it."""
    found = [message]
    for each in found:
        for field, value in list_fields(each):
            kind = field.message_type
            if kind is None:
                continue
            if not field.is_repeated:
                found.append(value)
            elif not kind.GetOptions().map_entry:
                found += value
            elif kind.fields_by_name["value"].message_type is not None:
                found += [value[key] for key in value]
    return found


def encoded(field: Dynamic) -> bytes:
    """An unknown field as bytes, in the shortest encoding."""
    number, data = number_of(field), field.data
    tag = varint(number << 3 | field.wire_type)
    match field.wire_type:
        case WireType.VARINT:
            content = varint(data)
        case WireType.LENGTH:
            content = varint(len(data)) + data
        case WireType.GROUP:
            content = b"".join(map(encoded, sorted(data, key=number_of))) + varint(number << 3 | WireType.GROUP_END)
        case _:
            content = int(data).to_bytes(8 if field.wire_type == WireType.FIXED64 else 4, "little")
    return tag + content
