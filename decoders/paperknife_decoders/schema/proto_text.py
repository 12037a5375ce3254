"""A definition written as in a `.proto` file, with its comments: what an API's reader wants to see of a type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pb2 import SourceCodeInfo

from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable
from paperknife_decoders.schema.assembly import SchemaFile
from paperknife_decoders.schema.loaded import Definition, Schema
from paperknife_decoders.schema.proto_words import SCALARS, label_of, options_of, real_oneof, reserved_lines

__all__ = ["proto_text"]

type Path = tuple[int, ...]
"""Where a definition is in its file: field numbers of descriptor.proto and indices, as in SourceCodeInfo."""

MESSAGE, ENUM, SERVICE = (4,), (5,), (6,)
"""Where the definitions at the top of a file are, in FileDescriptorProto."""

FIELD, NESTED_MESSAGE, NESTED_ENUM, ONEOF = 2, 3, 4, 8
"""Where the parts of a message are, in DescriptorProto."""

PART = 2
"""Where an enum's values and a service's methods are."""

INDENT = "  "


def proto_text(schema: Schema, definition: Definition, paint: Paint = PLAIN) -> str:
    """The text of one message type, enum or service, all that is nested in it included, ending in a line feed.

    Names of types in its own package are written without it. The first line says where the definition is.
    """
    file = next((file for file in schema.files if file.name == definition.file.name), None)
    writer = Writer(definition.file.package, locations(file), paint)
    path = path_of(definition)
    place = file.place if file else definition.file.name
    line = f":{writer.places[path].span[0] + 1}" if path in writer.places else ""
    header = writer.dim(f"// {definition.full_name}, in {place}{line}")
    return "\n".join([header, *writer.lines_of(definition, path)]) + "\n"


def locations(file: SchemaFile | None) -> dict[Path, SourceCodeInfo.Location]:
    """Comments and positions by path; empty for a file that was compiled without."""
    return {tuple(place.path): place for place in file.proto.source_code_info.location} if file else {}


def path_of(definition: Definition) -> Path:
    """The path of a definition in its file."""
    parent = definition.containing_type if isinstance(definition, Descriptor | EnumDescriptor) else None
    if parent is not None:
        nested: Sequence[Definition] = parent.nested_types
        step = NESTED_MESSAGE
        if isinstance(definition, EnumDescriptor):
            nested, step = parent.enum_types, NESTED_ENUM
        return (*path_of(parent), step, list(nested).index(definition))
    file = definition.file
    match definition:
        case Descriptor():
            return (*MESSAGE, list(file.message_types_by_name).index(definition.name))
        case EnumDescriptor():
            return (*ENUM, list(file.enum_types_by_name).index(definition.name))
    return (*SERVICE, list(file.services_by_name).index(definition.name))


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the definitions of one file. Everything that comes out of the file goes through `printable`."""

    package: str
    places: dict[Path, SourceCodeInfo.Location]
    paint: Paint

    def lines_of(self, definition: Definition, path: Path) -> Iterator[str]:
        """The lines of one definition, its comments first."""
        match definition:
            case Descriptor():
                yield from self.block("message", definition.name, path, self.message_lines(definition, path))
            case EnumDescriptor():
                yield from self.block("enum", definition.name, path, self.enum_lines(definition, path))
            case ServiceDescriptor():
                yield from self.block("service", definition.name, path, self.service_lines(definition, path))

    def block(self, keyword: str, name: str, path: Path, body: Iterable[str]) -> Iterator[str]:
        """``keyword Name { ... }``, indented."""
        yield from self.comment(path)
        lines = list(body)
        yield f"{keyword} {printable(name)} {{" + ("" if lines else "}") + self.trailing(path)
        if lines:
            yield from (INDENT + line if line else "" for line in lines)
            yield "}"

    def message_lines(self, message: Descriptor, path: Path) -> Iterator[str]:
        """What is between the braces of a message: fields in the order of the source, then what is nested in it."""
        yield from reserved_lines(message)
        indices = {field.number: index for index, field in enumerate(message.fields)}
        for oneof, fields in groupby(message.fields, key=real_oneof):
            lines = (
                line for field in fields for line in self.field_lines(field, (*path, FIELD, indices[field.number]))
            )
            if oneof is None:
                yield from lines
            else:
                yield from self.block("oneof", oneof.name, (*path, ONEOF, oneof.index), lines)
        for index, nested in enumerate(message.nested_types):
            if not nested.GetOptions().map_entry:
                yield ""
                yield from self.lines_of(nested, (*path, NESTED_MESSAGE, index))
        for index, enum in enumerate(message.enum_types):
            yield ""
            yield from self.lines_of(enum, (*path, NESTED_ENUM, index))
        known = message.file.pool.FindAllExtensions(message)
        for extension in sorted(known, key=lambda field: field.number):
            label = f"extension {extension.full_name}: {self.type_of(extension)} = {extension.number}"
            yield self.dim(f"// {label}")

    def field_lines(self, field: FieldDescriptor, path: Path) -> Iterator[str]:
        """One field, its comments first."""
        yield from self.comment(path)
        words = [label_of(field), self.type_of(field), printable(field.name), "=", str(field.number)]
        options = printable(", ".join(options_of(field)))
        yield " ".join(word for word in words if word) + (f" [{options}];" if options else ";") + self.trailing(path)

    def type_of(self, field: FieldDescriptor) -> str:
        """A field's type as it is written, in colour where it is a name."""
        entry = field.message_type
        if entry is not None and entry.GetOptions().map_entry:
            key, value = (self.type_of(entry.fields_by_number[number]) for number in (1, 2))
            return f"map<{key}, {value}>"
        named = entry if entry is not None else field.enum_type
        return SCALARS.get(field.type) or self.reference(named)

    def reference(self, named: Descriptor | EnumDescriptor | None) -> str:
        """The name of a type as it is written in this file."""
        name = named.full_name if named is not None else "?"
        inside = self.package and name.startswith(f"{self.package}.")
        name = printable(name[len(self.package) + 1 :] if inside else name)
        return f"{self.paint.enum}{name}{self.paint.reset}"

    def enum_lines(self, enum: EnumDescriptor, path: Path) -> Iterator[str]:
        """What is between the braces of an enum."""
        yield from reserved_lines(enum)
        for index, value in enumerate(enum.values):
            yield from self.comment((*path, PART, index))
            deprecated = " [deprecated = true]" if value.GetOptions().deprecated else ""
            yield f"{printable(value.name)} = {value.number}{deprecated};" + self.trailing((*path, PART, index))

    def service_lines(self, service: ServiceDescriptor, path: Path) -> Iterator[str]:
        """What is between the braces of a service."""
        for index, method in enumerate(service.methods):
            yield from self.comment((*path, PART, index))
            yield self.method(method) + self.trailing((*path, PART, index))

    def method(self, method: MethodDescriptor) -> str:
        """``rpc Name(Request) returns (stream Response);``."""
        asks = ("stream " if method.client_streaming else "") + self.reference(method.input_type)
        answers = ("stream " if method.server_streaming else "") + self.reference(method.output_type)
        return f"rpc {printable(method.name)}({asks}) returns ({answers});"

    def comment(self, path: Path) -> Iterator[str]:
        """The comment above the definition at `path`, as lines."""
        if path in self.places:
            text = self.places[path].leading_comments
            yield from (self.dim(f"//{line}") for line in text.removesuffix("\n").split("\n") if text)

    def trailing(self, path: Path) -> str:
        """The comment behind the definition at `path`, on the same line."""
        text = " ".join(self.places[path].trailing_comments.split()) if path in self.places else ""
        return f"  {self.dim(f'// {text}')}" if text else ""

    def dim(self, text: str) -> str:
        """A comment, in its colour."""
        return f"{self.paint.dim}{printable(text.rstrip())}{self.paint.reset}"
