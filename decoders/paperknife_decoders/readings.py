"""Readings: what a field without a schema could be, the likeliest first.

The wire tells four shapes apart, and each of them has several meanings
(https://protobuf.dev/programming-guides/encoding/#structure). What is likelier is judged by the value alone:

* A varint is a number as it stands, negative where its 64 bits say so; an odd one could be a negative `sint`, 0 and 1 a
  `bool`, and a number between the years 2001 and 2040 a time. Enums are numbers.
* Eight and four fixed bytes are a floating-point number if that has an everyday magnitude, for an integer's bits
  hardly ever do; else an integer.
* Content that is text without control characters is a string, for a message hardly ever consists of printable bytes
  alone. Else it is a message if it can be walked and has sensible field numbers; else packed floating-point numbers of
  everyday magnitude, packed varints of about the same size, text with some control characters, or just bytes.

Every other reading that the bytes allow is given too, after the best one. Packed numbers are never certain.
"""

from __future__ import annotations

import codecs
import enum
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.wire import CutShort, Field, WireType, read_varint, walk_partly

__all__ = ["Kind", "Reading", "content_readings", "is_lines_of_text", "readings"]

SAMPLE = 65_536
"""Longer content is judged by so many bytes at its beginning."""

PACKED_SHOWN = 32
"""So many numbers of a packed list are read."""


class Kind(enum.Enum):
    """What a value is read as: the names of the Protobuf types, and a few of our own."""

    VARINT = "varint"
    """uint64, uint32, an enum, or an int64 or int32 that is not negative: they read alike."""
    INT = "int64"
    SINT = "sint64"
    BOOL = "bool"
    TIME = "time"
    DOUBLE = "double"
    FIXED64 = "fixed64"
    SFIXED64 = "sfixed64"
    FLOAT = "float"
    FIXED32 = "fixed32"
    SFIXED32 = "sfixed32"
    GROUP = "group"
    MESSAGE = "message"
    STRING = "string"
    BYTES = "bytes"
    PACKED_VARINT = "packed varint"
    PACKED_DOUBLE = "packed double"
    PACKED_FLOAT = "packed float"


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a field.

    `value` is the number, the time (``2026-03-02T14:03:21.482Z``), the text of at most the first 65,536 bytes, or the
    first 32 of the packed numbers; None for messages, groups and bytes, whose value is the field's content.
    """

    kind: Kind
    value: int | float | bool | str | tuple[int | float, ...] | None = None


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


def varint_readings(value: int) -> tuple[Reading, ...]:
    """Readings of the 64 bits of a varint."""
    zigzag = Reading(Kind.SINT, (value >> 1) ^ -(value & 1))
    if value >> 63:
        return Reading(Kind.INT, value - (1 << 64)), Reading(Kind.VARINT, value), zigzag
    found = [Reading(Kind.VARINT, value), *time_readings(value)]
    if value < 2:
        found.append(Reading(Kind.BOOL, bool(value)))
    if value:
        found.append(zigzag)
    return tuple(found)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS = range(1_000_000_000, 2_208_988_800)


def time_readings(value: int) -> list[Reading]:
    """The time that `value` could be, in seconds, milliseconds, microseconds or nanoseconds since 1970."""
    for digits in (0, 3, 6, 9):
        unit = 10**digits
        if value // unit in SECONDS:
            second = (EPOCH + timedelta(seconds=value // unit)).strftime("%Y-%m-%dT%H:%M:%S")
            fraction = f".{value % unit:0{digits}d}" if digits else ""
            return [Reading(Kind.TIME, f"{second}{fraction}Z")]
    return []


@dataclass(frozen=True, slots=True)
class FixedKinds:
    """The readings of so many fixed bytes."""

    bits: int
    real: Kind
    packed: Kind
    unsigned: Kind
    signed: Kind
    layout: str
    everyday: tuple[float, float]
    """Magnitudes between which a floating-point number is likelier than an integer with these bits."""


FIXED64 = FixedKinds(64, Kind.DOUBLE, Kind.PACKED_DOUBLE, Kind.FIXED64, Kind.SFIXED64, "d", (1e-12, 1e18))
FIXED32 = FixedKinds(32, Kind.FLOAT, Kind.PACKED_FLOAT, Kind.FIXED32, Kind.SFIXED32, "f", (1e-6, 1e9))


def fixed_readings(value: int, kinds: FixedKinds) -> tuple[Reading, ...]:
    """Readings of four or eight bytes, given as an unsigned number."""
    number = real_number(value.to_bytes(kinds.bits // 8, "little"), kinds)
    real = Reading(kinds.real, number)
    negative = value >> (kinds.bits - 1)
    signed = [Reading(kinds.signed, value - (1 << kinds.bits))] if negative else []
    whole = [*signed, Reading(kinds.unsigned, value), *time_readings(value)]
    if value and is_everyday(number, kinds):
        return real, *whole
    return *whole, real


def real_number(data: bytes, kinds: FixedKinds) -> float:
    """The floating-point number in `data`; a float is given with the few digits that it was written with."""
    number: float = struct.unpack(f"<{kinds.layout}", data)[0]
    return float(f"{number:.7g}") if kinds is FIXED32 else number


def is_everyday(number: float, kinds: FixedKinds) -> bool:
    """True for a magnitude that people and machines measure in; NaN has none."""
    low, high = kinds.everyday
    return low <= abs(number) <= high


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
