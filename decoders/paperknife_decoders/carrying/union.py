"""The made types: an envelope with a `oneof` in which each message that a carrier may hold is a member."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from paperknife_decoders.carrying.choices import Choice
from paperknife_decoders.schema import SchemaError
from paperknife_decoders.steps import Step

__all__ = [
    "BODY",
    "FIRST_HEADER",
    "FIRST_MEMBER",
    "PACKAGE",
    "Carrier",
    "Union",
    "header_union",
    "types_between",
    "union_of",
]

FIRST_HEADER = 1 << 28
"""The field numbers of a header's values begin here, where schemas have none: the last number of all is 2^29 - 1."""

BODY = FIRST_HEADER + 1000
"""The field number of bytes behind a header whose type is not known."""

FIRST_MEMBER = BODY + 1
"""The field numbers of the members of a union's `oneof` begin here."""

ONEOF = "payload"

PACKAGE = "paperknife.unions"
"""What the packages of made types begin with."""

type HeaderKinds = Mapping[str, type[int] | type[str]]
"""The names of a header's values, and whether they are numbers or texts."""

NO_HEADER: HeaderKinds = {}

NUMBERS = itertools.count(1)
"""For the names of made files, which have to be unique within a pool."""

LABEL = FieldDescriptorProto.LABEL_OPTIONAL
HEADER_KINDS = {int: FieldDescriptorProto.TYPE_INT64, str: FieldDescriptorProto.TYPE_STRING}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A message type that holds another message in its bytes field `at`, of the type of its `choice`.

    `steps` come between the bytes and the message, each with one part: they are compressed, or encoded.
    """

    type: Descriptor
    at: FieldDescriptor
    choice: Choice
    steps: tuple[Step, ...] = ()

    @property
    def holds(self) -> tuple[Descriptor, ...]:
        """The types that it may hold."""
        return self.choice.holds


@dataclass(frozen=True, slots=True)
class Union:
    """A made type in the place of one of the schema's.

    `members` are the field numbers in the `oneof`, by the full names of the types that are carried. `inner` are the
    unions among its fields, by field number, members included. `carrier` says where the carried bytes are. `originals`
    are the types that were copied, by the full names of the copies.
    """

    descriptor: Descriptor
    carrier: Carrier | None = None
    oneof: str = ""
    members: Mapping[str, int] = field(default_factory=dict)
    inner: dict[int, Union] = field(default_factory=dict, repr=False)
    originals: Mapping[str, Descriptor] = field(default_factory=dict, repr=False)


def union_of(
    root: Descriptor, carriers: Sequence[Carrier], pool: DescriptorPool, header: HeaderKinds = NO_HEADER
) -> Union:
    """The union in the place of `root`, which is one of the carriers or has one somewhere in it; added to the `pool`.

    A `header`'s values are fields of it too.

    Raises SchemaError where there is no carrier in it, and where the types on the way to it are of several syntaxes.
    """
    by_type = {carrier.type: carrier for carrier in carriers}
    copied = types_between(root, by_type)
    if root not in copied:
        names = " or ".join(sorted(kind.full_name for kind in by_type)) or "something that carries a message"
        raise SchemaError(f"{names} was expected to be somewhere in {root.full_name}, and is not.")
    making = Making(by_type, copied, header)
    made = making.add_to(pool)
    originals = {copy.full_name: kind for kind, copy in made.items()}
    unions = {
        kind: Union(
            made[kind],
            by_type.get(kind),
            making.oneofs.get(kind, ""),
            numbered(by_type[kind].holds) if kind in by_type else {},
            originals=originals,
        )
        for kind in copied
    }
    for kind, union in unions.items():
        below = {each.number: each.message_type for each in kind.fields}
        if kind in by_type:
            below.update(enumerate(by_type[kind].holds, FIRST_MEMBER))
        union.inner.update({number: unions[inner] for number, inner in below.items() if inner in unions})
    return unions[root]


def header_union(name: str, header: HeaderKinds, holds: Sequence[Descriptor], pool: DescriptorPool) -> Union:
    """The union of what comes behind a header; added to the `pool`.

    The header's values are its first fields; behind them is `body` for bytes of no known type.
    """
    try:
        file = empty_file(holds)  # so that a union of what lies in this one is possible
    except (SchemaError, ValueError):
        number = next(NUMBERS)
        file = FileDescriptorProto(
            name=f"paperknife/union{number}.proto", package=f"{PACKAGE}{number}", syntax="proto3"
        )
    proto = file.message_type.add(name=name)
    add_header(proto, header)
    (body,) = distinct(["body"], header)
    proto.field.add(name=body, number=BODY, type=FieldDescriptorProto.TYPE_BYTES, label=LABEL)
    oneof = add_members(proto, holds, {})
    file.dependency.extend(imports(holds))
    add(file, pool)
    return Union(pool.FindMessageTypeByName(f"{file.package}.{name}"), None, oneof, numbered(holds))


class Making:
    """A file with copies of some types, in which the carriers have a `oneof` of what they hold."""

    def __init__(
        self, carriers: Mapping[Descriptor, Carrier], copied: Sequence[Descriptor], header: HeaderKinds
    ) -> None:
        self.file = empty_file(copied)
        names = distinct((kind.name for kind in copied), ())
        self.names = {kind: f".{self.file.package}.{name}" for kind, name in zip(copied, names, strict=True)}
        self.oneofs: dict[Descriptor, str] = {}
        for kind, name in zip(copied, names, strict=True):
            proto = self.copy(kind, name)
            if kind is copied[0]:
                add_header(proto, header)
            if kind in carriers:
                self.oneofs[kind] = add_members(proto, carriers[kind].holds, self.names)
            self.file.message_type.append(proto)
        held = [each for kind in copied if kind in carriers for each in carriers[kind].holds]
        self.file.dependency.extend(imports([*copied, *held]))

    def add_to(self, pool: DescriptorPool) -> dict[Descriptor, Descriptor]:
        """The copies by what they are copies of."""
        add(self.file, pool)
        return {kind: pool.FindMessageTypeByName(name.removeprefix(".")) for kind, name in self.names.items()}

    def copy(self, kind: Descriptor, name: str) -> DescriptorProto:
        """A type under another name, its fields of copied types being of the copies."""
        proto = DescriptorProto()
        kind.CopyToProto(proto)
        entries = {f".{kind.full_name}.{each.name}": each for each in proto.nested_type if each.options.map_entry}
        proto.name = name
        copies = {f".{each.full_name}": made for each, made in self.names.items()}
        copies.update({full: f"{self.names[kind]}.{each.name}" for full, each in entries.items()})
        for each in (proto, *entries.values()):
            for its in each.field:
                if its.type_name in copies:
                    its.type_name = copies[its.type_name]
        nested = list(entries.values())
        del proto.nested_type[:]
        proto.nested_type.extend(nested)
        for of_the_original in ("enum_type", "extension", "extension_range", "reserved_range", "reserved_name"):
            proto.ClearField(of_the_original)
        return proto


def add_header(proto: DescriptorProto, header: HeaderKinds) -> None:
    """Give a type the fields for a header's values."""
    names = distinct(header, {each.name for each in proto.field})
    for number, (name, kind) in enumerate(zip(names, header.values(), strict=True), FIRST_HEADER):
        proto.field.add(name=name, number=number, type=HEADER_KINDS[kind], label=LABEL)


