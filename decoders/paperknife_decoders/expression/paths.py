"""Field paths: names, indexes and keys, checked against a type and turned into a chain of getters.

A path has no value where a message on the way is unset, a member of a `oneof` is not the one that is set, an `optional`
field is unset, an index is out of range or a key is not in the map.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.carrying.union import PACKAGE as MADE
from paperknife_decoders.expression.error import Fault
from paperknife_decoders.expression.shapes import kind_of
from paperknife_decoders.expression.terms import ROOT, Frame, Getter, Path, Shape, Value

__all__ = ["Step", "at_index", "at_key", "element", "in_envelope", "member", "spelling"]


def shape_of(field: FieldDescriptor) -> Shape:
    """The type of a field as a path leads to it."""
    keyed = field.message_type is not None and field.message_type.GetOptions().map_entry
    return Shape(field.message_type, field, many=field.is_repeated and not keyed, keyed=keyed)


def field_named(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    """The field `name`; a field that is called like a word of the language is written with an underscore behind it."""
    found = descriptor.fields_by_name.get(name)
    if found is None and name.endswith("_") and keyword.iskeyword(name[:-1]):
        found = descriptor.fields_by_name.get(name[:-1])
    return found


def spelling(name: str) -> str:
    """How the field `name` is written in an expression."""
    return f"{name}_" if keyword.iskeyword(name) else name


@dataclass(frozen=True, slots=True)
class Step:
    """One name after a path: the node to blame and how many names of the path were right before it."""

    node: ast.expr
    name: str
    depth: int


def member(parent: Path, step: Step, oneof: str | None = None) -> Path:
    """The field `step.name` of the message at `parent`. `oneof` names the payload's, where `parent` is the envelope."""
    descriptor = parent.shape.descriptor
    if parent.shape.many or parent.shape.keyed or descriptor is None:
        raise Fault(step.node, no_member(parent, step.name))
    field = field_named(descriptor, step.name)
    if field is None:
        raise unknown(parent, descriptor, step)
    text = f"{parent.text}.{step.name}" if parent.text else step.name
    payload = oneof is not None and field.containing_oneof is not None and field.containing_oneof.name == oneof
    return Path(
        text,
        field_getter(parent, field, descriptor),
        shape_of(field),
        frozenset((field.name,)) if payload else parent.payloads,
        tracked=field.has_presence,
        payload=payload,
        first=field if parent.get is in_envelope and field.has_presence else None,
    )


def unknown(parent: Path, descriptor: Descriptor, step: Step) -> Fault:
    """The fault of a name that is no field of the message at `parent`."""
    fault = Fault(step.node, f"{named(descriptor)} has no field {step.name}")
    fault.owner = f"{parent.text} ({named(descriptor)})" if step.depth else named(descriptor)
    fault.name = step.name
    fault.names = tuple(spelling(each.name) for each in descriptor.fields)
    fault.inside = "" if step.depth else inside(descriptor, step.name)
    fault.depth = step.depth
    return fault


def no_member(parent: Path, name: str) -> str:
    """Why nothing comes after a dot here."""
    if parent.shape.many:
        return (
            f"{parent.text} is a list; say which element, as in {parent.text}[0].{name}, or "
            f"any(x.{name} ... for x in {parent.text})"
        )
    if parent.shape.keyed:
        return f'{parent.text} is a map; say which key, as in {parent.text}["key"]'
    return f"{parent.text} is {kind_of(parent.shape)[0].value}, it has no fields"


def inside(descriptor: Descriptor, name: str) -> str:
    """Where `name` would be right, one level further in."""
    found = [f"{field.name}.{name}" for field in descriptor.fields if field.message_type and not field.is_repeated
             and name in field.message_type.fields_by_name]  # fmt: skip
    return found[0] if found else ""


def field_getter(parent: Path, field: FieldDescriptor, descriptor: Descriptor) -> Getter:
    """A getter of one field of the message at `parent`; for what most paths are, a field of the payload, in one go."""
    get, name = parent.get, field.name
    if not field.has_presence:
        if parent.first is not None:
            return payload_getter(parent.first, name)

        def plain(frame: Frame) -> Value:
            parent = get(frame)
            return None if parent is None else getattr(parent, name)

        return plain
    has = presence(descriptor)
    if get is in_envelope:

        def first(frame: Frame) -> Value:
            envelope = frame[ROOT]
            return getattr(envelope, name) if envelope is not None and has(envelope, name) else None

        return first

    def tracked(frame: Frame) -> Value:
        parent = get(frame)
        return getattr(parent, name) if parent is not None and has(parent, name) else None

    return tracked


def payload_getter(payload: FieldDescriptor, name: str) -> Getter:
    """A getter of a field without presence of the message that is the field `payload` of the envelope."""
    assert payload.containing_type is not None  # it is one of the envelope's
    first, has = payload.name, presence(payload.containing_type)

    def second(frame: Frame) -> Value:
        envelope = frame[ROOT]
        if envelope is None or not has(envelope, first):
            return None
        return getattr(getattr(envelope, first), name)

    return second


def presence(descriptor: Descriptor) -> Callable[[Value, str], bool]:
    """Whether a field is set; taken from the class, because a field of a foreign schema may be called HasField."""
    return message_factory.GetMessageClass(descriptor).HasField


in_envelope = itemgetter(ROOT)
"""The getter of the envelope itself."""


def at_index(path: Path, index: int, node: ast.expr) -> Path:
    """An element of the list at `path`, from its end where `index` is negative."""
    if not -(2**31) <= index < 2**31:
        raise Fault(node, f"{index} is no position in a list")
    get = path.get

    def item(frame: Frame) -> Value:
        items = get(frame)
        if items is None:
            return None
        try:
            return items[index]
        except IndexError:
            return None

    return Path(f"{path.text}[{index}]", item, element(path.shape), path.payloads)


def at_key(path: Path, key: Getter, text: str) -> Path:
    """The value that the map at `path` has for what `key` gives."""
    get = path.get

    def item(frame: Frame) -> Value:
        items = get(frame)
        if items is None:
            return None
        wanted = key(frame)
        try:
            return None if wanted is None else items.get(wanted)
        except (ValueError, TypeError):  # a number that the key's type cannot hold
            return None

    shape = entry_shape(path.shape, "value")
    return Path(f"{path.text}[{text}]", item, shape, path.payloads)


def element(shape: Shape) -> Shape:
    """The type of what a loop over this list gives; over a map, its keys."""
    return entry_shape(shape, "key") if shape.keyed else Shape(shape.descriptor, shape.field)


def entry_shape(shape: Shape, part: str) -> Shape:
    """The type of a map's keys or values."""
    return shape_of(shape.descriptor.fields_by_name[part]) if shape.descriptor is not None else Shape()


def named(descriptor: Descriptor) -> str:
    """What a type is called in the schema; one that a definition made, by its last name."""
    return descriptor.name if descriptor.file.package.startswith(MADE) else str(descriptor.full_name)
