"""Many messages laid one upon another: what holds of all of them, found by one parse.

To parse the messages of a feed one by one is to make an object of each part of them, and to see whether they have
unknown fields is to walk through all of that twice. An overlay is a copy of a message type in which no message repeats
and no member of a `oneof` shuts out another, so that any number of messages merge into one small object
(protobuf.dev/programming-guides/encoding, "Last One Wins"). It parses only if each of them does, and it has an unknown
field if any of them has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from paperknife_decoders.reflection import list_fields
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.writing import varint

__all__ = ["NOTHING", "Accord", "Look", "look_for"]

PACKAGE = "paperknife_overlay"

KEPT = 1 << 14
"""What stands before a message of fewer bytes is made once."""

MERGING = (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP)


class Accord(NamedTuple):
    """What holds of each of several messages. Where it says False, or nothing, that may be so of some of them or none.

    `parses`: it is of its type. `known`: each of its fields, at any depth, is in the schema, with its wire type, and
    each number of a closed enum. `member`: it holds this member of its `oneof`, perhaps more than once, and no more.
    """

    parses: bool = False
    known: bool = False
    member: str = ""


NOTHING = Accord()

type Look = Callable[[Sequence[bytes]], Accord]
"""Tells what holds of messages of one type. It never raises."""


def look_for(descriptor: Descriptor, members: Mapping[int, str]) -> Look:
    """Looks at messages of this type; at none where no overlay of it can be made.

    `members` are those that may be all that is in one of its messages, by number.
    """
    try:
        message_class = message_factory.GetMessageClass(holder_of(descriptor))
    except (TypeError, KeyError, RecursionError):  # a schema by rules that are younger than we are, or too deep
        return lambda contents: NOTHING
    parse, discard, serialize = (
        message_class.FromString,
        message_class.DiscardUnknownFields,
        message_class.SerializePartialToString,
    )

    def look(contents: Sequence[bytes]) -> Accord:
        try:
            laid: Dynamic = parse(joined(contents))
        except DecodeError:
            return NOTHING
        before = len(serialize(laid))
        discard(laid)
        if len(serialize(laid)) != before:
            return Accord(parses=True)
        found = () if b"" in contents else list_fields(laid.item)
        return Accord(True, True, members.get(found[0][0].number, "") if len(found) == 1 else "")

    return look


class Prefixes(dict[int, bytes]):
    """By its length in bytes, what stands before a message that is field 1 of another."""

    def __missing__(self, length: int) -> bytes:
        prefix = b"\x0a" + varint(length)
        if length < KEPT:
            self[length] = prefix
        return prefix


PREFIXES = Prefixes()


def joined(contents: Sequence[bytes]) -> bytes:
    """A message that has field 1 as often as there are contents."""
    prefixes = PREFIXES
    parts = [b""] * (2 * len(contents))
    parts[::2] = [prefixes[len(content)] for content in contents]
    parts[1::2] = contents
    return b"".join(parts)


# the overlay


def holder_of(descriptor: Descriptor) -> Descriptor:
    """A type with the overlay of another one as field 1, in a pool of its own. Raises `TypeError` or `KeyError`."""
    pool = DescriptorPool()
    for file in files_for(descriptor):
        proto = FileDescriptorProto()
        file.CopyToProto(proto)
        fold_fields(proto.extension)
        fold(proto.message_type)
        pool.Add(proto)
    holder = FileDescriptorProto(name=PACKAGE, package=PACKAGE, syntax="proto3", dependency=[descriptor.file.name])
    holder.message_type.add(name="Holder").field.add(
        name="item",
        number=1,
        label=FieldDescriptorProto.LABEL_OPTIONAL,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=f".{descriptor.full_name}",
    )
    pool.Add(holder)
    return pool.FindMessageTypeByName(f"{PACKAGE}.Holder")


def fold(messages: Iterable[DescriptorProto]) -> None:
    """Make types, and those within them, such that their messages merge."""
    waiting = list(messages)
    while waiting:
        message = waiting.pop()
        message.ClearField("oneof_decl")
        message.options.ClearField("map_entry")
        fold_fields(message.field)
        fold_fields(message.extension)
        waiting += message.nested_type


def fold_fields(fields: Iterable[FieldDescriptorProto]) -> None:
    """Have messages not repeat, and nothing shut out by anything else."""
    for field in fields:
        field.ClearField("oneof_index")
        field.ClearField("proto3_optional")
        if field.type in MERGING and field.label == FieldDescriptorProto.LABEL_REPEATED:
            field.label = FieldDescriptorProto.LABEL_OPTIONAL


def files_for(descriptor: Descriptor) -> list[FileDescriptor]:
    """All files that take part in reading a message of this type, each after those that it imports."""
    ordered: dict[str, FileDescriptor] = {}
    waiting = [descriptor.file]
    while waiting:
        file = waiting[-1]
        missing = [each for each in file.dependencies if each.name not in ordered]
        waiting += missing
        if not missing:
            waiting.pop()
            if file.name not in ordered:
                ordered[file.name] = file
                waiting[:0] = extending(file)
    return list(ordered.values())


def extending(file: FileDescriptor) -> Iterator[FileDescriptor]:
    """The files of extensions to the messages of a file."""
    pool: Dynamic = file.pool
    waiting = list(file.message_types_by_name.values())
    while waiting:
        message = waiting.pop()
        waiting += message.nested_types
        if message.is_extendable:
            yield from (extension.file for extension in pool.FindAllExtensions(message))