def add_members(proto: DescriptorProto, holds: Sequence[Descriptor], copies: Mapping[Descriptor, str]) -> str:
    """Give a type a `oneof` with a member for each type that it may hold; the name of the `oneof`."""
    taken = {each.name for each in proto.field}
    (oneof,) = distinct([ONEOF], taken | {each.name for each in proto.oneof_decl})
    synthetic = {each.oneof_index for each in proto.field if each.proto3_optional}
    index = min(synthetic, default=len(proto.oneof_decl))  # those that `optional` makes come last
    for each in proto.field:
        if each.HasField("oneof_index") and each.oneof_index >= index:
            each.oneof_index += 1
    proto.oneof_decl.insert(index, DescriptorProto().oneof_decl.add(name=oneof))
    for name, (number, kind) in zip(
        distinct((each.name for each in holds), taken | {oneof}), enumerate(holds, FIRST_MEMBER), strict=True
    ):
        proto.field.add(
            name=name,
            number=number,
            type=FieldDescriptorProto.TYPE_MESSAGE,
            label=LABEL,
            type_name=copies.get(kind, f".{kind.full_name}"),
            oneof_index=index,
        )
    return oneof


def numbered(holds: Sequence[Descriptor]) -> dict[str, int]:
    """The members' field numbers by their types."""
    return {kind.full_name: number for number, kind in enumerate(holds, FIRST_MEMBER)}


