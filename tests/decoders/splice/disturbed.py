"""Random schemas of every syntax, and messages as no encoder writes them.

Records come in any order, doubled, split and packed or not; numbers are over-long; between them lie unknown fields and
records of a wire type that the schema does not have.
"""

from __future__ import annotations

import struct
from functools import cache
from random import Random

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    Edition,
    EnumDescriptorProto,
    FeatureSet,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from paperknife_decoders.wire.writing import varint

F = FieldDescriptorProto
VARINTS = [F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64, F.TYPE_SINT32, F.TYPE_SINT64, F.TYPE_BOOL]
FOURS = [F.TYPE_FIXED32, F.TYPE_SFIXED32, F.TYPE_FLOAT]
EIGHTS = [F.TYPE_FIXED64, F.TYPE_SFIXED64, F.TYPE_DOUBLE]
NUMBERS = [*VARINTS, *FOURS, *EIGHTS, F.TYPE_ENUM]
SCALARS = [*NUMBERS, F.TYPE_STRING, F.TYPE_BYTES]
KEYS = [*VARINTS, F.TYPE_FIXED32, F.TYPE_SFIXED64, F.TYPE_STRING]
SCHEMAS = 60
"""So many are made; each has many messages."""


@cache
def random_type(seed: int) -> Descriptor:
    """The first of three message types, which hold each other."""
    random = Random(seed)
    file = FileDescriptorProto(name=f"random{seed}.proto", package="r")
    syntax = random.choice(["proto2", "proto3", "editions"])
    file.syntax = syntax
    if syntax == "editions":
        file.edition = Edition.EDITION_2023
        if random.random() < 0.5:
            file.options.features.enum_type = FeatureSet.CLOSED
        if random.random() < 0.5:
            file.options.features.field_presence = FeatureSet.IMPLICIT
    closed = syntax == "proto2" or file.options.features.enum_type == FeatureSet.CLOSED
    enum = EnumDescriptorProto(name="E")
    for name, number in [("E_ZERO", 0), ("E_TWO", 2), ("E_LOW", -3)]:
        enum.value.add(name=name, number=number)
    file.enum_type.append(enum)
    implicit = file.options.features.field_presence == FeatureSet.IMPLICIT
    for each in range(3):
        add_message(random, file.message_type.add(name=f"M{each}"), syntax, closed and implicit)
    if syntax == "proto2":
        file.message_type[0].extension_range.add(start=1000, end=2000)
        for number, kind in [(1000, F.TYPE_INT32), (1001, F.TYPE_MESSAGE)]:
            field = file.extension.add(
                name=f"x{number}", number=number, extendee=".r.M0", type=kind, label=F.LABEL_OPTIONAL
            )
            if kind == F.TYPE_MESSAGE:
                field.type_name = ".r.M1"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName("r.M0")


def add_message(random: Random, kind: DescriptorProto, syntax: str, no_implicit_enums: bool) -> None:
    """Fields of all sorts."""
    numbers = random.sample([*range(1, 24), 2047, 2048, 18999, 536870911], 11)
    if random.random() < 0.8:
        kind.oneof_decl.add(name="choice")
    for number in numbers:
        field = kind.field.add(name=f"f{number}", number=number, label=F.LABEL_OPTIONAL)
        field.type = random.choice([*SCALARS, *[F.TYPE_MESSAGE] * 8, *[F.TYPE_ENUM] * 3])
        shape = random.choice(["one", "one", "oneof", "many", "many", "map", "optional"])
        if field.type == F.TYPE_MESSAGE:
            field.type_name = f".r.M{random.randrange(3)}"
            if syntax == "proto2" and shape != "map" and random.random() < 0.5:
                field.type = F.TYPE_GROUP
                field.name = f"g{number}"
            elif syntax == "editions" and shape != "map" and random.random() < 0.5:
                field.options.features.message_encoding = FeatureSet.DELIMITED
        elif field.type == F.TYPE_ENUM:
            field.type_name = ".r.E"
        if shape == "oneof" and kind.oneof_decl:
            field.oneof_index = 0
        elif shape == "many":
            field.label = F.LABEL_REPEATED
            if syntax != "editions" and field.type in NUMBERS:
                field.options.packed = random.random() < 0.5
        elif shape == "map":
            add_map(random, kind, field)
        elif syntax == "proto2" and random.random() < 0.2:
            field.label = F.LABEL_REQUIRED
        elif field.type == F.TYPE_ENUM and no_implicit_enums:
            field.options.features.field_presence = FeatureSet.EXPLICIT
    if kind.oneof_decl and not any(field.HasField("oneof_index") for field in kind.field):
        kind.field.add(name="only", number=30, label=F.LABEL_OPTIONAL, type=F.TYPE_INT32, oneof_index=0)
    if syntax == "proto3":
        for field in kind.field:
            single = field.label == F.LABEL_OPTIONAL and not field.HasField("oneof_index")
            if single and field.type != F.TYPE_MESSAGE and random.random() < 0.3:
                field.proto3_optional = True
                field.oneof_index = len(kind.oneof_decl)
                kind.oneof_decl.add(name=f"_{field.name}")


