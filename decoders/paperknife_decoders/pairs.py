"""Quantities and prices that belong together: ``3 @ 5021.50``, and on a side of an order book ``bid 5021.25 x 12``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.conventions import BOOK_SIDES, pair_role
from paperknife_decoders.slots import Rank, Slot
from paperknife_decoders.values import Dynamic, stands_for
from paperknife_decoders.wording import Context, Say, dyed, is_hidden, label, say_value

__all__ = ["Pair", "best_level", "pair_in", "pair_slot", "pairs_of", "say_pair"]

NUMBERS = frozenset(
    {
        *(FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT32),
        *(FieldDescriptor.CPPTYPE_UINT64, FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT),
        FieldDescriptor.CPPTYPE_STRING,  # decimals travel as text too
    }
)

LEVELS_LOOKED_AT = 200
"""Of how many levels of one side the best is sought; they come best first from most venues anyway."""


class Pair(NamedTuple):
    """Two fields of one message. `prefix` is what their names have in common: ``last`` of ``last_price``."""

    prefix: str
    quantity: FieldDescriptor
    price: FieldDescriptor


def pairs_of(fields: Iterable[FieldDescriptor], context: Context) -> list[Pair]:
    """The pairs among `fields` of the message at `context`; secrets are in none."""
    found: dict[str, dict[str, FieldDescriptor]] = {}
    for field in fields:
        role = pair_role(field.name)
        if role is not None and is_number(field) and not is_hidden(field, context):
            found.setdefault(role[0], {}).setdefault(role[1], field)
    return [Pair(prefix, **roles) for prefix, roles in found.items() if len(roles) == 2]


def pair_in(kind: Descriptor, context: Context) -> Pair | None:
    """The nameless pair of a message type, as a price level or a quote has it."""
    return next((pair for pair in pairs_of(kind.fields, context) if not pair.prefix), None)


def is_number(field: FieldDescriptor) -> bool:
    inner = stands_for(field.message_type) if field.message_type is not None else field
    return not field.is_repeated and inner is not None and inner.enum_type is None and inner.cpp_type in NUMBERS


def pair_slot(pair: Pair, context: Context) -> Slot:
    """``3 @ 5021.50``, with the common prefix of the names before it where they have one."""
    side = BOOK_SIDES.get(pair.prefix)
    text = say_pair(pair, context, is_book=side is not None)
    if not pair.prefix:
        return Slot(Rank.PAIR, (), text)
    return Slot(Rank.BOOK, (), text, f"{dyed(side or pair.prefix, context.paint.name, context.paint)} ")


def say_pair(pair: Pair, context: Context, *, is_book: bool) -> Callable[[Dynamic], str]:
    """What is set of the pair in a message; nothing where neither is.

    A quantity of zero beside a price is told (it removes a level of a book), even where zero is as good as unset.
    """
    quantity, say_quantity = getter(pair.quantity), say_number(pair.quantity, context)
    price, say_price = getter(pair.price), say_number(pair.price, context)
    implied_zero = None if pair.quantity.has_presence else 0
    alone = ("x {}", "{}") if is_book else (f"{label(pair.quantity, context)}{{}}", f"{label(pair.price, context)}{{}}")
    only_quantity, only_price = (template.format for template in alone)

    def text(message: Dynamic) -> str:
        count, at = quantity(message), price(message)
        if at is None:
            return "" if count is None else only_quantity(say_quantity(count))
        count = implied_zero if count is None else count
        if count is None:
            return only_price(say_price(at))
        return f"{say_price(at)} x {say_quantity(count)}" if is_book else f"{say_quantity(count)} @ {say_price(at)}"

    return text


def say_number(field: FieldDescriptor, context: Context) -> Say:
    """A number, or what stands for one, in words."""
    inner = stands_for(field.message_type) if field.message_type is not None else None
    say = say_value(inner or field, context.paint)
    assert say is not None
    return lambda value: say(value) if value else "0"


def getter(field: FieldDescriptor) -> Callable[[Dynamic], Dynamic]:
    """Takes the number out of a message; None where it is not set."""
    inner = stands_for(field.message_type) if field.message_type is not None else None
    get, name = attrgetter(field.name if inner is None else f"{field.name}.{inner.name}"), field.name
    if not field.has_presence or (inner is not None and inner.type == FieldDescriptor.TYPE_STRING):
        return lambda message: get(message) or None
    return lambda message: get(message) if message.HasField(name) else None


def best_level(pair: Pair, side: str) -> Callable[[Dynamic], Dynamic]:
    """Takes the best of the levels of one side of a book: the highest bid, the lowest ask."""
    inner = stands_for(pair.price.message_type) if pair.price.message_type is not None else None
    price = attrgetter(pair.price.name if inner is None else f"{pair.price.name}.{inner.name}")
    choose = max if side == "bid" else min

    def best(levels: Dynamic) -> Dynamic:
        try:
            return choose(levels[:LEVELS_LOOKED_AT], key=lambda level: float(price(level)))
        except ValueError:  # a decimal that is none
            return levels[0]

    return best
