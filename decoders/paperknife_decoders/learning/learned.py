"""One live connection beside one recorded one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.learning.kept import MOST_PAIRS, Kept, Value
from paperknife_decoders.learning.naming import Identity, Place, naming_of, sites_for
from paperknife_decoders.message import Direction
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.sites import Shape, Site, Sites, content_field, items_of
from paperknife_decoders.splice import Set
from paperknife_decoders.values import Dynamic

if TYPE_CHECKING:
    from paperknife_decoders.envelope_type import EnvelopeType
    from paperknife_decoders.protocol import Protocol

__all__ = ["Learned"]

SHORT = 6
"""Texts of fewer characters are only replaced in fields of their family, as are all numbers."""

LONGEST = 4096
"""Characters or bytes of a text; a longer one is not learned."""

DEEPEST = 100

RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(1 << 31), 1 << 31),
    FieldDescriptor.CPPTYPE_UINT32: (0, 1 << 32),
    FieldDescriptor.CPPTYPE_INT64: (-(1 << 63), 1 << 63),
    FieldDescriptor.CPPTYPE_UINT64: (0, 1 << 64),
}

type Where = Site[Place, Identity]


class Learned:
    """Which live value stands where a recorded one stood, on one connection. It remembers at most `limit` pairs."""

    def __init__(self, protocol: Protocol, limit: int = MOST_PAIRS) -> None:
        self._naming = naming_of(protocol.client, protocol.server, protocol.pairs)
        self._near: Kept[tuple[str, Value]] = Kept(limit)
        """By family and recorded value."""
        self._far: Kept[str | bytes] = Kept(limit)
        """By recorded texts that are too long to be met by chance."""
        self._known: dict[tuple[EnvelopeType, Direction], Sites[Place, Identity]] = {}

    def __len__(self) -> int:
        """How many values are known to have changed, in each of the families that they are of."""
        return len(self._near)

    def learn(self, recorded: Envelope, live: Envelope, direction: Direction) -> None:
        """Remember what differs in the identifying fields of two messages that were matched; never raises.

        What is the same again is forgotten. Lists of different lengths say nothing, and neither do fields that one of
        the two lacks.
        """
        if recorded.type is None or recorded.message is None or recorded.payload != live.payload:
            return
        sites = self._sites(recorded, recorded.type, direction)
        if not sites:
            return
        theirs = live.message if live.type is recorded.type else reread(live, recorded.type)
        if theirs is not None:
            for identity, old, new in both(recorded.message, theirs, sites, 0):
                self._keep(identity, old, new)

    def rewrite(self, recorded: Envelope, direction: Direction) -> tuple[Set, ...]:
        """The changes that put live values in place of recorded ones in a message that is about to be sent.

        `direction` is that of the message; never raises.
        """
        if recorded.type is None or recorded.message is None or not self._near:
            return ()
        sites = self._sites(recorded, recorded.type, direction)
        return tuple(self._changes(recorded.message, sites, "", 0)) if sites else ()

    def identifiers(self, envelope: Envelope, direction: Direction) -> Iterator[tuple[str, Value]]:
        """The values in the identifying fields of a message, each with the families that it is of; never raises."""
        if envelope.type is None or envelope.message is None:
            return
        for identity, value, _ in both(
            envelope.message, envelope.message, self._sites(envelope, envelope.type, direction), 0
        ):
            yield from ((family, value) for family in identity.families)

    def _sites(self, envelope: Envelope, kind: EnvelopeType, direction: Direction) -> list[Where]:
        """The identifying fields of an envelope."""
        known = self._known.get((kind, direction))
        if known is None:
            known = self._known[kind, direction] = sites_for(kind, self._naming[direction])
        return known.of_envelope(envelope)

    def _keep(self, identity: Identity, old: Value, new: Value) -> None:
        """Remember one pair."""
        size = sum(len(each) for each in (old, new) if not isinstance(each, int))
        is_far = not isinstance(old, int) and not is_short(old)
        if old == new:
            for family in identity.families:
                self._near.drop((family, old))
            if is_far and not isinstance(old, int):
                self._far.drop(old)
        elif size <= LONGEST:
            for family in identity.families:
                self._near.put((family, old), new, size)
            if is_far and not isinstance(old, int):
                self._far.put(old, new, size)

    def _changes(self, message: Dynamic, sites: list[Where], path: str, depth: int) -> list[Set]:
        """The changes in a message at `path`."""
        found: list[Set] = []
        for site in sites if depth < DEEPEST else ():
            if site.is_set is not None and not site.is_set(message):
                continue
            value = site.get(message)
            if site.shape is Shape.ONE:
                found += self._changes_at(site, value, f"{path}{site.name}", depth)
            elif value:
                for at, item in items_of(site.shape, value):
                    found += self._changes_at(site, item, f"{path}{site.name}{at}", depth)
        return found

    def _changes_at(self, site: Where, value: Dynamic, path: str, depth: int) -> Sequence[Set]:
        """The changes in one value of a field."""
        identity = site.what
        if identity is None:
            return self._changes(value, site.inside, f"{path}.", depth + 1)
        new = self._live(identity, value.value if identity.is_wrapped else value)
        if new is None or not fits(new, site):
            return ()
        return (Set(f"{path}.value" if identity.is_wrapped else path, new),)

    def _live(self, identity: Identity, old: Value) -> Value | None:
        """The live value that stands for a recorded one; None where it stays."""
        if not old:
            return None
        for family in identity.families:
            new = self._near.get((family, old))
            if new is not None:
                return new
        if isinstance(old, int):
            return self._respelt(identity, str(old))
        if not is_short(old):
            return self._far.get(old)
        return self._respelt(identity, int(old)) if isinstance(old, str) and old.isdecimal() else None

    def _respelt(self, identity: Identity, old: int | str) -> Value | None:
        """The same for an id that is a number in one message and a text in another one."""
        for family in identity.families:
            new = self._near.get((family, old))
            if isinstance(old, int) and isinstance(new, int):
                return str(new)
            if isinstance(old, str) and isinstance(new, str) and new.isascii() and new.isdecimal():
                return int(new)
        return None


def both(ours: Dynamic, theirs: Dynamic, sites: list[Where], depth: int) -> Iterator[tuple[Identity, Value, Value]]:
    """The values of identifying fields that both messages have, with what says their families."""
    if depth > DEEPEST:
        return
    for site in sites:
        if site.is_set is not None and not (site.is_set(ours) and site.is_set(theirs)):
            continue
        for one, other in matched(site, site.get(ours), site.get(theirs)):
            if site.what is None:
                yield from both(one, other, site.inside, depth + 1)
                continue
            old, new = (one.value, other.value) if site.what.is_wrapped else (one, other)
            if old and (new or new == 0) and type(old) is type(new):
                yield site.what, old, new


def matched(site: Where, ours: Dynamic, theirs: Dynamic) -> Iterator[tuple[Dynamic, Dynamic]]:
    """The values of a field of two messages that belong together."""
    match site.shape:
        case Shape.ONE:
            yield ours, theirs
        case Shape.LIST if len(ours) == len(theirs):
            yield from zip(ours, theirs, strict=True)
        case Shape.MAP:
            yield from ((ours[key], theirs[key]) for key in ours if key in theirs)


def fits(value: Value, site: Where) -> bool:
    """True if a field takes the value."""
    field = content_field(site.field)
    if site.what is not None and site.what.is_wrapped and field.message_type is not None:
        field = field.message_type.fields[0]
    if isinstance(value, int):
        first, behind = RANGES.get(field.cpp_type, (0, 0))
        return first <= value < behind
    return isinstance(value, bytes) == (field.type == FieldDescriptor.TYPE_BYTES)


def is_short(text: str | bytes) -> bool:
    """True for a text that may be met by chance. A mask is: in a recording it stands for any secret of its length."""
    return len(text) < SHORT or not (text.strip("*") if isinstance(text, str) else text.strip(b"*"))


def reread(live: Envelope, kind: EnvelopeType) -> Dynamic | None:
    """A message as the recorded one's type reads it."""
    return read_envelope(live.data, kind).message
