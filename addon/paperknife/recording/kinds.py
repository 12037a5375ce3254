"""Which kind of channel messages belong on: whether each is exactly one envelope, which other tools can then read."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from paperknife.recording.channels import Kind
from paperknife.traffic import Batch
from paperknife_decoders.message import Direction, Fate, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["kind_of", "kind_of_all"]


def kind_of_all(batch: Batch) -> Kind | None:
    """What all messages of a batch are alike; None where they differ, or one has to be looked at by itself."""
    opcodes = batch.opcodes
    if batch.masked or batch.hits or batch.fate is Fate.CHANGED or opcodes.count(opcodes[0]) != len(opcodes):
        return None
    protocol = batch.reader.protocol
    kind = protocol.type_for(batch.direction)
    if kind is None or protocol.steps_for(batch.direction) or opcodes[0] != Opcode.BINARY:
        return Kind.MESSAGE
    if batch.accord.parses:
        return Kind.ENVELOPE
    try:
        for content in batch.contents:
            kind.parse(content)
    except DecodeError:
        return None
    return Kind.ENVELOPE


def kind_of(content: bytes, opcode: Opcode, protocol: Protocol, direction: Direction) -> Kind:
    """Whether a message is exactly one bare envelope of its direction's type."""
    kind = protocol.type_for(direction)
    if kind is None or protocol.steps_for(direction) or opcode != Opcode.BINARY:
        return Kind.MESSAGE
    try:
        kind.parse(content)
    except DecodeError:
        return Kind.MESSAGE
    return Kind.ENVELOPE
