"""What the comparing of messages goes through: pairs of values, as they came and in normal form, and their places."""

from __future__ import annotations

from typing import NamedTuple

from google.protobuf.descriptor import FieldDescriptor, OneofDescriptor

from paperknife_decoders.open_types import any_content
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.sites import name_of
from paperknife_decoders.values import Dynamic
from paperknife_decoders.yaml_words import key_text

__all__ = ["Fields", "Pair", "Place", "contents", "fields_of", "item_of", "oneof_of"]


class Pair(NamedTuple):
    """A value as it came, and its normal form."""

    whole: Dynamic
    normal: Dynamic


class Place(NamedTuple):
    """Where a value lies: the path that is told, and the names on it."""

    path: str = ""
    names: tuple[str, ...] = ()
    depth: int = 0

    def inside(self, field: FieldDescriptor) -> Place:
        """The place of a field."""
        return Place(self.below(name_of(field)), (*self.names, field.name), self.depth + 1)

    def below(self, name: str | int) -> str:
        """The path of what is called so and lies in this."""
        return f"{self.path}.{name}" if self.path else str(name)

    def at(self, index: object) -> Place:
        """The place of one element or of one entry."""
        text = key_as_text(index) if isinstance(index, str) else str(index).lower()
        return self._replace(path=f"{self.path}[{text}]")


def key_as_text(key: str) -> str:
    """A key in quotes."""
    text = key_text(key)
    return text if text.startswith('"') else f'"{text}"'


type Fields = dict[int, tuple[FieldDescriptor, Pair]]


def fields_of(pair: Pair) -> Fields:
    """The set fields by number, as they came and in normal form."""
    whole = {field.number: value for field, value in list_fields(pair.whole)}
    return {
        field.number: (field, Pair(whole.get(field.number, value), value)) for field, value in list_fields(pair.normal)
    }


def oneof_of(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof of which a field is a member; those that `optional` makes are none."""
    oneof = field.containing_oneof
    return oneof if oneof is not None and len(oneof.fields) > 1 else None


def item_of(pair: Pair, key: Dynamic) -> Pair:
    """One element or entry."""
    return Pair(pair.whole[key], pair.normal[key])


def contents(pair: Pair) -> Pair | None:
    """What is in an Any; None where that is not known."""
    whole, normal = any_content(pair.whole), any_content(pair.normal)
    return None if whole is None or normal is None else Pair(whole, normal)
