"""Where in messages of some type the fields are that somebody looks for.

A *site* is a field that is looked for, or one in which such a field lies. The sites of a type are found once, so that
whoever goes through a message reads these few and passes over all the rest; of a payload that has none nothing is read.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Protocol as Interface
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.reflection import has_field
from paperknife_decoders.values import Dynamic

__all__ = ["Choice", "Shape", "Site", "Sites", "content_field", "getter", "items_of", "name_of", "shape_of", "tester"]

MOST_PLACES = 10_000
"""Types at places that are kept, of a few fields each; beyond it all are found anew."""

has_extension = cast("Callable[[Dynamic, FieldDescriptor], bool]", Duration.HasExtension)


class Shape(enum.Enum):
    """How many values a field has."""

    ONE = "one"
    LIST = "list"
    MAP = "map"


class Choice[S: Hashable, T](Interface):
    """Says which fields are looked for; a state says where the field lies, as far as that counts."""

    @property
    def start(self) -> S:
        """The state in an envelope."""

    def choose(self, state: S, field: FieldDescriptor) -> tuple[S, T | None]:
        """The state in what lies in a field, and what the field is looked for as; None where it is not."""

    def may_choose(self, field: FieldDescriptor) -> bool:
        """False for a field that is not looked for in whatever state."""


@dataclass(slots=True, eq=False)
class Site[S: Hashable, T]:
    """A field that is looked for as `what`; where that is None, one in which `inside` there may be others.

    `name` is as in a path: extensions are in brackets. `get` reads it from its message, and `is_set` tells whether a
    field with presence is there. `state` is that of what lies in it.
    """

    field: FieldDescriptor
    name: str
    shape: Shape
    get: Callable[[Dynamic], Dynamic]
    is_set: Callable[[Dynamic], bool] | None
    state: S
    what: T | None
    find: Callable[[Site[S, T]], list[Site[S, T]]]
    found: list[Site[S, T]] | None = None

    @property
    def inside(self) -> list[Site[S, T]]:
        """The sites in its messages, found when they are first asked for."""
        if self.found is None:
            self.found = self.find(self)
        return self.found


class Sites[S: Hashable, T]:
    """The sites of types, each found when it is first asked for."""

    def __init__(self, choice: Choice[S, T]) -> None:
        self.choice = choice
        self.places: dict[tuple[Descriptor, S], list[Site[S, T]]] = {}
        self.payloads: dict[str, list[Site[S, T]]] = {}
        self.reaching: dict[Descriptor, bool] = {}

    def of_envelope(self, envelope: Envelope) -> list[Site[S, T]]:
        """The sites of an envelope whose payload is what it is. All have to be of one type."""
        found = self.payloads.get(envelope.payload)
        if found is None:
            kind = envelope.type
            assert kind is not None
            sites = self.at(kind.descriptor, self.choice.start)
            if kind.oneof is not None:
                chosen = [site for site in sites if site.field.name == envelope.payload]
                sites = [replace(site, is_set=None) for site in chosen] + [
                    site for site in sites if oneof_name(site.field) != kind.oneof
                ]
            found = self.payloads[envelope.payload] = sites
        return found

    def at(self, kind: Descriptor, state: S) -> list[Site[S, T]]:
        """The sites of messages of a type that lie somewhere."""
        found = self.places.get((kind, state))
        if found is None:
            if len(self.places) > MOST_PLACES:
                self.places.clear()
                self.payloads.clear()
            found = self.places[kind, state] = [
                site for site in self.all_of(kind, state) if site.what is not None or self.leads_on(site.field)
            ]
        return found

    def inside(self, site: Site[S, T]) -> list[Site[S, T]]:
        """The sites in the messages of a field."""
        kind = content_field(site.field).message_type
        return [] if kind is None else self.at(kind, site.state)

    def all_of(self, kind: Descriptor, state: S) -> Iterator[Site[S, T]]:
        """Each field of a type."""
        for each in all_fields(kind):
            below, what = self.choice.choose(state, each)
            yield Site(each, name_of(each), shape_of(each), getter(each), tester(each), below, what, self.inside)

    def leads_on(self, field: FieldDescriptor) -> bool:
        """True if there may be something in the messages of a field."""
        kind = content_field(field).message_type
        if kind is None:
            return False
        if kind not in self.reaching:
            self.search(kind)
        return self.reaching[kind]

    def search(self, kind: Descriptor) -> None:
        """Find out for a type, and all types that lie in it, whether there may be something; they may be in themselves.

        Where they lie does not count, as there may be far more places than types.
        """
        above: dict[Descriptor, list[Descriptor]] = {kind: []}
        waiting, reaching = [kind], list[Descriptor]()
        while waiting:
            each = waiting.pop()
            for field in all_fields(each):
                below = content_field(field).message_type
                if self.choice.may_choose(field) or (below is not None and self.reaching.get(below)):
                    reaching.append(each)
                if below is not None and below not in self.reaching:
                    if below not in above:
                        waiting.append(below)
                    above.setdefault(below, []).append(each)
        self.reaching.update(dict.fromkeys(above, False))
        while reaching:
            each = reaching.pop()
            if not self.reaching[each]:
                self.reaching[each] = True
                reaching += above[each]


@lru_cache(maxsize=4096)
def all_fields(kind: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields of a type, extensions too."""
    extensions = kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ()
    return (*kind.fields, *extensions)


def oneof_name(field: FieldDescriptor) -> str | None:
    """The `oneof` that a field is a member of."""
    return field.containing_oneof.name if field.containing_oneof is not None else None


def name_of(field: FieldDescriptor) -> str:
    """What a field is called in a path."""
    return f"[{field.full_name}]" if field.is_extension else field.name


def shape_of(field: FieldDescriptor) -> Shape:
    """How many values a field has."""
    if not field.is_repeated:
        return Shape.ONE
    kind = field.message_type
    return Shape.MAP if kind is not None and kind.GetOptions().map_entry else Shape.LIST


def content_field(field: FieldDescriptor) -> FieldDescriptor:
    """The field itself; of a map that of its values."""
    if shape_of(field) is not Shape.MAP or field.message_type is None:
        return field
    content: FieldDescriptor = field.message_type.fields_by_name["value"]
    return content


def getter(field: FieldDescriptor) -> Callable[[Dynamic], Dynamic]:
    """What reads a field from its message."""
    return (lambda message: message.Extensions[field]) if field.is_extension else attrgetter(field.name)


def tester(field: FieldDescriptor) -> Callable[[Dynamic], bool] | None:
    """What tells whether a field is there; None where there is no such thing."""
    if not field.has_presence:
        return None
    name = field.name
    if field.is_extension:
        return lambda message: has_extension(message, field)
    return lambda message: has_field(message, name)


def items_of(shape: Shape, value: Dynamic) -> Iterator[tuple[str, Dynamic]]:
    """The values of a field, each with what a path to it has behind the field's name."""
    match shape:
        case Shape.ONE:
            yield "", value
        case Shape.LIST:
            yield from ((f"[{at}]", item) for at, item in enumerate(value))
        case _:
            yield from ((f"[{json.dumps(key, ensure_ascii=False)}]", value[key]) for key in value)
