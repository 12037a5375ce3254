"""Random small schemas with messages of them, and what it takes to tell whether another schema explains these."""

from __future__ import annotations

from random import Random

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.wire.walker import walk
from paperknife_decoders.wire.writing import varint

F = FieldDescriptorProto
PLAIN = [
    *(F.TYPE_BOOL, F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64, F.TYPE_SINT32, F.TYPE_SINT64),
    *(F.TYPE_FIXED32, F.TYPE_FIXED64, F.TYPE_SFIXED32, F.TYPE_SFIXED64, F.TYPE_FLOAT, F.TYPE_DOUBLE),
    *(F.TYPE_STRING, F.TYPE_BYTES),
]
BOUNDS = {
    F.TYPE_BOOL: (0, 1),
    F.TYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    F.TYPE_SINT32: (-(1 << 31), (1 << 31) - 1),
    F.TYPE_SFIXED32: (-(1 << 31), (1 << 31) - 1),
    F.TYPE_UINT32: (0, (1 << 32) - 1),
    F.TYPE_FIXED32: (0, (1 << 32) - 1),
    F.TYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    F.TYPE_SINT64: (-(1 << 63), (1 << 63) - 1),
    F.TYPE_SFIXED64: (-(1 << 63), (1 << 63) - 1),
    F.TYPE_UINT64: (0, (1 << 64) - 1),
    F.TYPE_FIXED64: (0, (1 << 64) - 1),
}
TEXTS = ["", "ESZ6", "a b c", "x" * 40, "zwölf", "\n\x03abc", "\x08\x01", "line\nline", "\x00\x01\x02"]


def random_type(random: Random) -> Descriptor:
    """The first of a few message types, which may nest and recur."""
    count = random.randint(1, 4)
    file = FileDescriptorProto(name="random.proto", syntax="proto3", package="r")
    for index in range(count):
        message = file.message_type.add(name=f"M{index}")
        if random.random() < 0.4:
            message.oneof_decl.add(name="payload")
        numbers = random.sample([*range(1, 20), 100, 2047, 2048, 18_999, 20_000, (1 << 29) - 1], random.randint(0, 6))
        for number in numbers:
            add_field(random, message, number, count)
        if message.oneof_decl and not any(field.HasField("oneof_index") for field in message.field):
            del message.oneof_decl[:]
    pool = descriptor_pool.DescriptorPool()
    return pool.AddSerializedFile(file.SerializeToString()).message_types_by_name["M0"]


def add_field(random: Random, message: DescriptorProto, number: int, count: int) -> None:
    """A field of any type and label."""
    field = message.field.add(name=f"f{number}", number=number, label=F.LABEL_OPTIONAL, type=random.choice(PLAIN))
    if random.random() < 0.35:
        field.type, field.type_name = F.TYPE_MESSAGE, f".r.M{random.randrange(count)}"
    if message.oneof_decl and random.random() < 0.5:
        field.oneof_index = 0
    elif random.random() < 0.3:
        field.label = F.LABEL_REPEATED
        if random.random() < 0.5 and field.type not in (F.TYPE_MESSAGE, F.TYPE_STRING, F.TYPE_BYTES):
            field.options.packed = False


def random_message(random: Random, kind: Descriptor) -> bytes:
    """One message, as an encoder writes it."""
    message = message_factory.GetMessageClass(kind)()
    fill(random, message, 0)
    return message.SerializeToString()


def fill(random: Random, message: ProtoMessage, depth: int) -> None:
    """Set some fields."""
    for field in message.DESCRIPTOR.fields:
        if random.random() < 0.3 + 0.15 * depth:
            continue
        if field.is_repeated:
            values = getattr(message, field.name)
            for _ in range(random.randint(0, 3)):
                if field.message_type is not None:
                    fill(random, values.add(), depth + 1)
                else:
                    values.append(random_value(random, field))
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            if depth < 5:
                fill(random, inner, depth + 1)
        else:
            setattr(message, field.name, random_value(random, field))


def random_value(random: Random, field: FieldDescriptor) -> object:
    """A value, often a small one."""
    if field.type == F.TYPE_STRING:
        return random.choice(TEXTS)
    if field.type == F.TYPE_BYTES:
        return random.choice([random.randbytes(random.randint(0, 20)), b"\x08\x01", b"\x01\x02\x03", b"text"])
    if field.type in (F.TYPE_FLOAT, F.TYPE_DOUBLE):
        return random.choice([0.0, 0.25, 5021.25, -1.5, 1e-30, random.random() * 1000, float("nan")])
    low, high = BOUNDS[field.type]
    return min(max(random.choice([0, 1, 2, -1, 100, 128, 1_790_000_000, random.randint(low, high)]), low), high)


def unexplained(kind: Descriptor, data: bytes) -> str:
    """What `kind` lacks for a message: the empty string if it knows all of it, and writes it as it was."""
    message = message_factory.GetMessageClass(kind).FromString(data)
    again = message.SerializeToString()
    if in_order(kind, again) != in_order(kind, data):
        return f"written anew as {again.hex()}"
    message.DiscardUnknownFields()
    return "" if in_order(kind, message.SerializeToString()) == in_order(kind, data) else "has unknown fields"


def in_order(kind: Descriptor, data: bytes) -> bytes:
    """The message with the fields of each level by their numbers; those with the same one stay in their order."""
    parts = []
    for field in sorted(walk(data), key=lambda field: field.number):
        part = data[field.start : field.end]
        declared = kind.fields_by_number.get(field.number)
        if declared is not None and declared.message_type is not None:
            content = in_order(declared.message_type, data[field.content : field.content_end])
            part = data[field.start : field.body] + varint(len(content)) + content
        parts.append(part)
    return b"".join(parts)
