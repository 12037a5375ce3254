"""Where secrets lie in a message's bytes, for views that show bytes rather than values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.oddities.search import known_tags
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import DEEPEST, CutShort, Field, WireType, read_field, read_varint, walk_partly

__all__ = ["begins_like", "secret_fields", "secret_ranges", "secret_spans"]

LONGEST_PREFIX = 8
"""Bytes before an envelope that are taken for a length or a constant."""
MOST_SEARCHED = 16_384
"""So much of a message is searched for envelopes behind prefixes, which is more than any view shows of it."""
MOST_SHOWN = 16_384
"""Fields of one message, which is more than the wire view shows."""
MOST_PARTS = 100
"""So many envelopes behind prefixes of one message are looked at."""


def secret_spans(data: bytes, descriptor: Descriptor, secrets: Secrets, path: tuple[str, ...] = ()) -> frozenset[int]:
    """The offsets at which fields of this type start that hold secrets; never raises.

    In each message as many fields are looked at as the wire view could show, and more. `path` are the names that lead
    to the message from its envelope.
    """
    return frozenset(field.start for field in secret_fields(data, (0, len(data)), descriptor, secrets, path))


def secret_ranges(data: bytes, descriptor: Descriptor, secrets: Secrets) -> tuple[tuple[int, int], ...]:
    """Where secrets start and end in an envelope of this type, or in several that have a prefix each; never raises.

    A prefix is up to 8 bytes that the protocol does not know of: a length, flags, or what just stands there. It is too
    weak a sign to decode by, but reason enough not to show what would be a secret. The ranges are sorted and may
    overlap.
    """
    data = data[:MOST_SEARCHED]
    found = {
        (field.start, field.end)
        for prefix in range(LONGEST_PREFIX + 1)
        for part in islice(parts(data, prefix, descriptor), MOST_PARTS)
        for field in secret_fields(data, part, descriptor, secrets)
    }
    return tuple(sorted(found))


def secret_fields(
    data: bytes,
    part: tuple[int, int],
    descriptor: Descriptor,
    secrets: Secrets,
    path: tuple[str, ...] = (),
) -> Iterator[Field]:
    """The fields that hold secrets in a message of this type, a part of `data`, also where it is cut."""
    waiting: list[tuple[tuple[int, int], Descriptor, tuple[str, ...]]] = [(part, descriptor, path)]
    while waiting:
        (start, end), kind, path = waiting.pop()
        read = walk_partly(data, start, end, limit=MOST_SHOWN)
        cut = read.error.field if isinstance(read.error, CutShort) else None
        for field in [*read.fields, *([cut] if cut else [])]:
            known = kind.fields_by_number.get(field.number)
            if known is None or len(path) > DEEPEST:
                continue
            inner = (*path, known.name)
            if secrets.hides(known, inner):
                yield field
            elif known.message_type and field.wire_type in (WireType.LENGTH, WireType.GROUP):
                waiting.append(((field.content, field.content_end), known.message_type, inner))


def parts(data: bytes, prefix: int, descriptor: Descriptor) -> Iterator[tuple[int, int]]:
    """Start and end of what may be envelopes behind `prefix` bytes each.

    Where no number in a prefix says how long its envelope is, that reaches to the end.
    """
    start = prefix
    while start < len(data):
        end = part_end(data, start, prefix)
        if not prefix or begins_like(data, start, descriptor):
            yield start, end
        start = end + prefix


def part_end(data: bytes, start: int, prefix: int) -> int:
    """Where the envelope at `start` ends if the bytes before it say so; else the end of all."""
    ends = [start + size for size in lengths(data[start - prefix : start]) if 0 < size <= len(data) - start]
    return min(ends, default=len(data))


def lengths(prefix: bytes) -> Iterator[int]:
    """What a prefix says if it ends in a length: a varint, or 16 or 32 bits in either byte order."""
    try:
        size, after = read_varint(prefix, 0, len(prefix))
        if after == len(prefix):
            yield size
    except DecodeError:
        pass
    for width in (1, 2, 4):
        if width <= len(prefix):
            yield int.from_bytes(prefix[-width:], "big")
            yield int.from_bytes(prefix[-width:], "little")


def begins_like(data: bytes, start: int, descriptor: Descriptor) -> bool:
    """True if there is a field at `start` that this type has, whole or cut short; at the end there is none."""
    if start >= len(data):
        return False
    try:
        field = read_field(data, start, len(data))
    except CutShort as cut:
        if cut.field is None:
            return False
        field = cut.field
    except DecodeError:
        return False
    return field.number << 3 | field.wire_type in known_tags(descriptor)
