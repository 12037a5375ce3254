"""Which field of a message some byte of it belongs to."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType, walk

__all__ = ["path_at"]


def path_at(message: Message, offset: int) -> str:
    """The path of the field at an offset of a message's content (``login.password``); what it is where it has none."""
    if message.opcode >= Opcode.CLOSE:
        return f"({message.opcode.name.lower()} frame)"
    kind = message.reader.protocol.type_for(message.direction)
    if message.opcode is Opcode.TEXT or kind is None or message.reader.protocol.steps_for(message.direction):
        return f"({message.opcode.name.lower()} message)"
    return ".".join(names(message.content, offset, kind.descriptor)) or f"({message.opcode.name.lower()} message)"


def names(data: bytes, offset: int, kind: Descriptor | None) -> list[str]:
    """The names of the fields around an offset, outermost first; the numbers of those that the schema does not know."""
    found: list[str] = []
    start, end = 0, len(data)
    while len(found) < DEEPEST:
        field = field_at(data, start, end, offset)
        if field is None:
            break
        known = kind.fields_by_number.get(field.number) if kind is not None else None
        found.append(known.name if known is not None else str(field.number))
        kind = known.message_type if known is not None else None
        if kind is None or field.wire_type not in (WireType.LENGTH, WireType.GROUP):
            break
        start, end = field.content, field.content_end
    return found


def field_at(data: bytes, start: int, end: int, offset: int) -> Field | None:
    """The field of one level whose bytes are at an offset."""
    try:
        return next((field for field in walk(data, start, end) if field.start <= offset < field.end), None)
    except DecodeError:
        return None