def distinct(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """The names, each with a number behind it where it is needed to tell it from others.

    Case and underscores do not count, as they are lost in JSON (protobuf.dev/programming-guides/json).
    """
    used = {folded(name) for name in taken}
    last: dict[str, int] = {}
    found = []
    for each in names:
        name, number = each, last.get(each, 1)
        while folded(name) in used:
            number += 1
            name = f"{each}{number}"
        last[each] = number
        used.add(folded(name))
        found.append(name)
    return found


def folded(name: str) -> str:
    """What two names that may be taken for each other have in common."""
    return name.replace("_", "").lower()


def types_between(root: Descriptor, carriers: Mapping[Descriptor, Carrier]) -> list[Descriptor]:
    """The types from `root` on, in their order, through which a carrier is reached; carriers too."""
    above: dict[Descriptor, list[Descriptor]] = {}
    waiting = [root]
    while waiting:
        kind = waiting.pop()
        if kind not in above:
            above[kind] = []
            waiting += inside(kind, carriers)
    for kind in above:
        for inner in inside(kind, carriers):
            above[inner].append(kind)
    reaching: set[Descriptor] = set()
    waiting = [kind for kind in above if kind in carriers]
    while waiting:
        kind = waiting.pop()
        if kind not in reaching:
            reaching.add(kind)
            waiting += above[kind]
    return [kind for kind in above if kind in reaching and not kind.GetOptions().map_entry]


def inside(kind: Descriptor, carriers: Mapping[Descriptor, Carrier]) -> list[Descriptor]:
    """The types of a type's fields, and those that it may carry."""
    held = carriers[kind].holds if kind in carriers else ()
    return [*(each.message_type for each in kind.fields if each.message_type is not None), *held]


def empty_file(copied: Sequence[Descriptor]) -> FileDescriptorProto:
    """A file of the syntax that all of these have. Raises SchemaError where they have several."""
    found: dict[tuple[str, int], str] = {}
    for kind in copied:
        proto = FileDescriptorProto()
        kind.file.CopyToProto(proto)
        found.setdefault((proto.syntax or "proto2", proto.edition), f"{kind.full_name} in {proto.name}")
    if len(found) > 1:
        raise SchemaError(
            "What carries a message, and what that lies in, has to be of one syntax; here it is "
            + ", and ".join(f"{syntax} ({where})" for (syntax, _), where in found.items())
            + "."
        )
    ((syntax, edition),) = found
    number = next(NUMBERS)
    file = FileDescriptorProto(name=f"paperknife/union{number}.proto", package=f"{PACKAGE}{number}", syntax=syntax)
    if edition:
        file.edition = edition  # type: ignore[assignment]
    return file


def imports(kinds: Iterable[Descriptor]) -> list[str]:
    """The files to import for these types and for those of their fields, entries of maps included."""
    files: dict[str, None] = {}
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        files[kind.file.name] = None
        for each in kind.fields:
            inner = each.message_type or each.enum_type
            if inner is not None:
                files[inner.file.name] = None
        waiting += [each for each in kind.nested_types if each.GetOptions().map_entry]
    return list(files)


def add(file: FileDescriptorProto, pool: DescriptorPool) -> None:
    """Put a made file into the pool."""
    pool.AddSerializedFile(file.SerializeToString())
