"""Which of the masked parts of a message a view does not name by itself."""

from __future__ import annotations

from functools import lru_cache

from paperknife_decoders.message import Message
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.redactor import Redactor

__all__ = ["masked_elsewhere"]


def masked_elsewhere(message: Message) -> bool:
    """True if something was masked that has no secret name: a value known from before, or what no schema can read.

    Fields with secret names are still where they were, so that what is masked besides them is what is left.
    """
    if not message.masked:
        return False
    protocol = message.reader.protocol
    redactor = redactor_for(protocol)
    content, edits = redactor.named(message.reader, message.direction, message.opcode, message.content, message.before)
    if content != message.content:
        return False
    return any(not any(edit.start <= start and end <= edit.end for edit in edits) for start, end in message.masked)


@lru_cache(maxsize=4)
def redactor_for(protocol: Protocol) -> Redactor:
    """One for each protocol, for the tables that it makes; what it learns is asterisks, which is nothing."""
    return Redactor()
