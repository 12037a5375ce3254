"""How the type of a field decides the kind of its value, and how the value is read from what the library gives.

Messages that stand for one value are read as that value: Timestamp, Duration, the wrappers of
google/protobuf/wrappers.proto, google.type.Decimal and every message whose only field is a singular `string value`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from paperknife_decoders.expression.terms import Getter, Kind, Path, Shape, Term, Value

__all__ = ["decimal_from", "path_term", "string_term", "value_names"]

Read = Callable[[Value], Value]

MAX_DECIMAL = 100
"""Characters of a decimal; a longer one from a peer has no value."""

WRAPPERS = frozenset(
    f"google.protobuf.{name}Value"
    for name in ["Bool", "Int32", "Int64", "UInt32", "UInt64", "Float", "Double", "String", "Bytes"]
)

SCALARS: dict[int, Kind] = {
    FieldDescriptor.CPPTYPE_BOOL: Kind.BOOL,
    FieldDescriptor.CPPTYPE_ENUM: Kind.ENUM,
    FieldDescriptor.CPPTYPE_STRING: Kind.STRING,
}
"""Kinds that are no number; bytes share the C++ type of strings."""

BOOL_NAMES: Mapping[str, bool] = MappingProxyType({"true": True, "false": False})


def nanoseconds(message: Value) -> int:
    """A Timestamp or a Duration in nanoseconds."""
    return int(message.seconds) * 1_000_000_000 + int(message.nanos)


def decimal_from(text: str | bytes) -> Decimal | None:
    """A finite decimal from a peer's or a user's text, None where it is none."""
    if len(text) > MAX_DECIMAL:
        return None
    try:
        value = Decimal(text if isinstance(text, str) else text.decode(errors="replace"))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def decimal_value(message: Value) -> Decimal | None:
    """The number in a decimal message."""
    return decimal_from(message.value)


def text_value(message: Value) -> str:
    """The text in a decimal message."""
    return text_of(message.value)


def text_of(value: str | bytes) -> str:
    """A string field as text: where a peer's UTF-8 is invalid and the schema allows it, the library gives bytes."""
    return value if isinstance(value, str) else value.decode(errors="replace")


def wrapped(message: Value) -> Value:
    """The value in a wrapper message."""
    return message.value


def wrapped_text(message: Value) -> str:
    """The text in a StringValue."""
    return text_of(message.value)


def is_decimal(descriptor: Descriptor) -> bool:
    """True for a message that holds nothing but a `string value`."""
    if len(descriptor.fields) != 1 or descriptor.full_name in WRAPPERS:
        return False
    field = descriptor.fields[0]
    return field.name == "value" and field.type == FieldDescriptor.TYPE_STRING and not field.is_repeated


def kind_of(shape: Shape) -> tuple[Kind, Read | None]:
    """The kind of what has this type, and how its raw value is read (None: as it is)."""
    if shape.keyed:
        return Kind.MAP, None
    if shape.many:
        return Kind.LIST, None
    if shape.descriptor is None:
        return scalar_kind(shape.field)
    name = shape.descriptor.full_name
    if name == "google.protobuf.Timestamp":
        return Kind.TIMESTAMP, nanoseconds
    if name == "google.protobuf.Duration":
        return Kind.DURATION, nanoseconds
    if name in WRAPPERS:
        kind, read = scalar_kind(shape.descriptor.fields[0])
        return kind, wrapped_text if read else wrapped
    if is_decimal(shape.descriptor):
        return Kind.DECIMAL, decimal_value
    return Kind.MESSAGE, None


def scalar_kind(field: FieldDescriptor | None) -> tuple[Kind, Read | None]:
    """The kind of a field that is no message."""
    if field is None:
        return Kind.MESSAGE, None
    if field.type == FieldDescriptor.TYPE_BYTES:
        return Kind.BYTES, None
    kind = SCALARS.get(field.cpp_type, Kind.NUMBER)
    return kind, text_of if kind is Kind.STRING else None


def reading(get: Getter, read: Read | None) -> Getter:
    """A getter of the value from a getter of the raw value."""
    if read is None:
        return get

    def value(frame: list[Value]) -> Value:
        raw = get(frame)
        return None if raw is None else read(raw)

    return value


def path_term(path: Path) -> Term:
    """The value at `path`."""
    kind, read = kind_of(path.shape)
    enum = path.shape.field.enum_type if kind is Kind.ENUM and path.shape.field else None
    choices: Mapping[str, Value] | None = value_names(enum) if enum else BOOL_NAMES if kind is Kind.BOOL else None
    return Term(kind, reading(path.get, read), path.text, path.payloads, path, choices, enum)


def string_term(term: Term) -> Term | None:
    """`term` as text, where it is a string or a decimal that may as well be read as one; None where it is neither."""
    if term.kind is Kind.STRING:
        return term
    if term.kind is Kind.DECIMAL and term.path is not None:
        return Term(Kind.STRING, reading(term.path.get, text_value), term.text, term.payloads, term.path)
    return None


@lru_cache(maxsize=256)
def value_names(enum: EnumDescriptor) -> Mapping[str, int]:
    """The bare names of an enum's values: in full, and without the prefix that all of them share (``SIDE_``)."""
    full = {value.name: int(value.number) for value in enum.values}
    first, *others = full
    prefix = first[: first.rfind("_") + 1]
    while prefix and not all(name.startswith(prefix) for name in others):
        prefix = prefix[: prefix.rfind("_", 0, -1) + 1]
    short = {name[len(prefix) :]: number for name, number in full.items() if name != prefix} if prefix else {}
    return MappingProxyType({**short, **full})
