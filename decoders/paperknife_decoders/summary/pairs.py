"""Quantities and prices that belong together: ``3 @ 5021.50``, and on a side of an order book ``bid 5021.25 x 12``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.columns import TIE
from paperknife_decoders.paint import dyed
from paperknife_decoders.summary.conventions import BOOK_SIDES, pair_role
from paperknife_decoders.summary.slots import PairSlot, Rank, Slot, simple_slot
from paperknife_decoders.summary.wording import Context, is_hidden, label
from paperknife_decoders.values import Dynamic, stands_for

__all__ = ["Pair", "best_level", "pair_in", "pair_slot", "pairs_of"]

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


def pair_slot(pair: Pair, context: Context, *, is_book: bool = False) -> PairSlot:
    """``3 @ 5021.50``, with the common prefix of the names before it where they have one."""
    quantity, price = number_slot(pair.quantity, context), number_slot(pair.price, context)
    if not pair.prefix:
        return PairSlot(Rank.PAIR, quantity, price, is_book)
    side = BOOK_SIDES.get(pair.prefix)
    name = dyed(side or pair.prefix, context.paint.name, context.paint)
    return PairSlot(Rank.BOOK, quantity, price, side is not None, f"{name}{TIE}")


def number_slot(field: FieldDescriptor, context: Context) -> Slot:
    """One of the two; its label is for where it is alone."""
    slot = simple_slot(field, context)
    assert slot is not None
    is_text = field.type == FieldDescriptor.TYPE_STRING
    return slot._replace(label=label(field, context), is_decimal=slot.is_decimal or is_text)


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
