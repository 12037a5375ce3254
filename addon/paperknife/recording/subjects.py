"""What a message is about: the symbol, the account, the room ..., by the names of its fields.

Two messages of one payload that are about the same say the same thing at two times, and the newer one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.reflection import which_oneof
from paperknife_decoders.values import Dynamic

__all__ = ["NAMES", "Subject", "subject_of"]

NAMES = frozenset(
    {
        "account",
        "accountid",
        "board",
        "channel",
        "channelid",
        "conid",
        "contract",
        "contractid",
        "currencypair",
        "exchange",
        "feed",
        "figi",
        "instrument",
        "instrumentid",
        "instrumentkey",
        "instrumenttoken",
        "isin",
        "market",
        "marketid",
        "pair",
        "product",
        "productid",
        "room",
        "roomid",
        "securityid",
        "stream",
        "streamid",
        "subid",
        "subject",
        "subscriptionid",
        "symbol",
        "symbolid",
        "ticker",
        "topic",
        "trackid",
    }
)
"""Names of fields that say what a message is about: whole, in lower case, without underscores and a plural's `s`."""

DEEPEST = 4
"""Messages within messages in which such fields are looked for; a snapshot has lists of pages of instruments."""
MOST_FIELDS = 200
"""Fields of one message that are looked at."""
MOST_VALUES = 256
"""Values of one message that are compared."""
LONGEST_VALUE = 256
"""Characters or bytes of a value; a longer one is compared by its hash."""

NO_SUBJECT = (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_BOOL)

type Subject = frozenset[tuple[str, str | bytes | int]]
"""Names and values, none for a payload that is about nothing in particular."""
type Found = Iterator[tuple[str, str | bytes | int]]
type Finder = Callable[[Dynamic], Found]
"""From a message to what it is about."""


def subject_of(envelope: Envelope) -> Subject:
    """What a decoded envelope is about; never raises."""
    kind, message = envelope.type, envelope.message
    if kind is None or message is None:
        return frozenset()
    find = finder(kind.descriptor, envelope.payload if kind.oneof else "")
    return frozenset(islice(find(message), MOST_VALUES)) if find else frozenset()


@lru_cache(maxsize=1024)
def finder(descriptor: Descriptor, payload: str) -> Finder | None:
    """What finds the subject in an envelope whose payload is `payload`; None where there is nothing to find."""
    member = descriptor.fields_by_name.get(payload)
    if member is None:
        return fields_finder(descriptor, DEEPEST)
    if member.message_type is None:
        return None
    inner = fields_finder(member.message_type, DEEPEST)
    return within(member, inner) if inner else None


def fields_finder(descriptor: Descriptor, depth: int) -> Finder | None:
    """What finds the subject in a message of this type."""
    parts = [part for field in descriptor.fields[:MOST_FIELDS] if (part := part_finder(field, depth)) is not None]
    if not parts:
        return None
    members = frozenset(oneof.name for oneof in descriptor.oneofs if len(oneof.fields) > 1)
    if not members:
        return lambda message: joined(part(message) for part in parts)

    def with_members(message: Dynamic) -> Found:
        # Which of several lists a page has is part of what it is about, although their items look the same.
        for name in members:
            if chosen := which_oneof(message, name):
                yield name, chosen
        yield from joined(part(message) for part in parts)

    return with_members


def joined(parts: Iterable[Found]) -> Found:
    """All of what the parts find."""
    for part in parts:
        yield from part


def part_finder(field: FieldDescriptor, depth: int) -> Finder | None:
    """What finds the subject in one field of a message."""
    if field.message_type is None:
        name = field.name.replace("_", "").lower()
        known = name if name in NAMES else name.removesuffix("s")
        return values(field, known) if known in NAMES and field.cpp_type not in NO_SUBJECT else None
    if depth <= 0 or field.message_type.GetOptions().map_entry:
        return None
    inner = fields_finder(field.message_type, depth - 1)
    return within(field, inner) if inner else None


def values(field: FieldDescriptor, name: str) -> Finder:
    """The values of a field that says what its message is about."""
    get = attrgetter(field.name)
    if field.is_repeated:
        return lambda message: ((name, short(value)) for value in get(message))

    def one(message: Dynamic) -> Found:
        if value := get(message):
            yield name, short(value)

    return one


def short(value: str | bytes | int) -> str | bytes | int:
    """A value as it is compared."""
    return value if isinstance(value, int) or len(value) <= LONGEST_VALUE else hash(value)


def within(field: FieldDescriptor, inner: Finder) -> Finder:
    """What `inner` finds in the messages of a field."""
    get = attrgetter(field.name)
    if field.is_repeated:
        return lambda message: joined(map(inner, get(message)))
    return lambda message: inner(get(message))
