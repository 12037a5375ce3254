"""One value of a field on a line: numbers bare, texts quoted where they need it, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from paperknife_decoders.paint import Paint, dyed
from paperknife_decoders.printable import elide, printable, printable_bytes
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.values import Dynamic, EnumNames, enum_names, scalar_words, stands_for, words_of

__all__ = [
    "Context",
    "Say",
    "enum_words",
    "is_hidden",
    "label",
    "quoted",
    "say_message",
    "say_value",
    "text_word",
]

Say = Callable[[Dynamic], str]
"""Turns one value into words."""

LONGEST_TEXT = 48
LONGEST_BYTES = 12
MEANS_SOMETHING = frozenset(" \"',=[]{}")
"""Signs that part or enclose words on a line; a text with one of them is quoted."""
BARE_WORDS = re.compile(r"[A-Za-z0-9_.:=,+-]+( [A-Z]{3})?")
"""What a well-known type may say without quotes: a time, field paths, ``12.50 USD``."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where in an envelope something is shown and how: `path` holds the names from the envelope inwards."""

    secrets: Secrets
    paint: Paint
    path: tuple[str, ...] = ()
    depth: int = 0

    def inside(self, *names: str) -> Context:
        """The context of what lies in the field of that name, or inside this very message where there is none (Any)."""
        return Context(self.secrets, self.paint, (*self.path, *names), self.depth + 1)


def label(field: FieldDescriptor, context: Context) -> str:
    """``name=``, as it goes before a value."""
    return dyed(f"{field.name}=", context.paint.name, context.paint)


def text_word(value: str | bytes, limit: int = LONGEST_TEXT) -> str:
    """A text as one word: in quotes where it is empty, does not print plainly, or holds what parts words."""
    if isinstance(value, bytes):  # a proto2 string that is no UTF-8
        value = value[: limit * 4].decode("utf-8", "backslashreplace")
    if 0 < len(value) <= limit and value.isprintable() and MEANS_SOMETHING.isdisjoint(value):
        return value
    return quoted(value, limit)


def quoted(text: str, limit: int) -> str:
    """A text in quotes, its middle left out where it is longer than `limit`."""
    if len(text) <= limit and "\\" not in text and '"' not in text and text.isprintable():
        return f'"{text}"'
    escaped = elide(text, limit).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def phrase(words: str) -> str:
    is_bare = len(words) <= LONGEST_TEXT and (words.isalnum() or BARE_WORDS.fullmatch(words))
    return words if is_bare else text_word(words)


def bytes_word(value: bytes) -> str:
    return printable_bytes(value, LONGEST_BYTES)


def enum_words(enum: EnumDescriptor, paint: Paint, unknown: str = "") -> EnumNames:
    """The names of `enum` without the prefix that repeats the type's own name: ``SIDE_BUY`` is ``BUY``.

    `unknown` goes before a number without a name, which is of little use alone.
    """
    names = enum_names(enum)
    prefix = f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', enum.name).upper()}_"
    short = {number: name.removeprefix(prefix) for number, name in names.items()}
    if not all(name.startswith(prefix) and short[number][:1].isalpha() for number, name in names.items()):
        short = dict(names)
    return LineEnumNames({number: dyed(name, paint.enum, paint) for number, name in short.items()}, paint, unknown)


class LineEnumNames(EnumNames):
    """Enum names in their colour; numbers without a name in that of a mark."""

    def __init__(self, names: dict[int, str], paint: Paint, unknown: str) -> None:
        super().__init__(names)
        self.paint = paint
        self.unknown = unknown

    def __missing__(self, number: int) -> str:
        return self.unknown + dyed(super().__missing__(number), self.paint.mark, self.paint)


def is_hidden(field: FieldDescriptor, context: Context) -> bool:
    """True if `field` of the message at `context` is a secret, or stands for one."""
    path = (*context.path, field.name)
    if context.secrets.hides(field, path):
        return True
    inner = stands_for(field.message_type) if field.message_type is not None else None
    return inner is not None and context.secrets.hides(inner, (*path, inner.name))


def say_value(field: FieldDescriptor, paint: Paint) -> Say | None:
    """How one value of `field` is said in one word; None for a message that is more than one value."""
    if field.message_type is not None:
        return say_message(field.message_type, paint)
    if field.enum_type is not None:
        return enum_words(field.enum_type, paint).__getitem__
    say, colour = scalar_words(field), paint.number
    if say is None:
        say, colour = (bytes_word if field.type == FieldDescriptor.TYPE_BYTES else text_word), paint.text
    return in_colour(say, colour, paint)


def say_message(kind: Descriptor, paint: Paint) -> Say | None:
    """How a message that stands for one value is said: a Timestamp, a wrapper, a decimal. None for all others."""
    inner, words = stands_for(kind), words_of(kind)
    if inner is not None:
        say = say_value(inner, paint)
        assert say is not None
        return lambda message: say(message.value)
    return None if words is None else in_colour(lambda message: phrase(words(message)), paint.number, paint)


def in_colour(say: Say, colour: str, paint: Paint) -> Say:
    return (lambda value: dyed(say(value), colour, paint)) if colour else say
