"""Oddities: what lies in a message's bytes and its type does not know, with the path to it.

`find_oddities` skims the wire by the type's field numbers, so it sees what a parsed message no longer tells: unknown
fields in map entries, values of closed enums (which a parser puts among the unknown fields), field number 0 (which upb,
Google's parser in C, accepts in a type without fields). It is meant for the few messages that `marks` suspects.
"""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass
from functools import lru_cache

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType, close_group, read_field, read_varint

__all__ = ["Enough", "Known", "Oddity", "OddityKind", "Skim", "find_oddities", "known_tags", "wire_types"]


class OddityKind(enum.Enum):
    """What is odd."""

    UNKNOWN_FIELD = "unknown field"
    UNKNOWN_ENUM_VALUE = "unknown enum value"
    FIELD_ZERO = "field number 0"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One oddity.

    `path` holds field names from the envelope inwards: of the message that has an unknown field, or of the enum field
    itself. `number` is the field number, or the enum's value.
    """

    kind: OddityKind
    path: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a type says about one of its tags: the field's name, the type of the message in it, the enum's numbers.

    A map entry has no name of its own in a path: the entries of ``map<string, Level> levels`` are just `levels`.
    """

    names: tuple[str, ...]
    message: Descriptor | None
    enum: frozenset[int] | None
    is_text: bool
    is_packed_varint: bool
    enum_type: EnumDescriptor | None = None


def find_oddities(
    data: bytes, descriptor: Descriptor, *, limit: int = 32, most_fields: int = 10_000
) -> tuple[Oddity, ...]:
    """At most `limit` different oddities of `data` read as this type, in the order of the wire. Never raises.

    It looks at no more than `most_fields` fields, some two microseconds each, and stops where the bytes break.
    """
    skim = Skim(data, limit, most_fields)
    with contextlib.suppress(DecodeError, Enough):
        skim.message(0, len(data), descriptor, ())
    return tuple(skim.found)


class Enough(Exception):
    """A limit is reached."""


class Skim:
    """One pass over `data`, all known scalars skipped."""

    __slots__ = ("data", "fields_left", "found", "limit")

    def __init__(self, data: bytes, limit: int, most_fields: int) -> None:
        self.data = data
        self.limit = limit
        self.fields_left = most_fields
        self.found: dict[Oddity, None] = {}

    def add(self, kind: OddityKind, path: tuple[str, ...], number: int) -> None:
        """One more oddity, if it is a new one."""
        self.found[Oddity(kind, path, number)] = None
        if len(self.found) >= self.limit:
            raise Enough

    def message(self, start: int, end: int, descriptor: Descriptor, path: tuple[str, ...]) -> None:
        """All fields between the two offsets, which are a message of this type."""
        table = known_tags(descriptor)
        data = self.data
        position = start
        while position < end:
            if data[position] < 8:
                self.add(OddityKind.FIELD_ZERO, path, 0)
                return
            if not self.fields_left:
                raise Enough
            self.fields_left -= 1
            field = read_field(data, position, end)
            if field.wire_type is WireType.GROUP:
                field = close_group(data, field, end)
            position = field.end
            known = table.get(field.number << 3 | field.wire_type)
            if known is None:
                self.unknown(field, descriptor, path)
            elif known.message is not None and len(path) < DEEPEST:
                self.message(field.content, field.content_end, known.message, path + known.names)
            elif known.enum is not None:
                self.enum(field, known, path + known.names)

    def enum(self, field: Field, known: Known, path: tuple[str, ...]) -> None:
        """One enum value, or a packed list of them."""
        if field.wire_type is WireType.VARINT:
            self.enum_value(field.value, known, path)
            return
        position = field.content
        while position < field.content_end:
            value, position = read_varint(self.data, position, field.content_end)
            self.enum_value(value, known, path)

    def enum_value(self, value: int, known: Known, path: tuple[str, ...]) -> None:
        """An enum is an int32; negative ones travel as 64 bits."""
        number = (value & 0xFFFF_FFFF ^ 0x8000_0000) - 0x8000_0000
        if known.enum is not None and number not in known.enum:
            self.unnamed(number, known, path)

    def unknown(self, field: Field, _descriptor: Descriptor, path: tuple[str, ...]) -> None:
        """A field that the type `_descriptor` does not have, in the message at `path`."""
        self.add(OddityKind.UNKNOWN_FIELD, path, field.number)

    def unnamed(self, number: int, _known: Known, path: tuple[str, ...]) -> None:
        """A number without a name, in the enum field at `path`."""
        self.add(OddityKind.UNKNOWN_ENUM_VALUE, path, number)


@lru_cache(maxsize=1024)
def known_tags(descriptor: Descriptor) -> dict[int, Known]:
    """Every tag that a parser takes for a field of this type, extensions included."""
    extensions = descriptor.file.pool.FindAllExtensions(descriptor) if descriptor.is_extendable else ()
    return {
        field.number << 3 | wire_type: known_field(field)
        for field in (*descriptor.fields, *extensions)
        for wire_type in wire_types(field)
    }


def known_field(field: FieldDescriptor) -> Known:
    """What is said about a field wherever one of its tags is met."""
    in_map_entry = field.containing_type is not None and field.containing_type.GetOptions().map_entry
    name = f"[{field.full_name}]" if field.is_extension else field.name
    return Known(
        () if in_map_entry else (name,),
        field.message_type,
        enum_values(field.enum_type),
        is_text=field.type == FieldDescriptor.TYPE_STRING,
        is_packed_varint=field.is_repeated and field.type not in WIRE_TYPES,
        enum_type=field.enum_type,
    )


def enum_values(kind: EnumDescriptor | None) -> frozenset[int] | None:
    """The numbers that have a name."""
    return frozenset(value.number for value in kind.values) if kind else None


def wire_types(field: FieldDescriptor) -> tuple[WireType, ...]:
    """The wire types that a parser accepts for a field: a repeated number comes packed or not, as the sender likes."""
    own = WIRE_TYPES.get(field.type, WireType.VARINT)
    return (own, WireType.LENGTH) if field.is_repeated and own in PACKABLE else (own,)


PACKABLE = (WireType.VARINT, WireType.FIXED32, WireType.FIXED64)

WIRE_TYPES = {
    FieldDescriptor.TYPE_DOUBLE: WireType.FIXED64,
    FieldDescriptor.TYPE_FIXED64: WireType.FIXED64,
    FieldDescriptor.TYPE_SFIXED64: WireType.FIXED64,
    FieldDescriptor.TYPE_FLOAT: WireType.FIXED32,
    FieldDescriptor.TYPE_FIXED32: WireType.FIXED32,
    FieldDescriptor.TYPE_SFIXED32: WireType.FIXED32,
    FieldDescriptor.TYPE_STRING: WireType.LENGTH,
    FieldDescriptor.TYPE_BYTES: WireType.LENGTH,
    FieldDescriptor.TYPE_MESSAGE: WireType.LENGTH,
    FieldDescriptor.TYPE_GROUP: WireType.GROUP,
}
"""All other types are varints."""
