"""What is carried and of no known type: the bytes in which an envelope without a payload may have one."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.carrying.union import FIRST_MEMBER, PACKAGE
from paperknife_decoders.reflection import list_fields, which_oneof
from paperknife_decoders.wire.walker import is_wire_format

__all__ = ["has_unread", "unread_parts"]


def unread_parts(message: ProtoMessage) -> Iterator[tuple[FieldDescriptor, bytes]]:
    """The bytes fields of a made type's message that hold what may be Protobuf; nothing for any other message."""
    if not message.DESCRIPTOR.file.package.startswith(PACKAGE):
        return
    for field, value in list_fields(message):
        if field.type == FieldDescriptor.TYPE_BYTES and not field.is_repeated and value and is_wire_format(value):
            yield field, value


def has_unread(message: ProtoMessage) -> bool:
    """True if anything in a made type's message, at any depth, should carry a message and does not.

    Its key stands for no type, or a step refused its bytes. What is empty carries nothing.
    """
    waiting = [message]
    while waiting:
        each = waiting.pop()
        descriptor, found = each.DESCRIPTOR, list_fields(each)
        if not descriptor.file.package.startswith(PACKAGE):
            continue  # carriers lie in made types only
        made = (oneof.name for oneof in descriptor.oneofs if oneof.fields[0].number >= FIRST_MEMBER)
        if found and any(which_oneof(each, name) is None for name in made):
            return True
        for field, value in found:
            if field.message_type is None:
                continue
            if field.message_type.GetOptions().map_entry:
                waiting += [item for item in value.values() if isinstance(item, ProtoMessage)]
            elif field.is_repeated:
                waiting += value
            else:
                waiting.append(value)
    return False
