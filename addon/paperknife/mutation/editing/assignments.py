"""Changes of a message in one line each: ``order.quantity=5``, ``order.client_tag=``."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife_decoders.message import Message
from paperknife_decoders.splice import Change, Clear, Set, SpliceError, edited, path_from

__all__ = ["assigned"]


def assigned(message: Message, changes: Sequence[str]) -> bytes:
    """The content of a message with changes made in its first envelope; one without a value unsets the field.

    Raises `PathError` and `SpliceError`.
    """
    kind = message.reader.protocol.type_for(message.direction)
    if kind is None:
        raise SpliceError("this message is not decoded, so no field of it can be changed.")
    made: list[Change] = []
    for text in changes:
        path, sign, value = text.partition("=")
        if not sign:
            raise SpliceError(f"a change such as order.quantity=5 was expected, not {text[:60]!r}")
        found = path_from(path.strip(), kind.descriptor)
        made.append(Set(found, value.strip()) if value.strip() else Clear(found))
    return edited(message.reader, message.direction, message.opcode, message.content, 0, made, message.before)
