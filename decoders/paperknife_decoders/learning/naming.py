"""Which fields identify something, and which of them mean the same: a family.

A small number is soon met by chance, so that it is only replaced in fields of its own family. The family of a field is
its name without underscores, and

* without ``client`` before it, unless some message has both (`client_order_id` beside `order_id` is another id);
* in the singular: `order_ids` are each an `order_id`;
* of a mere ``id`` the name of the field that its message lies in, and that of the message, both without an ending like
  ``_request`` or ``_ack``: `Order.id` is an `order_id`. In the envelope it is just that.

Both fields of a declared pair are of the family of the request's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.pairing import NOT_INTEGER, REQUEST_ENDINGS, RESPONSE_ENDINGS, snake, without
from paperknife_decoders.path_patterns import fields_in
from paperknife_decoders.sites import Sites, content_field
from paperknife_decoders.values import stands_for
from paperknife_decoders.volatile import IDS

__all__ = ["Identity", "Naming", "Place", "families_of", "identifies", "naming_of"]

LAST_WORDS = frozenset(
    {"cid", "guid", "id", "key", "nonce", "ref", "reference", "session", "tag", "token", "uid", "uuid"}
)
"""Of names in snake case; a plural's ``s`` does not count."""

ID = "id"
CLIENT = "client"
ENUM = FieldDescriptor.CPPTYPE_ENUM

type Path = tuple[str, ...]


class Identity(NamedTuple):
    """A field that identifies something: its families, and whether its value is that of a message that wraps it."""

    families: tuple[str, ...]
    is_wrapped: bool


class Place(NamedTuple):
    """Where a message lies: its path where a declared pair is there or below, and the field that it lies in."""

    path: Path | None = ()
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """The families of the fields in one direction's messages.

    `declared` are the paths of declared pairs with their families. `rivals` are names that have another meaning with
    ``client`` before them. `merged` are families that declared pairs have made one.
    """

    declared: frozenset[tuple[str, str]] = frozenset()
    rivals: frozenset[str] = frozenset()
    merged: frozenset[tuple[str, str]] = frozenset()
    families: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    roots: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    leading: set[Path] = field(default_factory=set, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.families.update(self.declared)
        self.roots.update(self.merged)
        paths = [path.split(".") for path in self.families]
        self.leading.update(tuple(names[:size]) for names in paths for size in range(1, len(names) + 1))

    @property
    def start(self) -> Place:
        """Where an envelope lies."""
        return Place()

    def choose(self, state: Place, field: FieldDescriptor) -> tuple[Place, Identity | None]:
        """Whether a field that lies somewhere identifies something."""
        path = None if state.path is None else (*state.path, field.name)
        path = path if path in self.leading else None
        content = content_field(field)
        kind = content.message_type
        inner = stands_for(kind) if kind is not None else None
        value = inner or content
        below = Place(path, field.name if kind is not None and has_id(kind) else "")
        declared = self.families.get(".".join(path)) if path is not None else None
        if not (declared or identifies(field.name)) or value.message_type is not None or value.cpp_type in NO_ID:
            return below, None
        if declared:
            return below, Identity((declared,), inner is not None)
        own = families_of(field, state, self.rivals)
        roots = tuple(dict.fromkeys(self.roots.get(family, family) for family in own))
        return below, Identity(roots, inner is not None)

    def may_choose(self, field: FieldDescriptor) -> bool:
        """False for a field that identifies nothing wherever it lies."""
        return identifies(field.name) or any(field.name in path for path in self.leading)


NO_ID = (*NOT_INTEGER, ENUM)


@lru_cache(maxsize=64)
def sites_for(kind: EnvelopeType, naming: Naming) -> Sites[Place, Identity]:
    """Where the identifying fields of envelopes are; found once for all connections."""
    return Sites(naming)


@lru_cache(maxsize=16)
def naming_of(
    client: EnvelopeType | None, server: EnvelopeType | None, pairs: tuple[DeclaredPair, ...]
) -> dict[Direction, Naming]:
    """How fields are named in both directions of a protocol."""
    kinds = {Direction.CLIENT: client, Direction.SERVER: server}
    rivals = frozenset(rivals_in(kind.descriptor for kind in kinds.values() if kind is not None))
    roots: dict[str, str] = {}

    def root(family: str) -> str:
        while roots.get(family, family) != family:
            family = roots[family]
        return family

    of_response: dict[tuple[Direction, str], str] = {}
    for pair in pairs:
        family = root(family_at(kinds[pair.asker], pair.request, rivals))
        known = of_response.setdefault((pair.asker.other, pair.response), family)
        if root(known) != family:
            roots[family] = root(known)
    merged = frozenset((family, root(family)) for family in roots)
    return {
        side: Naming(
            frozenset((pair.path_of(side), root(family_at(kinds[pair.asker], pair.request, rivals))) for pair in pairs),
            rivals,
            merged,
        )
        for side in Direction
    }


def family_at(kind: EnvelopeType | None, path: str, rivals: frozenset[str]) -> str:
    """The family of the field that a declared path leads to."""
    *above, name = path.split(".")
    inner = kind.descriptor if kind is not None else None
    for each in above:
        field = inner.fields_by_name.get(each) if inner is not None else None
        inner = field.message_type if field is not None else None
    last = inner.fields_by_name.get(name) if inner is not None else None
    if last is None:
        return folded(name)
    return families_of(last, Place(tuple(above), above[-1] if above else ""), rivals)[0]


def identifies(name: str) -> bool:
    """True for the name of a field that identifies something."""
    last = singular(snake(name).rpartition("_")[2])
    return last in LAST_WORDS or singular(folded(name)) in IDS


def families_of(field: FieldDescriptor, place: Place, rivals: frozenset[str]) -> tuple[str, ...]:
    """The families of a field that lies somewhere, the likeliest first."""
    name = singular(folded(field.name))
    if name != ID:
        stripped = name.removeprefix(CLIENT)
        return (name if stripped in rivals or not stripped else stripped,)
    owner = field.containing_type
    if place.path == () or owner is None:
        return (ID,)
    stems = [stem(each) for each in (place.parent, owner.name) if each]
    return tuple(dict.fromkeys(f"{each}{ID}" for each in stems)) or (ID,)


def stem(name: str) -> str:
    """What something is called, whether it is asked for or answered."""
    return singular(folded(without(without(snake(name), REQUEST_ENDINGS), RESPONSE_ENDINGS)))


def has_id(kind: Descriptor) -> bool:
    """True if a message's place says what its id is."""
    return any(singular(folded(field.name)) == ID for field in kind.fields)


def rivals_in(kinds: Iterable[Descriptor]) -> Iterator[str]:
    """The names that some message has with ``client`` before them and without it."""
    seen: set[Descriptor] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        waiting += [below for _, below in fields_in(kind) if below is not None]
        names = {singular(folded(field.name)) for field in kind.fields}
        yield from (name for name in names if f"{CLIENT}{name}" in names)


def folded(name: str) -> str:
    """A name in lower case, without underscores."""
    return name.replace("_", "").lower()


def singular(name: str) -> str:
    """A name without a plural's ``s``: ``orderids``, not ``address``."""
    return name[:-1] if name.endswith("s") and len(name) > 2 and not name.endswith(("ss", "us", "is")) else name
