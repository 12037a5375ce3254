"""What is carried and of no known type: the bytes in which an envelope without a payload may have one."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.carrying.union import PACKAGE
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.wire.walker import is_wire_format

__all__ = ["unread_parts"]


def unread_parts(message: ProtoMessage) -> Iterator[tuple[FieldDescriptor, bytes]]:
    """The bytes fields of a made type's message that hold what may be Protobuf; nothing for any other message."""
    if not message.DESCRIPTOR.file.package.startswith(PACKAGE):
        return
    for field, value in list_fields(message):
        if field.type == FieldDescriptor.TYPE_BYTES and not field.is_repeated and value and is_wire_format(value):
            yield field, value
