"""Readings: what a field without a schema could be, the likeliest first.

The wire tells four shapes apart, and each of them has several meanings
(https://protobuf.dev/programming-guides/encoding/#structure). What is likelier is judged by the value alone:

* Varints and fixed bytes are read by `number_readings`.
* Content that is text without control characters is a string, for a message hardly ever consists of printable bytes
  alone. Else it is a message if it can be walked and has sensible field numbers; else packed floating-point numbers of
  everyday magnitude, packed varints of about the same size, text with some control characters, or just bytes.

Every other reading that the bytes allow is given too, after the best one. Packed numbers are never certain.
"""

from __future__ import annotations

import codecs
import re

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.wire.number_readings import (
    FIXED32,
    FIXED64,
    Kind,
    Reading,
    fixed_readings,
    is_everyday,
    real_number,
    varint_readings,
)
from paperknife_decoders.wire.walker import CutShort, Field, WireType, read_varint, walk_partly

__all__ = ["Kind", "Reading", "best_reading", "content_readings", "is_lines_of_text", "readings"]

SAMPLE = 65_536
"""Longer content is judged by so many bytes at its beginning."""

PACKED_SHOWN = 32
"""So many numbers of a packed list are read."""


def readings(data: bytes, field: Field) -> tuple[Reading, ...]:
    """What `field` of `data` could be, the likeliest first; never empty, never raises."""
    match field.wire_type:
        case WireType.VARINT:
            return varint_readings(field.value)
        case WireType.FIXED64:
            return fixed_readings(field.value, FIXED64)
        case WireType.FIXED32:
            return fixed_readings(field.value, FIXED32)
        case WireType.LENGTH:
            return content_readings(data, field.content, field.content_end)
    return (Reading(Kind.GROUP),)


def best_reading(data: bytes, field: Field, *, cut: bool = False) -> Reading:
    """The first of all readings, found at once where it is a plain number, clean text or a sensible message.

    `cut` says that the rest of length-delimited content is missing.
    """
    if field.wire_type is WireType.VARINT and field.value < SIGN_BIT:
        return Reading(Kind.VARINT, field.value)
    if field.wire_type is not WireType.LENGTH:
        return readings(data, field)[0]
    start, end = field.content, field.content_end
    sample = data[start : min(end, start + SAMPLE)]
    text = text_of(sample, cut=cut or len(sample) < end - start)
    if start == end or (text and text.isprintable()):
        return Reading(Kind.STRING, text)
    if message_likelihood(data, start, end, cut=cut) == SENSIBLE_MESSAGE:
        return Reading(Kind.MESSAGE)
    return content_readings(data, start, end, cut=cut)[0]


SIGN_BIT = 1 << 63


def content_readings(data: bytes, start: int, end: int, *, cut: bool = False) -> tuple[Reading, ...]:
    """Readings of length-delimited content. `cut` says that the rest of it is missing."""
    if start == end:
        return Reading(Kind.STRING, ""), Reading(Kind.BYTES), Reading(Kind.MESSAGE)
    sample = data[start : min(end, start + SAMPLE)]
    text = text_of(sample, cut=cut or len(sample) < end - start)
    message = message_likelihood(data, start, end, cut=cut)
    ranked = [
        *text_readings(text),
        *([(message, Reading(Kind.MESSAGE))] if message else []),
        *packed_readings(sample, end - start),
        (BYTES, Reading(Kind.BYTES)),
    ]
    ranked.sort(key=lambda pair: -pair[0])
    return tuple(reading for _, reading in ranked)


# How likely a reading of content is, next to the others. They are compared, never added.
CLEAN_TEXT, SENSIBLE_MESSAGE, LINES_OF_TEXT, REALS, ROUGH_TEXT, ALIKE, BYTES, CONCEIVABLE = 9, 8, 7, 6, 5, 4, 3, 2


def text_of(sample: bytes, *, cut: bool) -> str | None:
    """`sample` as text, None where it is not UTF-8. Where it is `cut`, its last character may be incomplete."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(sample, final=not cut)
    except UnicodeDecodeError:
        return None


def text_readings(text: str | None) -> list[tuple[int, Reading]]:
    """The reading as a string, ranked by how printable it is."""
    if not text:
        return []
    reading = Reading(Kind.STRING, text)
    if text.isprintable():
        return [(CLEAN_TEXT, reading)]
    if is_lines_of_text(text):
        return [(LINES_OF_TEXT, reading)]
    odd = sum(not char.isprintable() for char in text)
    return [(ROUGH_TEXT if odd * 5 <= len(text) else CONCEIVABLE, reading)]


def is_lines_of_text(text: str) -> bool:
    """True if `text` has no control characters and the like, but for line breaks and tabs."""
    return text.translate(LINE_BREAKS).isprintable()


LINE_BREAKS = str.maketrans("", "", "\n\r\t")


def message_likelihood(data: bytes, start: int, end: int, *, cut: bool) -> int:
    """How likely the content is a message; 0 if it cannot be one. Long content is judged by its first fields."""
    read = walk_partly(data, start, end, limit=1000)
    if read.error is not None and not (cut and isinstance(read.error, CutShort)):
        return 0
    if not read.fields and not (isinstance(read.error, CutShort) and read.error.field):
        return 0
    sensible = all(field.number < 19_000 for field in read.fields)
    return SENSIBLE_MESSAGE if sensible else CONCEIVABLE


OVERLONG = re.compile(rb"[\x80-\xff]{10}|[\x80-\xff]\x00")
"""Varints that no encoder writes."""

DIGEST_SIZES = frozenset({16, 20, 28, 32, 48, 64})
"""Sizes of UUIDs, digests, keys and signatures, whose bytes often happen to be varints."""


def packed_readings(sample: bytes, size: int) -> list[tuple[int, Reading]]:
    """Readings as packed numbers of the first bytes of content that has `size` bytes in all."""
    found: list[tuple[int, Reading]] = []
    for kinds in (FIXED64, FIXED32):
        width = kinds.bits // 8
        if size % width == 0:
            some = sample[: PACKED_SHOWN * width]
            numbers = tuple(real_number(some[at : at + width], kinds) for at in range(0, len(some), width))
            if all(number == 0 or is_everyday(number, kinds) for number in numbers) and any(numbers):
                found.append((REALS if size > 4 else CONCEIVABLE, Reading(kinds.packed, numbers)))
    found.sort(key=digits_written)
    if OVERLONG.search(sample) is None and (sample[-1] < 128 or size > len(sample)):
        varints, widths = first_varints(sample)
        alike = max(widths) - min(widths) <= 2 and (size not in DIGEST_SIZES or max(widths) == 1)
        found.append((ALIKE if alike else CONCEIVABLE, Reading(Kind.PACKED_VARINT, varints)))
    return found


def digits_written(ranked: tuple[int, Reading]) -> int:
    """How much there is to write for these numbers: the right width gives the shorter decimals (1.1 and 2.2)."""
    return len(str(ranked[1].value)) if ranked[0] == REALS else SAMPLE


def first_varints(sample: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The first numbers of a packed list, and how many bytes each of them takes."""
    numbers: list[int] = []
    widths: list[int] = []
    position = 0
    while position < len(sample) and len(numbers) < PACKED_SHOWN:
        try:
            value, after = read_varint(sample, position, len(sample))
        except DecodeError:
            break
        numbers.append(value - (1 << 64) if value >> 63 else value)
        widths.append(after - position)
        position = after
    return tuple(numbers), tuple(widths)
