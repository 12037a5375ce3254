"""Scanning: the records of one field, and of its rivals in a `oneof`, among all others of a level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.hops import Form, Tags
from paperknife_decoders.wire.walker import Field, WireType, close_group, read_field

__all__ = ["Span", "live", "records_in", "scan", "signed_32"]

type Span = tuple[int, int]


def records_in(data: bytes, spans: Iterable[Span], tags: Tags) -> list[Field]:
    """The records with one of `tags` in a message that lies at `spans`, which are read side by side."""
    found: list[Field] = []
    for start, end in spans:
        scan(data, start, end, tags, found)
    return found


def scan(data: bytes, start: int, end: int, tags: Tags, found: list[Field]) -> None:
    """Add the records with one of `tags` to `found`. Raises `DecodeError` where the level cannot be read.

    The records that are not asked for are most, and most of them are small: these are passed without a call.
    """
    position = start
    while position < end:
        tag = data[position]
        behind = position + 1
        if tag > 127 and behind < end and (high := data[behind]) < 128:  # two bytes: field numbers 16 to 2047
            tag = tag & 127 | high << 7
            behind += 1
        if tag not in tags and behind < end and tag > 7 and (size := data[behind]) < 128:
            kind = tag & 7
            if kind == WIRE_LENGTH:
                behind += size
            elif kind != WIRE_VARINT:
                behind = end
            if behind < end:
                position = behind + 1
                continue
        position = careful(data, position, end, tags, found)


WIRE_LENGTH, WIRE_VARINT = int(WireType.LENGTH), int(WireType.VARINT)


def careful(data: bytes, position: int, end: int, tags: Tags, found: list[Field]) -> int:
    """Read one record in full, add it if it counts, and give the offset behind it."""
    field = read_field(data, position, end)
    if field.wire_type is WireType.GROUP:
        field = close_group(data, field, end)
    elif field.wire_type is WireType.GROUP_END:
        raise DecodeError(f"the end of group {field.number}, which is not open,", position)
    tag = field.number << 3 | field.wire_type
    if tag in tags and (field.wire_type is not WireType.VARINT or counts(field.value, tags[tag])):
        found.append(field)
    return field.end


def counts(number: int, known: frozenset[int] | None) -> bool:
    """False for a number that a closed enum does not know: parsers put it among the unknown fields."""
    return known is None or signed_32(number) in known


def signed_32(number: int) -> int:
    """The lower 32 bits of a varint with their sign."""
    return (number & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000


def live(found: Sequence[Field], form: Form) -> list[Field]:
    """The records of a field that count: of a member of a `oneof` those behind the last of another member."""
    if not form.in_oneof:
        return list(found)
    first = len(found)
    while first and found[first - 1].number == form.number:
        first -= 1
    return list(found[first:])
