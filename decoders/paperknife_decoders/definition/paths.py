"""Paths of fields, from an envelope inwards."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.definition.node import meant
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.path_patterns import has_wildcards, names_below

__all__ = ["field_at", "leads_somewhere", "single_field_at", "why_no_field", "why_nothing_matches"]


def field_at(kind: Descriptor, path: str) -> FieldDescriptor | None:
    """The field that a dotted path of names leads to, through lists and the values of maps too; None if to none."""
    field = None
    inner: Descriptor | None = kind
    for name in path.split("."):
        field = own_field(inner, name) if inner is not None else None
        if field is None:
            return None
        inner = field.message_type
    return field


def leads_somewhere(kind: Descriptor, path: str) -> bool:
    """True if a path leads to a field, or into an Any or a Struct, which may hold whatever it names."""
    inner: Descriptor | None = kind
    for name in path.split("."):
        if inner is None:
            return False
        if is_any(inner) or is_json_like(inner):
            return True
        field = own_field(inner, name)
        if field is None:
            return False
        inner = field.message_type
    return True


def single_field_at(kind: Descriptor, path: str) -> FieldDescriptor | None:
    """The field that a path leads to, where there is one of it at most in an envelope."""
    at = ""
    for name in path.split("."):
        at = f"{at}.{name}" if at else name
        field = field_at(kind, at)
        if field is None or field.is_repeated:
            return None
    return field_at(kind, path)


def own_field(kind: Descriptor, name: str) -> FieldDescriptor | None:
    """A message's field, or one of the values where it is the entry of a map."""
    own = kind.fields_by_name.get(name)
    if own is None and kind.GetOptions().map_entry:
        value = kind.fields_by_name["value"].message_type
        return value.fields_by_name.get(name) if value is not None else None
    return own


def why_no_field(kind: EnvelopeType, path: str) -> str:
    """Where a path from an envelope inwards leads to nothing, with what may have been meant."""
    inner: Descriptor | None = kind.descriptor
    name = kind.name
    for part in path.split("."):
        if inner is None:
            return f"{name} has no fields, of which {part} could be one"
        field = own_field(inner, part)
        if field is None:
            return f"{name} has no field {part}{meant(part, (each.name for each in inner.fields))}"
        inner, name = field.message_type, field.name if field.message_type is None else field.message_type.full_name
    return ""


def why_nothing_matches(kind: EnvelopeType, pattern: str) -> str:
    """Where a pattern is that of no field, with what may have been meant."""
    if has_wildcards(pattern):
        return f"{kind.name} has no field that {pattern} matches"
    if "." in pattern:
        return why_no_field(kind, pattern)
    return f"{kind.name} has no field {pattern}, at any depth{meant(pattern, names_below(kind.descriptor))}"
