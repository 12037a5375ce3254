"""Where a key is found that says what a message is: a field beside it or in it, a header's value, the URL's path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from paperknife_decoders.carrying.choices import FieldKey, HeaderKey, PathKey, Source
from paperknife_decoders.definition.node import Node, described, listed, meant

__all__ = ["HeaderKinds", "Keyed", "SourceForm", "keyed_by", "read_source"]

type HeaderKinds = Mapping[str, type[int] | type[str]]
"""The values that the steps read in front of a message: numbers or texts, by name."""

FORM = re.compile(r"(?P<path>path)|header\.(?P<header>\w+)|(?:field\s+)?(?P<field>\w+)", re.ASCII)

WANTED = "where the key is (a field's name, `field NUMBER`, header.NAME or path)"

NUMBERS = frozenset(
    {
        FieldDescriptor.TYPE_INT32,
        FieldDescriptor.TYPE_INT64,
        FieldDescriptor.TYPE_UINT32,
        FieldDescriptor.TYPE_UINT64,
        FieldDescriptor.TYPE_FIXED32,
        FieldDescriptor.TYPE_FIXED64,
        FieldDescriptor.TYPE_BOOL,
        FieldDescriptor.TYPE_ENUM,
    }
)
"""Kinds of fields whose number stands on the wire as it is."""

TEXTS = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES})


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A key's place as it was written; `name` is that of the field or of the header's value."""

    node: Node
    kind: Literal["field", "header", "path"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A key's place as the decoders have it, whether the key is a number, and the enum that names the numbers."""

    source: Source
    is_number: bool
    enum: EnumDescriptor | None = None
    field: str = ""


def read_source(node: Node) -> SourceForm | None:
    """The form of a key's place; None, with a fault, for what is none."""
    text = f"field {node.value}" if isinstance(node.value, int) and not isinstance(node.value, bool) else node.value
    found = FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        node.fault(f"{WANTED} was expected, and {described(node.value)} was found")
        return None
    if found["path"]:
        return SourceForm(node, "path")
    if found["header"]:
        return SourceForm(node, "header", found["header"])
    return SourceForm(node, "field", found["field"])


def keyed_by(form: SourceForm, kinds: Sequence[Descriptor], header: HeaderKinds) -> Keyed | None:
    """The key's place, where it is a field in each of `kinds`; None, with a fault, where there is no such thing."""
    if form.kind == "path":
        return Keyed(PathKey(), is_number=False)
    if form.kind == "header":
        if form.name in header:
            return Keyed(HeaderKey(form.name), header[form.name] is int)
        there = f"there are {listed(header)}{meant(form.name, header)}" if header else "no step reads any"
        form.node.fault(
            f"no step is known to read a value {form.name} in front of a message: {there}. "
            f"Where one does, say what it is: header: {{{form.name}: number}}"
        )
        return None
    field = field_in(form, kinds)
    if field is None:
        return None
    if field.is_repeated or field.type not in NUMBERS | TEXTS:
        form.node.fault(f"{field.full_name} cannot be a key: a single number or text was expected")
        return None
    return Keyed(FieldKey(field), field.type in NUMBERS, field.enum_type, field.name)


def field_in(form: SourceForm, kinds: Sequence[Descriptor]) -> FieldDescriptor | None:
    """The field of the first of `kinds`, where all the others have one of the same number."""
    found = None
    for kind in kinds:
        own = kind.fields_by_number.get(int(form.name)) if form.name.isdecimal() else kind.fields_by_name.get(form.name)
        if own is None:
            names = [field.name for field in kind.fields]
            form.node.fault(f"{kind.full_name} has no field {form.name}{meant(form.name, names)}")
            return None
        if found is not None and (own.number, own.type in TEXTS) != (found.number, found.type in TEXTS):
            form.node.fault(
                f"{said(own)}, and {said(found)}: the key has to be in the same place, and of the same kind"
            )
            return None
        found = found or own
    return found


def said(field: FieldDescriptor) -> str:
    """What a field is, as far as keys are concerned."""
    return f"{field.full_name} is field {field.number}, a {'text' if field.type in TEXTS else 'number'}"
