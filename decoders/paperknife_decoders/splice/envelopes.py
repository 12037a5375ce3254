"""One envelope of a message changed: through the steps of a protocol, and back to the message's content."""

from __future__ import annotations

from collections.abc import Iterable

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Reader
from paperknife_decoders.splice.changes import Change
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.splice.writing import Splicer, prepared

__all__ = ["edited", "edited_by"]


def edited(
    reader: Reader, direction: Direction, opcode: int, content: bytes, place: int, changes: Iterable[Change]
) -> bytes:
    """The content of a message with `changes` made in its envelope number `place`, which counts from 0.

    `changes` are paths of the direction's envelope type. What no change touches stays as it is, in the other envelopes
    and in the steps' own bytes too. Raises `PathError` and `SpliceError`; also where the message holds no such envelope
    or cannot be put together again.
    """
    kind = reader.protocol.type_for(direction)
    if kind is None:
        raise SpliceError(f"the {direction.value}'s messages have no type in this protocol, so no field can be changed")
    return edited_by(reader, direction, opcode, content, {place: prepared(kind.descriptor, changes)})


def edited_by(reader: Reader, direction: Direction, opcode: int, content: bytes, splicers: dict[int, Splicer]) -> bytes:
    """The content of a message with the envelopes at the keys of `splicers` changed by these."""
    way = reader.way(direction, opcode, content)
    if isinstance(way, Envelope):
        if way.form is not Form.DECODED:
            raise SpliceError(f"this message is no {name_of(way)}{f': {way.fault}' if way.fault else ''}")
        parts: tuple[bytes, ...] = (way.data,)
    else:
        parts = way.parts
    changed = list(parts)
    for place, splicer in splicers.items():
        if not 0 <= place < len(parts):
            holds = "1 envelope" if len(parts) == 1 else f"{len(parts)} envelopes"
            raise SpliceError(f"this message has no envelope {place}, it holds {holds}, counted from 0")
        changed[place] = splicer(parts[place])
    if isinstance(way, Envelope):
        return changed[0]
    try:
        return way.close(changed)
    except DecodeError as error:
        raise SpliceError(f"the changed message cannot be put together again: {error}") from error


def name_of(envelope: Envelope) -> str:
    """The type that was expected."""
    return envelope.type.name if envelope.type is not None else "Protobuf message"
