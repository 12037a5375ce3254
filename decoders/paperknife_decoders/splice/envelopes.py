"""One envelope of a message changed: through the steps of a protocol, and back to the message's content."""

from __future__ import annotations

from collections.abc import Iterable

from paperknife_decoders.envelope import Form
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import NOTHING, Rest
from paperknife_decoders.splice.changes import Change
from paperknife_decoders.splice.errors import SpliceError
from paperknife_decoders.splice.fronting import with_front
from paperknife_decoders.splice.writing import prepared
from paperknife_decoders.steps import Opened

__all__ = ["edited"]


def edited(  # noqa: PLR0913, PLR0917 - a message, and what is done to it
    reader: Reader,
    direction: Direction,
    opcode: int,
    content: bytes,
    place: int,
    changes: Iterable[Change],
    before: Rest = NOTHING,
) -> bytes:
    """The content of a message with `changes` made in its envelope number `place`, which counts from 0.

    `changes` are paths of the direction's envelope type. What no change touches stays as it is, in the other envelopes
    and in the steps' own bytes too. `before` is what earlier messages left for this one (`Message.before`), which
    cannot change any more. Raises `PathError` and `SpliceError`; also where the message holds no such envelope
    or cannot be put together again.
    """
    kind = reader.protocol.type_for(direction)
    if kind is None:
        raise SpliceError(f"the {direction.value}'s messages have no type in this protocol, so no field can be changed")
    splicer = prepared(kind.descriptor, changes)
    opened = opened_way(reader, direction, opcode, content, before)
    count = len(opened.parts)
    if not 0 <= place < count:
        raise SpliceError(f"there is no envelope {place}; this message holds {count:,}, the first of which is 0")
    parts = list(opened.parts)
    parts[place] = splicer(parts[place])
    try:
        return opened.close(parts)
    except DecodeError as error:
        raise SpliceError(f"the changed message cannot be put together again: {error}") from error


def opened_way(reader: Reader, direction: Direction, opcode: int, content: bytes, before: Rest) -> Opened:
    """The way to a message's envelopes and back. Raises `SpliceError` where the message has none.

    A bare envelope does not have to parse: it is changed as far as its bytes can be read.
    """
    way = reader.way(direction, opcode, content, before)
    if isinstance(way, Opened):
        return with_front(reader, direction, before, way)
    if reader.has_steps(direction, opcode) or way.form not in BARE:
        name = way.type.name if way.type is not None else "Protobuf message"
        found = way.fault or f"it is {way.form.value}"
        raise SpliceError(f"this message holds no {name}, so no field can be changed: {found}")
    return Opened((content,), b"".join)


BARE = (Form.DECODED, Form.WIRE, Form.BYTES)
