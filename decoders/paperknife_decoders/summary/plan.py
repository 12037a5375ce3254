"""What is told of a message type on one line: worked out once for each type, so that each message costs little.

A type becomes a row of slots, shown by rank: what the message answers, what it is about, what happened, how much at
what price, other enums and flags, ids, numbers, texts, secrets; then, set apart by commas, what nests and how much
repeats; at the end counters, and times, as a line has one of its own. What nests is worked out at its first message.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Set
from itertools import islice
from operator import attrgetter

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor

from paperknife_decoders.columns import TIE
from paperknife_decoders.envelope_type import is_synthetic, payload_oneof
from paperknife_decoders.masking import mask_json
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.paint import dyed
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.reflection import kind_of, list_fields, which_oneof
from paperknife_decoders.summary.compiled import Line, line_function
from paperknife_decoders.summary.conventions import BOOK_SIDES, EVENT_TIMES, SYMBOLS, plain_name, singular
from paperknife_decoders.summary.pairs import best_level, pair_in, pair_slot, pairs_of
from paperknife_decoders.summary.slots import PairSlot, Rank, Slot, presence_of, simple_slot
from paperknife_decoders.summary.wording import LONGEST_TEXT, Context, Say, say_message, text_word
from paperknife_decoders.values import Dynamic, is_timestamp

__all__ = ["is_list", "say_content", "say_items", "slot_of", "slots_of"]

DEEPEST = 5
"""How many messages inside each other are told on a line, the envelope among them; deeper ones only by name."""

COUNTED = 1000
"""How many envelopes in a list are counted by their payload."""


def slots_of(kind: Descriptor, context: Context, without: Set[str] = frozenset()) -> Iterator[Slot | PairSlot]:
    """One slot for each field, for each real oneof, and for each pair of a quantity and a price.

    `without` are the names of fields that are left out; of a oneof, those are all or none.
    """
    oneofs = [oneof for oneof in kind.oneofs if not is_synthetic(oneof)]
    yield from (oneof_slot(oneof, context) for oneof in oneofs if oneof.fields[0].name not in without)
    done = {field.name for oneof in oneofs for field in oneof.fields} | without
    for pair in pairs_of((field for field in kind.fields if field.name not in done), context):
        done |= {pair.quantity.name, pair.price.name}
        yield pair_slot(pair, context)
    enums = Counter(field.enum_type.full_name for field in kind.fields if field.enum_type is not None)
    twins = frozenset(name for name, count in enums.items() if count > 1)
    for field in kind.fields:
        if field.name not in done and not (context.depth > 1 and is_own_time(field)):
            yield slot_of(field, context, twins)
    if kind.is_extendable:
        yield extension_slot(context)


def is_own_time(field: FieldDescriptor) -> bool:
    """True for the time of a message, which inside another one is hardly ever news, beside other fields."""
    kind, holder = field.message_type, field.containing_type
    has_more = holder is not None and len(holder.fields) > 1
    return has_more and kind is not None and is_timestamp(kind) and plain_name(field.name) in EVENT_TIMES


def slot_of(field: FieldDescriptor, context: Context, twins: frozenset[str] = frozenset()) -> Slot:
    """The slot of one field of any kind."""
    simple = simple_slot(field, context, twins)
    if simple is not None:
        return simple
    kind, path, presence = field.message_type, (field.name,), presence_of(field)
    assert kind is not None
    inside = context.inside(field.name)
    side = BOOK_SIDES.get(plain_name(field.name))
    if side is not None and pair_in(kind, inside) is not None:
        say = (say_levels if field.is_repeated else say_quote)(side, kind, inside)
        return Slot(Rank.BOOK, path, say, f"{dyed(side, context.paint.name, context.paint)}{TIE}", presence)
    if field.is_repeated:
        return Slot(Rank.COUNT, path, say_list(field.name, kind, inside))
    if is_list(kind):
        say = say_only_list(field.name, kind, inside)
        return Slot(Rank.COUNT, path, say, "", presence)
    if plain_name(field.name) in SYMBOLS:
        return Slot(Rank.SYMBOL, path, say_content(kind, inside), "", presence)
    name = dyed(field.name, context.paint.name, context.paint)
    return Slot(Rank.NESTED, path, say_content(kind, inside), f"{name}{TIE}", presence)


def is_list(kind: Descriptor) -> bool:
    """True for a message that is nothing but a list of messages, as oneofs need it."""
    only = kind.fields[0] if len(kind.fields) == 1 else None
    return (
        only is not None
        and only.is_repeated
        and only.message_type is not None
        and not only.message_type.GetOptions().map_entry
    )


def oneof_slot(oneof: OneofDescriptor, context: Context) -> Slot:
    """Whichever member of a oneof is set."""
    name = oneof.name
    members = {field.name: slot_of(field, context) for field in oneof.fields}
    takers = {member: (attrgetter(".".join(slot.path)), slot.words) for member, slot in members.items()}
    rank = max((slot.rank for slot in members.values()), default=Rank.NESTED)

    def text(message: Dynamic) -> str:
        member = which_oneof(message, name)
        if member is None:
            return ""
        get, words = takers[member]
        return words(get(message))

    return Slot(rank, (), text)


def extension_slot(context: Context) -> Slot:
    """The extensions of a proto2 message, each with its full name in brackets."""

    def text(message: Dynamic) -> str:
        set_fields = [(field, value) for field, value in list_fields(message) if field.is_extension]
        return " ".join(f"[{field.full_name}] {extension_words(field, value)}" for field, value in set_fields)

    def extension_words(field: FieldDescriptor, value: Dynamic) -> str:
        slot = slot_of(field, context)
        return slot.words(attrgetter(*slot.path[1:])(value) if slot.path[1:] else value)

    return Slot(Rank.NESTED, (), text)


def say_quote(_: str, kind: Descriptor, context: Context) -> Say:
    """One side of a quote: ``5021.25 x 12``."""
    pair = pair_in(kind, context)
    assert pair is not None
    return line_function([pair_slot(pair, context, is_book=True)], empty="none")


def say_levels(side: str, kind: Descriptor, context: Context) -> Say:
    """One side of a book by its best level: ``5021.25 x 12 (5 levels)``."""
    pair = pair_in(kind, context)
    assert pair is not None
    say, best = say_quote(side, kind, context), best_level(pair, side)
    return lambda levels: f"{say(best(levels))} ({len(levels):,} {'level' if len(levels) == 1 else 'levels'})"


def say_list(name: str, kind: Descriptor | None, context: Context) -> Say:
    """Repeated messages: one is told, of several the number; those of a list of envelopes are counted by payload."""
    assert kind is not None
    one = say_content(kind, context)
    oneof = payload_oneof(kind)
    if oneof is not None and sum(field.message_type is not None for field in kind.oneofs_by_name[oneof].fields) > 1:
        return lambda items: one(items[0]) if len(items) == 1 else payload_counts(items, oneof, name)
    single = singular(name)
    return lambda items: f"{single} {one(items[0])}" if len(items) == 1 else f"{len(items):,}{TIE}{name}"


def say_items(kind: Descriptor, context: Context) -> Say:
    """A list of messages below its name: the content of the first, behind the number of them where there are more."""
    one = say_content(kind, context)
    return lambda items: one(items[0]) if len(items) == 1 else f"{len(items):,}{TIE}items, first:{TIE}{one(items[0])}"


def say_only_list(name: str, kind: Descriptor, context: Context) -> Say:
    """A message that is nothing but a list, by the name of the field that holds it."""
    only = kind.fields[0]
    items, say = attrgetter(only.name), say_list(name, only.message_type, context.inside(only.name))
    return lambda message: say(items(message))


def payload_counts(items: Dynamic, oneof: str, name: str) -> str:
    """``2 depth, 1 trade``: what a list of envelopes holds."""
    counts = Counter(which_oneof(item, oneof) or "empty" for item in islice(items, COUNTED))
    if len(items) > COUNTED or not counts:
        return f"{len(items):,}{TIE}{name}"
    return ", ".join(f"{count:,} {payload}" for payload, count in counts.items())


def say_content(kind: Descriptor, context: Context) -> Say:
    """What a message of type `kind` at `context` holds, without a name before it."""
    if context.depth > DEEPEST:
        return lambda _: "…"
    if is_any(kind):
        return say_any(context)
    if is_json_like(kind):
        return lambda message: json_words(mask_json(json_value(message), context.secrets, context.path))
    return say_message(kind, context.paint) or say_lazily(kind, context)


def say_lazily(kind: Descriptor, context: Context) -> Say:
    """By a function that is made when the first such message comes: most types of a large schema never do."""
    line: Line | None = None

    def text(message: Dynamic) -> str:
        nonlocal line
        if line is None:
            line = line_function(slots_of(kind, context), empty="{}")
        return line(message)

    return text


def json_words(value: object) -> str:
    return printable(elide(json.dumps(value, ensure_ascii=False), LONGEST_TEXT))


def say_any(context: Context) -> Callable[[Dynamic], str]:
    """An Any: the short name of its type, then its content where the schema has the type."""
    known: dict[str, Say] = {}
    inside = context.inside()

    def text(holder: Dynamic) -> str:
        name = text_word(holder.type_url.rpartition("/")[2].rpartition(".")[2])
        content = any_content(holder)
        if content is None:
            return f"{name} {len(holder.value):,} B"
        kind = kind_of(content)
        if kind.full_name not in known:
            known[kind.full_name] = say_content(kind, inside)
        return f"{name} {known[kind.full_name](content)}"

    return text
