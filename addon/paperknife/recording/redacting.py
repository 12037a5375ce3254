"""Items without the secrets in them, for recordings that were made with secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from paperknife.recording.items import Closed, Item, Noticed
from paperknife.traffic import Piece
from paperknife_decoders.message import Message
from paperknife_decoders.redaction import Redactor

__all__ = ["redacted"]


def redacted(items: Iterable[Item], redactor: Redactor) -> Iterator[Item]:
    """The items in their order, with secrets masked in equal length: those of named fields, and what was one before."""
    known = redactor.known
    for item in items:
        match item:
            case Message():
                yield redacted_message(item, redactor)
            case Piece():
                data = redactor.redact_piece(item.data)
                yield item if data == item.data else replace(item, data=data)
            case Closed(close=close) if known.values:
                yield replace(item, close=replace(close, reason=known.mask_text(close.reason)))
            case Noticed() if known.values:
                yield replace(item, text=known.mask_text(item.text))
            case _:
                yield item


def redacted_message(message: Message, redactor: Redactor) -> Message:
    """A message without its secrets; itself where it has none."""
    reader, direction, opcode, original = message.reader, message.direction, message.opcode, message.original
    if original is not None and (found := redactor.redact_one(reader, direction, opcode, original)):
        original = found[0]
    found = redactor.redact_one(reader, direction, opcode, message.content)
    if found is None and original is message.original:
        return message
    content, masked = found or (message.content, ())
    return Message(
        message.connection,
        direction,
        message.time_ns,
        opcode,
        content,
        reader,
        message.fate,
        original,
        tuple(sorted({*message.masked, *masked})),
    )
