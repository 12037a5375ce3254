"""What a message holds that its type does not know: a newer peer's fields, or the sign that it is of another type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from google.protobuf.message import Message as ProtoMessage
from google.protobuf.unknown_fields import UnknownFieldSet

from paperknife_decoders.wire import walk_partly

__all__ = ["unknown_fields", "unknown_numbers", "unknown_part"]


def unknown_fields(message: ProtoMessage) -> Iterable[Any]:
    """The unknown fields of `message` itself, each with `field_number`, `wire_type` and `data`, in wire order."""
    fields: Any = UnknownFieldSet(message)  # iterable, which its stubs do not know
    return cast("Iterable[Any]", fields)


def unknown_numbers(message: ProtoMessage) -> tuple[int, ...]:
    """The numbers of the unknown fields of `message` itself (not of those inside it), each once, in wire order."""
    return tuple(dict.fromkeys(field.field_number for field in unknown_fields(message)))


def unknown_part(message: ProtoMessage, data: bytes) -> bytes:
    """Those fields of `data`, the bytes of `message`, of which the type knows nothing, laid side by side.

    A known field never is among them, so that the wire view of the rest shows no secret of the schema.
    """
    numbers = set(unknown_numbers(message)).difference(field.number for field, _ in message.ListFields())
    if not numbers:
        return b""
    return b"".join(data[field.start : field.end] for field in walk_partly(data).fields if field.number in numbers)
