"""Slots of the one-line summary: what is shown of one field, where on the line, and in which words."""

from __future__ import annotations

import enum
from typing import NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.paint import dyed
from paperknife_decoders.secrets import MASK, carries_text
from paperknife_decoders.summary.conventions import (
    COUNTERS,
    EVENT_TIMES,
    LEADING_ENUMS,
    REQUEST_IDS,
    SYMBOLS,
    plain_name,
)
from paperknife_decoders.summary.wording import Context, Say, enum_words, is_hidden, label, say_value, text_word
from paperknife_decoders.values import Dynamic, clock_of, is_timestamp, stands_for

__all__ = ["SEVERAL_SHOWN", "PairSlot", "Presence", "Rank", "Slot", "nothing", "presence_of", "simple_slot"]

SEVERAL_SHOWN = 3
"""How many of several values are shown; beyond them ``+9`` says how many more there are."""

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
NAMING = ("id", "tag", "ref", "name", "code", "user", "account")
"""What the names of short, identifying strings end with."""
NUMBERING = ("_id", "Id")
"""What the names of identifying numbers end with."""


class Rank(enum.IntEnum):
    """Where on the line a slot has its place."""

    REQUEST_ID = 0
    SYMBOL = 1
    HAPPENED = 2
    PAIR = 3
    ENUM = 4
    FLAG = 5
    NAME = 6
    SCALAR = 7
    TEXT = 8
    SECRET = 9
    SEVERAL = 10
    BOOK = 11
    NESTED = 12
    COUNT = 13
    COUNTER = 14
    TIME = 15


class Presence(enum.Enum):
    """How to know that a field is set."""

    TRUE = "its value is true"
    ZERO = "its value is true, or the message has the field: it was set to zero"
    FIELD = "the message has the field"


class Slot(NamedTuple):
    """What is shown of one field, or of a few that belong together.

    `path` leads from the message to the value by attribute names. `say` turns the value into words, `label` goes before
    them. Where the path is empty, `say` takes the whole message and gives the empty string if there is nothing to say.
    """

    rank: Rank
    path: tuple[str, ...]
    say: Say
    label: str = ""
    presence: Presence = Presence.TRUE
    is_decimal: bool = False

    def words(self, value: object) -> str:
        """The label and words of a value that is known to be set."""
        return self.label + self.say(value)


class PairSlot(NamedTuple):
    """A quantity and a price of one message, with a `label` before them. `is_book` puts the price first."""

    rank: Rank
    quantity: Slot
    price: Slot
    is_book: bool
    label: str = ""


def nothing(_: object) -> str:
    """Says nothing, for where the label says it all."""
    return ""


def presence_of(field: FieldDescriptor) -> Presence:
    """Asking for the value alone is the cheapest; it does where unset and false are the same."""
    if not field.has_presence:
        return Presence.TRUE
    return Presence.FIELD if field.message_type is not None or field.default_value else Presence.ZERO


def simple_slot(field: FieldDescriptor, context: Context, twins: frozenset[str] = frozenset()) -> Slot | None:
    """The slot of a field whose values are a word each; None for messages that are more than that.

    `twins` are enum types that several fields of the message have, so that a bare name would not tell which.
    """
    kind, presence = field.message_type, presence_of(field)
    path: tuple[str, ...] = (field.name,)
    name = label(field, context)
    if is_hidden(field, context):
        mask = dyed(MASK, context.paint.secret, context.paint)
        return Slot(Rank.SECRET, path, nothing, name + mask, presence)
    if kind is not None and kind.GetOptions().map_entry:
        return Slot(Rank.COUNT, path, say_map(field, context))
    say = say_value(field, context.paint)
    if say is None:
        return None
    if field.is_repeated:
        return Slot(Rank.SEVERAL, path, say_several(say), name)
    if kind is not None and is_timestamp(kind):
        return Slot(Rank.TIME, path, say_time(field, say), name, presence)
    if field.enum_type is not None:
        return enum_slot(field, context, twins)
    if field.type == FieldDescriptor.TYPE_BOOL:
        flag = dyed(field.name, context.paint.name, context.paint)
        return Slot(Rank.FLAG, path, lambda value: flag if value else f"{name}false", "", presence)
    rank, is_bare = scalar_rank(field)
    inner = stands_for(kind) if kind is not None else None
    if inner is not None and inner.type == FieldDescriptor.TYPE_STRING:  # an empty decimal says nothing
        path, presence, say = (field.name, inner.name), Presence.TRUE, say_value(inner, context.paint) or say
    return Slot(rank, path, say, "" if is_bare else name, presence, is_decimal=len(path) > 1)


def scalar_rank(field: FieldDescriptor) -> tuple[Rank, bool]:
    """The place of a number or text, and whether it needs no name there."""
    plain = plain_name(field.name)
    if plain in REQUEST_IDS:
        return Rank.REQUEST_ID, True
    if plain in SYMBOLS:
        return Rank.SYMBOL, True
    if plain in COUNTERS and field.type not in TEXTS:
        return Rank.COUNTER, False
    if field.type in TEXTS:
        return (Rank.NAME if plain.endswith(NAMING) else Rank.TEXT), False
    return (Rank.NAME if field.name.endswith(NUMBERING) else Rank.SCALAR), False


def enum_slot(field: FieldDescriptor, context: Context, twins: frozenset[str]) -> Slot:
    """An enum: its bare name, as names say enough; a number without a name, or one of several, with the field's."""
    assert field.enum_type is not None
    name = label(field, context)
    is_twin = field.enum_type.full_name in twins
    names = enum_words(field.enum_type, context.paint, "" if is_twin else name)
    leads = plain_name(field.name).endswith(tuple(LEADING_ENUMS))
    return Slot(
        Rank.HAPPENED if leads else Rank.ENUM,
        (field.name,),
        names.__getitem__,
        name if is_twin else "",
        presence_of(field),
    )


def say_time(field: FieldDescriptor, say: Say) -> Say:
    """A Timestamp; of the message's own time only the time of the day."""
    return clock_of if plain_name(field.name) in EVENT_TIMES else say


def say_several(say: Say) -> Say:
    """The first few of several values: ``ESZ6,NQZ6,CLF7+9``."""

    def text(values: Dynamic) -> str:
        shown = ",".join([say(value) for value in values[:SEVERAL_SHOWN]])
        return f"{shown}+{len(values) - SEVERAL_SHOWN:,}" if len(values) > SEVERAL_SHOWN else shown

    return text


def say_map(field: FieldDescriptor, context: Context) -> Say:
    """A map: its entries where they are few and short, else how many there are."""
    assert field.message_type is not None
    content = field.message_type.fields_by_name["value"]
    say = say_value(content, context.paint)
    if say is None:
        return lambda values: f"{len(values):,} {field.name}"
    mask = dyed(MASK, context.paint.secret, context.paint)
    can_hide = carries_text(content)
    hides, name = context.secrets.hides_name, dyed(field.name, context.paint.name, context.paint)

    def text(values: Dynamic) -> str:
        if len(values) > SEVERAL_SHOWN:
            return f"{len(values):,} {field.name}"
        shown = [
            f"{text_word(str(key), 24)}: {mask if can_hide and hides(str(key)) else say(values[key])}"
            for key in sorted(values)
        ]
        return f"{name} {{{', '.join(shown)}}}"

    return text
