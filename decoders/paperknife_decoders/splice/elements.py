"""The elements of a list: one in each record, or many numbers packed in one, in whatever mixture they come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.hops import Form
from paperknife_decoders.splice.scanning import Span, counts
from paperknife_decoders.wire.walker import FIXED_SIZES, Field, WireType, read_varint

__all__ = ["Element", "elements_of", "is_packed"]

VARINT = re.compile(rb"[\x80-\xff]{0,9}[\x00-\x7f]")
"""One varint of at most ten bytes."""


class Element(NamedTuple):
    """One element: the record that it is in, and its own bytes there."""

    record: Field
    start: int
    end: int


def is_packed(record: Field, form: Form) -> bool:
    """True for a record of many numbers."""
    return bool(form.packed) and record.wire_type is WireType.LENGTH


def elements_of(data: bytes, records: Sequence[Field], form: Form) -> list[Element]:
    """All elements in their order. Raises `DecodeError` for packed numbers that end within one."""
    if not form.packed:
        return [Element(each, each.content, each.content_end) for each in records]
    found: list[Element] = []
    for record in records:
        if record.wire_type is WireType.LENGTH:
            found += [Element(record, start, end) for start, end in packed_spans(data, record, form)]
        else:
            found.append(Element(record, record.content, record.content_end))
    return found


def packed_spans(data: bytes, record: Field, form: Form) -> Iterable[Span]:
    """Where each number of a packed record lies; those that a closed enum does not know are no elements."""
    size = FIXED_SIZES.get(form.wire_type)
    if size is not None:
        if record.value % size:
            raise DecodeError(f"packed numbers of {size} bytes each in {record.value:,} bytes", record.content)
        return ((start, start + size) for start in range(record.content, record.content_end, size))
    return known_spans(data, record, form)


def known_spans(data: bytes, record: Field, form: Form) -> Iterator[Span]:
    """Where each varint lies that counts."""
    known = form.tags[form.number << 3 | WireType.VARINT]
    position = record.content
    for found in VARINT.finditer(data, position, record.content_end):
        start, end = found.span()
        if start != position:
            break
        position = end
        if known is None or counts(read_varint(data, start, end)[0], known):
            yield start, end
    if position != record.content_end:
        raise DecodeError("packed numbers of which one is cut short or longer than 10 bytes", position)
