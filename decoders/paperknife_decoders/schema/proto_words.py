"""The words of a `.proto` file around a name: labels, types, options, reserved numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto
from google.protobuf.text_encoding import CEscape

from paperknife_decoders.envelope_type import is_synthetic
from paperknife_decoders.printable import printable

__all__ = ["SCALARS", "label_of", "options_of", "real_oneof", "reserved_lines"]

SCALARS = {
    int(number): name.removeprefix("TYPE_").lower()
    for name, number in FieldDescriptorProto.Type.items()
    if name not in {"TYPE_MESSAGE", "TYPE_GROUP", "TYPE_ENUM"}
}
"""The keyword of each type that has no name of its own, by the number of descriptor.proto."""

MAX_NUMBERS = {(1 << 29) - 1: "max", (1 << 31) - 1: "max"}
"""The ends of open ranges: of field numbers, and of enum values and message sets."""


def real_oneof(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof that a field is a member of in the source."""
    oneof = field.containing_oneof
    return None if oneof is None or is_synthetic(oneof) else oneof


def label_of(field: FieldDescriptor) -> str:
    """``repeated``, ``required``, ``optional`` where the source could say so, else nothing.

    A singular scalar that tells unset from zero is ``optional`` in every syntax, editions included.
    """
    if field.is_repeated:
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        return "" if is_map else "repeated"
    if field.is_required:
        return "required"
    tells = field.has_presence and field.message_type is None and real_oneof(field) is None
    return "optional" if tells else ""


def options_of(field: FieldDescriptor) -> Iterator[str]:
    """The options that matter to who reads messages of this type."""
    if field.has_default_value:
        yield f"default = {default_of(field)}"
    if field.json_name != derived_json_name(field.name):
        yield f'json_name = "{field.json_name}"'
    if field.type == FieldDescriptor.TYPE_GROUP:
        yield "features.message_encoding = DELIMITED"
    if field.GetOptions().deprecated:
        yield "deprecated = true"


def default_of(field: FieldDescriptor) -> str:
    """The default value as it is written."""
    value = field.default_value
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{CEscape(value.encode(), as_utf8=True)}"'
        case bytes():
            return f'"{CEscape(value, as_utf8=False)}"'
    return str(value)


def derived_json_name(name: str) -> str:
    """The JSON name that a field has without an option: lowerCamelCase, from underscores alone."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def reserved_lines(definition: Descriptor | EnumDescriptor) -> Iterator[str]:
    """The ``reserved`` and ``extensions`` lines of a message or an enum."""
    if isinstance(definition, EnumDescriptor):
        enum = EnumDescriptorProto()
        definition.CopyToProto(enum)
        yield from number_line("reserved", ((each.start, each.end) for each in enum.reserved_range))
        names = list(enum.reserved_name)
    else:
        message = DescriptorProto()
        definition.CopyToProto(message)
        # Unlike those of an enum the ranges of a message end before their last number.
        yield from number_line("reserved", ((each.start, each.end - 1) for each in message.reserved_range))
        yield from number_line("extensions", ((each.start, each.end - 1) for each in message.extension_range))
        names = list(message.reserved_name)
    if names:
        yield printable(f"reserved {', '.join(f'"{name}"' for name in names)};")


def number_line(keyword: str, ranges: Iterable[tuple[int, int]]) -> Iterator[str]:
    """One line with inclusive ranges of numbers, none if there are no ranges."""
    texts = [str(start) if start == end else f"{start} to {MAX_NUMBERS.get(end, end)}" for start, end in ranges]
    if texts:
        yield f"{keyword} {', '.join(texts)};"