def add_map(random: Random, kind: DescriptorProto, field: FieldDescriptorProto) -> None:
    """Make a map of a field."""
    entry = kind.nested_type.add(name=f"{field.name.title()}Entry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=F.LABEL_OPTIONAL, type=random.choice(KEYS))
    value = entry.field.add(name="value", number=2, label=F.LABEL_OPTIONAL, type=field.type)
    if field.type_name:
        value.type_name = field.type_name
    owner = f".r.{kind.name}"
    field.label, field.type, field.type_name = F.LABEL_REPEATED, F.TYPE_MESSAGE, f"{owner}.{entry.name}"


def fields_of(kind: Descriptor) -> list[FieldDescriptor]:
    """All fields of a type, its extensions too."""
    return [*kind.fields, *(kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ())]


def long(random: Random, number: int, longest: int = 10) -> bytes:
    """A varint, once in a while with more bytes than it needs."""
    short = varint(number)
    more = random.randint(0, longest - len(short)) if random.random() < 0.15 else 0
    return short if not more else bytes([*(byte | 128 for byte in short), *[128] * (more - 1), 0])


def record(random: Random, number: int, wire_type: int, content: bytes) -> bytes:
    """One record."""
    tag = long(random, number << 3 | wire_type, 5)
    if wire_type == 2:
        return tag + long(random, len(content), 5) + content
    return tag + content + (long(random, number << 3 | 4, 5) if wire_type == 3 else b"")


def random_message(random: Random, kind: Descriptor, depth: int = 0) -> bytes:
    """Records in any order."""
    known = fields_of(kind)
    few = random.sample(known, min(len(known), 4))
    parts = []
    for _ in range(random.randint(0, 9 if depth == 0 else 5)):
        if random.random() < 0.15:
            parts.append(unknown_record(random, kind))
        else:
            parts.append(known_record(random, random.choice(few), depth))
    return b"".join(parts)


def unknown_record(random: Random, kind: Descriptor) -> bytes:
    """A field that the type does not have, or has with another wire type."""
    numbers = [31, 500, 3000, *(field.number for field in fields_of(kind) if not field.is_repeated)]
    number = random.choice(numbers)
    wire_type = random.choice([0, 1, 2, 3, 5])
    field = next((each for each in fields_of(kind) if each.number == number), None)
    if field is not None and wire_type == wire_type_of(field):
        return b""
    return record(random, number, wire_type, random_content(random, wire_type))


def random_content(random: Random, wire_type: int) -> bytes:
    """A value of no type."""
    match wire_type:
        case 0:
            return long(random, random.choice([0, 1, 300, random.getrandbits(64)]))
        case 2:
            return random.randbytes(random.randrange(4))
        case 3:
            return record(random, 1, 0, b"\x05") if random.random() < 0.5 else b""
    return random.randbytes(8 if wire_type == 1 else 4)


def known_record(random: Random, field: FieldDescriptor, depth: int) -> bytes:
    """A record that a parser takes for `field`."""
    if field.is_repeated and field.type in NUMBERS and random.random() < 0.5:
        packed = b"".join(scalar(random, field) for _ in range(random.randrange(4)))
        return record(random, field.number, 2, packed)
    return record(random, field.number, wire_type_of(field), content_for(random, field, depth))


def content_for(random: Random, field: FieldDescriptor, depth: int) -> bytes:
    """The content of a record of `field`."""
    kind = field.message_type
    if kind is None:
        return scalar(random, field)
    if kind.GetOptions().map_entry:
        return entry_for(random, kind, depth)
    return random_message(random, kind, depth + 1) if depth < 3 else b""


def entry_for(random: Random, kind: Descriptor, depth: int) -> bytes:
    """An entry, with its parts in any order, doubled or missing.

    Nothing unknown is in it: the library, unlike others, would take all of such an entry for an unknown field.
    """
    key, value = kind.fields_by_number[1], kind.fields_by_number[2]
    parts = [record(random, 1, wire_type_of(key), scalar(random, key)) for _ in range(random.choice([0, 1, 1, 1, 2]))]
    parts += [
        record(random, 2, wire_type_of(value), content_for(random, value, depth))
        for _ in range(random.choice([0, 1, 1, 1, 2]))
    ]
    random.shuffle(parts)
    return b"".join(parts)


def wire_type_of(field: FieldDescriptor) -> int:
    """How a single value of `field` is written."""
    return {
        **dict.fromkeys(FOURS, 5),
        **dict.fromkeys(EIGHTS, 1),
        F.TYPE_STRING: 2,
        F.TYPE_BYTES: 2,
        F.TYPE_MESSAGE: 2,
        F.TYPE_GROUP: 3,
    }.get(field.type, 0)


FLOATS = [0.0, -0.0, 1.5, float("inf"), -1e30]
NANS = {4: b"\x01\x00\xc0\x7f", 8: b"\x01\x00\x00\x00\x00\x00\xf8\xff"}


def scalar(random: Random, field: FieldDescriptor) -> bytes:
    """One value, few of them different so that keys meet again."""
    if field.type in (F.TYPE_STRING, F.TYPE_BYTES):
        return random.choice([b"", b"a", b"key", "ü".encode() * 3, b"x" * random.choice([1, 126, 127, 128, 130])])
    if field.type in (F.TYPE_FLOAT, F.TYPE_DOUBLE):
        code, size = ("<f", 4) if field.type == F.TYPE_FLOAT else ("<d", 8)
        return NANS[size] if random.random() < 0.2 else struct.pack(code, random.choice(FLOATS))
    if field.type in (*FOURS, *EIGHTS):
        return random.choice([0, 1, 255]).to_bytes(4 if field.type in FOURS else 8, "little")
    if field.type == F.TYPE_ENUM:
        return long(random, random.choice([0, 2, 7, 2**64 - 3, 2**64 - 9]))
    return long(random, random.choice([0, 1, 2, 150, 2**32 + 5, 2**64 - 1, 2**31]))


def parsed(kind: Descriptor, data: bytes):
    """What the library makes of it."""
    return message_factory.GetMessageClass(kind).FromString(data)


def written(message) -> bytes:
    """A message in one form only: what is equal is written equal, unknown fields and the bits of a NaN included."""
    return message.SerializePartialToString(deterministic=True)
