"""The differences between two messages of one type, field by field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration

from paperknife_decoders.difference.alignment import pairs_of
from paperknife_decoders.difference.found import Finding, What
from paperknife_decoders.difference.json_normal import NOWHERE, JsonPlace, plain_json
from paperknife_decoders.difference.json_values import JsonComparing
from paperknife_decoders.difference.places import Fields, Pair, Place, contents, fields_of, item_of, oneof_of
from paperknife_decoders.difference.unknown_normal import (
    encoded,
    is_large,
    unknown_by_number,
    unknown_bytes,
)
from paperknife_decoders.difference.wording import Wording
from paperknife_decoders.masking import MAX_DEPTH
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.reflection import kind_of
from paperknife_decoders.secrets import MASK
from paperknife_decoders.sites import Shape, content_field, shape_of
from paperknife_decoders.unknown import unknown_words
from paperknife_decoders.values import Dynamic, stands_for, words_of
from paperknife_decoders.volatile import Volatile

__all__ = ["Comparing"]

serialize = cast("Callable[..., bytes]", Duration.SerializePartialToString)


class Comparing:
    """Goes through two messages at once."""

    def __init__(self, volatile: Volatile, finding: Finding) -> None:
        self.volatile = volatile
        self.finding = finding
        self.words = Wording(volatile.secrets)

    def message(self, expected: Pair, found: Pair, place: Place) -> None:
        """Two messages of one type."""
        if place.depth > MAX_DEPTH:
            if not same(expected.normal, found.normal):
                self.finding.add(place.path, What.CHANGED, lambda: "{…}", lambda: "{…}")
            return
        ours, theirs = fields_of(expected), fields_of(found)
        switched = self.switches(ours, theirs, place)
        for number in sorted(ours.keys() | theirs.keys()):
            if number in switched:
                continue
            if number not in theirs:
                self.alone(What.MISSING, *ours[number], place)
            elif number not in ours:
                self.alone(What.EXTRA, *theirs[number], place)
            else:
                field, value = ours[number]
                self.field(field, value, theirs[number][1], place.inside(field))
        self.unknown(expected, found, place)

    def switches(self, ours: Fields, theirs: Fields, place: Place) -> set[int]:
        """Tell where another member of a oneof is set; the numbers of the members."""
        told: set[int] = set()
        members = {oneof: number for number, (field, _) in theirs.items() if (oneof := oneof_of(field)) is not None}
        for number, (field, value) in ours.items():
            oneof = oneof_of(field)
            other = members.get(oneof) if oneof is not None else None
            if oneof is not None and other is not None and other != number:
                told |= {number, other}
                self.finding.add(
                    place.below(oneof.name),
                    What.CHANGED,
                    self.member(field, value, place),
                    self.member(*theirs[other], place),
                )
        return told

    def member(self, field: FieldDescriptor, value: Pair, place: Place) -> Callable[[], str]:
        """Says a member of a oneof."""
        return lambda: f"{field.name}: {self.words.field(field, value.whole, place.inside(field).names)}"

    def alone(self, what: What, field: FieldDescriptor, value: Pair, place: Place) -> None:
        """A field that only one of the messages has; of a list or a map each value."""
        at = place.inside(field)
        content = content_field(field)
        if shape_of(field) is Shape.LIST:
            for index, item in enumerate(value.whole):
                if self.finding.is_over:
                    self.finding.count(len(value.whole) - index)
                    break
                self.lone(what, at.at(index), content, item, at.names)
        elif shape_of(field) is Shape.MAP:
            keys = sorted(value.whole)
            for index, key in enumerate(keys):
                if self.finding.is_over:
                    self.finding.count(len(keys) - index)
                    break
                self.lone(what, at.at(key), content, value.whole[key], at.names, key)
        else:
            self.lone(what, at, field, value.whole, at.names)

    def lone(  # noqa: PLR0913, PLR0917 - what is said of one value, and where
        self,
        what: What,
        place: Place,
        field: FieldDescriptor,
        value: Dynamic,
        names: tuple[str, ...],
        key: object = None,
    ) -> None:
        """A value that has no partner."""
        say = lambda: self.words.one(field, value, names, key)  # noqa: E731
        self.finding.add(place.path, what, *((say, None) if what is What.MISSING else (None, say)))

    def field(self, field: FieldDescriptor, expected: Pair, found: Pair, place: Place) -> None:
        """A field that both messages have."""
        match shape_of(field):
            case Shape.ONE:
                self.value(field, expected, found, place)
            case Shape.LIST:
                self.list(field, expected, found, place)
            case _:
                self.map(content_field(field), expected, found, place)

    def list(self, field: FieldDescriptor, expected: Pair, found: Pair, place: Place) -> None:
        """Two lists, aligned."""
        pairs = pairs_of(keys_of(field, expected.normal), keys_of(field, found.normal))
        for one, other in pairs:
            if self.finding.is_over:
                self.finding.count(1 + sum(1 for _ in pairs))
            elif one is None:
                assert other is not None
                self.lone(What.EXTRA, place.at(other), field, found.whole[other], place.names)
            elif other is None:
                self.lone(What.MISSING, place.at(one), field, expected.whole[one], place.names)
            else:
                self.value(field, item_of(expected, one), item_of(found, other), place.at(one))

    def map(self, content: FieldDescriptor, expected: Pair, found: Pair, place: Place) -> None:
        """Two maps, by key."""
        for key in sorted(expected.normal.keys() | found.normal.keys()):
            if self.finding.is_over:
                ours, theirs = (each.normal.get(key) for each in (expected, found))
                self.finding.count(ours != theirs)
            elif key not in found.normal:
                self.lone(What.MISSING, place.at(key), content, expected.whole[key], place.names, key)
            elif key not in expected.normal:
                self.lone(What.EXTRA, place.at(key), content, found.whole[key], place.names, key)
            else:
                self.value(content, item_of(expected, key), item_of(found, key), place.at(key), key)

    def value(self, field: FieldDescriptor, expected: Pair, found: Pair, place: Place, key: object = None) -> None:
        """Two single values of a field."""
        kind = field.message_type
        if kind is None:
            one, other = expected.normal, found.normal
            if one == other or (one != one and other != other):  # noqa: PLR0124 - not a number
                return
        elif same(expected.normal, found.normal):
            return
        elif is_any(kind):
            self.any(expected, found, place)
            return
        elif is_json_like(kind):
            self.json(expected.whole, found.whole, place)
            return
        elif stands_for(kind) is None and words_of(kind) is None:
            self.message(expected, found, place)
            return
        self.finding.add(
            place.path,
            What.CHANGED,
            lambda: self.words.one(field, expected.whole, place.names, key),
            lambda: self.words.one(field, found.whole, place.names, key),
        )

    def any(self, expected: Pair, found: Pair, place: Place) -> None:
        """Two Anys that differ: by their types, or by what is in them."""
        ours, theirs = contents(expected), contents(found)
        if expected.normal.type_url != found.normal.type_url:
            url = kind_of(expected.normal).fields_by_name["type_url"]
            self.finding.add(
                place.below("@type"),
                What.CHANGED,
                lambda: self.words.one(url, expected.whole.type_url, (*place.names, url.name)),
                lambda: self.words.one(url, found.whole.type_url, (*place.names, url.name)),
            )
            return
        if ours is None or theirs is None:
            self.message(expected, found, place)
            return
        kind = kind_of(ours.normal)
        inner = place._replace(depth=place.depth + 1)
        if is_json_like(kind):
            self.json(ours.whole, theirs.whole, place)
        elif is_any(kind) and place.depth < MAX_DEPTH:
            self.any(ours, theirs, inner)
        else:
            self.message(ours, theirs, inner)
        self.unknown(expected, found, place)

    def json(self, expected: Dynamic, found: Dynamic, place: Place) -> None:
        """Two Structs, or other JSON."""
        start = self.volatile.ignored.start
        for name in place.names:
            start = self.volatile.ignored.step(start, name)[0]
        JsonComparing(self.volatile, self.finding).value(
            plain_json(expected), plain_json(found), JsonPlace(start, place.names or NOWHERE), place.path
        )

    def unknown(self, expected: Pair, found: Pair, place: Place) -> None:
        """The unknown fields of two messages themselves, those of a number in their order; not of large ones."""
        if is_large(expected.normal) or is_large(found.normal):
            self.unknown_whole(unknown_bytes(expected.normal), unknown_bytes(found.normal), place)
            return
        ours, theirs = unknown_by_number(expected.normal), unknown_by_number(found.normal)
        declared = kind_of(expected.normal).fields_by_number
        for number in sorted(ours.keys() | theirs.keys()):
            of_ours, of_theirs = ours.get(number, []), theirs.get(number, [])
            many = max(len(of_ours), len(of_theirs)) > 1
            for index, (one, other) in enumerate(zip_longest(of_ours, of_theirs)):
                if one is not None and other is not None and encoded(one) == encoded(other):
                    continue
                what = What.EXTRA if one is None else What.MISSING if other is None else What.CHANGED
                path = f"{place.below(number)}[{index}]" if many else place.below(number)
                self.finding.add(path, what, says(one, declared), says(other, declared))

    def unknown_whole(self, expected: bytes, found: bytes, place: Place) -> None:
        """The unknown fields of two messages, as they came."""
        if expected != found:
            ours, theirs = (f"{len(each):,} B of unknown fields" for each in (expected, found))
            self.finding.add(place.path, What.CHANGED, lambda: ours, lambda: theirs)


def says(field: Dynamic | None, declared: Dynamic) -> Callable[[], str] | None:
    """Says an unknown field; what has the number of a known one may be its secret."""
    if field is None:
        return None
    if field.field_number in declared:
        return lambda: MASK
    return lambda: unknown_words(field).partition("=")[2]


def keys_of(field: FieldDescriptor, values: Dynamic) -> Sequence[object]:
    """What tells the elements of a list from each other."""
    if field.message_type is not None:
        return [serialize(item, deterministic=True) for item in values]
    return [item if item == item else "nan" for item in values]  # noqa: PLR0124 - not a number


def same(one: Dynamic, other: Dynamic) -> bool:
    """True for messages in normal form that are equal."""
    return serialize(one, deterministic=True) == serialize(other, deterministic=True)
