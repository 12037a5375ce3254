"""Hops: the parts of a path, each with all that has to be known to find its records and to make new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.wire.walker import WireType
from paperknife_decoders.wire.writing import varint

__all__ = ["Form", "Hop", "Key", "Tags", "form_of", "is_map"]

type Key = int | bytes
"""A key of a map as it counts: texts as their UTF-8."""

type Tags = Mapping[int, frozenset[int] | None]
"""The tags that a parser takes for a field, and of a closed enum the numbers that it takes."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a field lies on the wire.

    `tags` are its own and those of its rivals, the other members of its `oneof`. `tag` starts a new record of it,
    `close` ends one where it is a group, and `packed` starts a record of many numbers where they may be packed.
    """

    field: FieldDescriptor
    number: int
    wire_type: WireType
    tags: Tags
    tag: bytes
    close: bytes
    packed: bytes
    in_oneof: bool

    def record(self, content: bytes) -> bytes:
        """A new record."""
        if self.wire_type is WireType.LENGTH:
            return self.tag + varint(len(content)) + content
        return self.tag + content + self.close


@dataclass(frozen=True, slots=True)
class Hop:
    """One field on a path; of a list perhaps the element that is meant, of a map the entry.

    `text` is the path up to here. `key_record` is the key's record in a new entry.
    """

    form: Form
    text: str
    index: int | None = None
    key: Key | None = None
    key_record: bytes = b""


@lru_cache(maxsize=4096)
def form_of(field: FieldDescriptor) -> Form:
    """How `field` lies on the wire."""
    oneof = field.containing_oneof
    members = list(oneof.fields) if oneof is not None else [field]
    own, *packed = wire_types(field)
    number = field.number
    return Form(
        field,
        number,
        own,
        {member.number << 3 | kind: closed_numbers(member) for member in members for kind in wire_types(member)},
        varint(number << 3 | own),
        varint(number << 3 | WireType.GROUP_END) if own is WireType.GROUP else b"",
        varint(number << 3 | WireType.LENGTH) if packed else b"",
        in_oneof=len(members) > 1,
    )


def closed_numbers(field: FieldDescriptor) -> frozenset[int] | None:
    """The numbers of a closed enum; parsers put all others among the unknown fields."""
    kind = field.enum_type
    return frozenset(value.number for value in kind.values) if kind is not None and kind.is_closed else None


def is_map(field: FieldDescriptor) -> bool:
    """True for a map, which is a list of entries on the wire."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
