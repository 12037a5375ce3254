"""Scanning: the records of one field, and of its rivals in a `oneof`, among all others of a level."""

from __future__ import annotations

from collections.abc import Iterable

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.hops import Form, Tags
from paperknife_decoders.wire.walker import FIXED_SIZES, Field, WireType, close_group, read_field

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

    Most records have tags and lengths of at most two bytes and are not asked for: these are passed without a call.
    Whatever is unusual in one, and be it wrong, is left to the walker.
    """
    position = start
    while position < end:
        tag = data[position]
        behind = position + 1
        if tag > 127 and behind < end:
            tag = tag & 127 | data[behind] << 7
            behind += 1
        if behind < end and 7 < tag < TWO_BYTES:
            kind = tag & 7
            if kind == LENGTH:
                body = behind
                size = data[behind]
                behind += 1
                if size > 127 and behind < end:
                    size = size & 127 | data[behind] << 7
                    behind += 1
                if size < TWO_BYTES and behind + size <= end:
                    content = behind
                    behind += size
                    if tag in tags:
                        found.append(Field(tag >> 3, WireType.LENGTH, size, position, body, content, behind, behind))
                    position = behind
                    continue
            elif tag not in tags:
                if kind == VARINT:
                    longest = behind + 10
                    while behind < end and data[behind] > 127:
                        behind += 1
                    behind = behind + 1 if behind < longest else FAR
                else:
                    behind += FIXED.get(kind, FAR)
                if behind <= end:
                    position = behind
                    continue
        position = careful(data, position, end, tags, found)


LENGTH, VARINT = int(WireType.LENGTH), int(WireType.VARINT)  # plain numbers compare faster
FIXED = {int(kind): size for kind, size in FIXED_SIZES.items()}
TWO_BYTES = 1 << 14
"""A varint of two bytes is less; one that goes on is more, when its second byte is taken for its last."""

FAR = 1 << 32
"""Beyond the end of any message."""


def careful(data: bytes, position: int, end: int, tags: Tags, found: list[Field]) -> int:
    """Read one record in full, add it if it counts, and give the offset behind it."""
    field = read_field(data, position, end)
    number, wire_type, value = field[:3]
    if wire_type is WireType.GROUP:
        field = close_group(data, field, end)
    elif wire_type is WireType.GROUP_END:
        raise DecodeError(f"the end of group {number}, which is not open,", position)
    tag = number << 3 | wire_type
    if tag in tags and (wire_type is not WireType.VARINT or counts(value, tags[tag])):
        found.append(field)
    return field.end


def counts(number: int, known: frozenset[int] | None) -> bool:
    """False for a number that a closed enum does not know: parsers put it among the unknown fields."""
    return known is None or signed_32(number) in known


def signed_32(number: int) -> int:
    """The lower 32 bits of a varint with their sign."""
    return (number & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000


def live(found: list[Field], form: Form) -> list[Field]:
    """The records of a field that count: of a member of a `oneof` those behind the last of another member."""
    if not form.in_oneof:
        return found
    first = len(found)
    while first and found[first - 1].number == form.number:
        first -= 1
    return found[first:] if first else found
