"""Single values as YAML 1.2 writes them: bare where that is safe, in double quotes with escapes elsewhere.

What is written reads back as what it was, with other YAML readers too: words that YAML 1.1 takes for truth values are
quoted, and no string is ever taken for a number. Only what is left out of the middle of long values (``…``) is lost; a
comment says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.printable import elide, printable, printable_bytes
from paperknife_decoders.values import DECIMAL, Dynamic, float32_text, float_text, scalar_words, stands_for, words_of

__all__ = [
    "Limits",
    "Word",
    "WordOf",
    "bytes_word",
    "json_word",
    "key_text",
    "map_key",
    "message_word",
    "string_word",
    "word_of",
]

BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./@+-]*")
RESERVED = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
TIME_WORDS = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|-?\d+(\.\d+)?(d|h|m|s|ms|us|ns)([\d.]+[hms])*", re.ASCII
)


class Limits(NamedTuple):
    """How much of an envelope the tree shows.

    `lines` in all, `items` of each list or map, characters of each `text`, `bytes` of each bytes value, `depth` of
    messages inside each other, `unknown` fields on each level.
    """

    lines: int = 2000
    items: int = 100
    text: int = 400
    bytes: int = 64
    depth: int = 40
    unknown: int = 20


class Word(NamedTuple):
    """A value in YAML, and what is to be said about it in a comment behind it. `is_odd` makes it stand out."""

    text: str
    comment: str = ""
    is_odd: bool = False


WordOf = Callable[[Dynamic], Word]


def quoted(text: str) -> str:
    """`text` in double quotes, with YAML's escapes for all that does not print plainly."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def key_text(text: str) -> str:
    """A name as a YAML key or as a bare word, quoted where it would mean something else."""
    return text if BARE.fullmatch(text) and text.lower() not in RESERVED else quoted(text)


def map_key(key: object) -> str:
    """The key of a map: a string, a number, or a bool."""
    return key_text(key) if isinstance(key, str) else str(key).lower()


def string_word(value: str | bytes, limit: int) -> Word:
    """A string of at most `limit` characters, the middle of a longer one left out."""
    if isinstance(value, bytes):
        word = string_word(value.decode("utf-8", "backslashreplace"), limit)
        return Word(word.text, "not UTF-8", is_odd=True)
    if len(value) <= limit:
        return Word(key_text(value))
    return Word(quoted(elide(value, limit)), f"{len(value):,} characters")


def bytes_word(value: bytes, limit: int) -> Word:
    """Bytes as hex; a comment tells their number, and the text that they may be."""
    if not value:
        return Word('""', "0 B")
    text = value.decode("ascii", "replace") if len(value) <= limit else ""
    if len(value) >= 3 and text.isascii() and text.isprintable() and text:
        return Word(quoted(value.hex()), f"{len(value):,} B, as text {quoted(text)}")
    if len(value) <= limit:
        return Word(quoted(value.hex()), f"{len(value):,} B")
    shown, _, size = printable_bytes(value, limit).partition(" ")
    return Word(quoted(shown), size.strip("()"))


def number_word(value: float, words: Callable[[float], str]) -> Word:
    """A floating-point number; YAML has its own names for what is none."""
    if math.isfinite(value):
        return Word(words(value))
    return Word(".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf")


def word_of(field: FieldDescriptor, limits: Limits) -> WordOf | None:
    """How one value of `field` is written; None for a message that is more than one value."""
    if field.message_type is not None:
        return message_word(field.message_type, limits)
    if field.enum_type is not None:
        return enum_word(field)
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_FLOAT:
            return lambda value: number_word(value, float32_text)
        case FieldDescriptor.CPPTYPE_DOUBLE:
            return lambda value: number_word(value, float_text)
        case FieldDescriptor.CPPTYPE_STRING if field.type == FieldDescriptor.TYPE_BYTES:
            return lambda value: bytes_word(value, limits.bytes)
        case FieldDescriptor.CPPTYPE_STRING:
            return lambda value: string_word(value, limits.text)
    scalar = scalar_words(field)
    assert scalar is not None
    return lambda value: Word(scalar(value))


def message_word(kind: Descriptor, limits: Limits) -> WordOf | None:
    """How a message that stands for one value is written: a Timestamp, a wrapper, a decimal. None for all others."""
    inner, words = stands_for(kind), words_of(kind)
    if inner is not None:
        return wrapped_word(inner, limits)
    return None if words is None else lambda message: words_word(words(message), limits)


def json_word(value: object, limits: Limits) -> Word:
    """A scalar of JSON."""
    match value:
        case None | bool():
            return Word({None: "null", True: "true", False: "false"}[value])
        case float():
            return number_word(value, float_text)
        case str():
            return string_word(value, limits.text)
    return Word(str(value))


def words_word(words: str, limits: Limits) -> Word:
    return Word(words) if TIME_WORDS.fullmatch(words) else string_word(words, limits.text)


def wrapped_word(inner: FieldDescriptor, limits: Limits) -> WordOf:
    """A message by the value that it stands for; a text that is a number is written as a number."""
    if inner.type != FieldDescriptor.TYPE_STRING:
        word = word_of(inner, limits)
        assert word is not None
        return lambda message: word(message.value)

    def text_or_number(message: Dynamic) -> Word:
        value = message.value
        if isinstance(value, str) and DECIMAL.fullmatch(value):
            return Word(value)
        return string_word(value, limits.text)

    return text_or_number


def enum_word(field: FieldDescriptor) -> WordOf:
    """An enum's name; a number that has none stays a number, and stands out."""
    enum = field.enum_type
    assert enum is not None
    names = {value.number: Word(key_text(value.name)) for value in reversed(enum.values)}
    return lambda number: names.get(number) or Word(str(number), f"no name for it in {enum.name}", is_odd=True)
