"""A quick check that all enum values in a parsed message have names, prepared once for each type.

Only open enums are looked at: a parser puts the unknown values of closed ones among the unknown fields. A type in which
no enum can occur at any depth costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

__all__ = ["TypeCheck", "enum_check"]

type Check = Callable[[Any], bool]
"""Takes a message, True if the values that it looks at are known."""


class TypeCheck:
    """The check of one type: all `checks` of its fields. It is callable, and a type may contain itself."""

    __slots__ = ("checks",)

    def __init__(self) -> None:
        self.checks: tuple[Check, ...] = ()

    def __call__(self, message: ProtoMessage) -> bool:
        """True if all enum values in `message` are known. Nesting is bounded by the parser that made it."""
        for check in self.checks:  # noqa: SIM110 - the generator that all() takes costs twice as much
            if not check(message):
                return False
        return True


@lru_cache(maxsize=256)
def enum_check(descriptor: Descriptor) -> TypeCheck | None:
    """The check for messages of this type; None where they cannot hold a value of an open enum."""
    made: dict[str, TypeCheck] = {}
    return prepare(descriptor, made) if holds_enums(descriptor) else None


def prepare(descriptor: Descriptor, made: dict[str, TypeCheck]) -> TypeCheck:
    """The check of one type, with those of the types in it."""
    if descriptor.full_name not in made:
        check = made[descriptor.full_name] = TypeCheck()
        check.checks = tuple(field_checks(descriptor, made))
    return made[descriptor.full_name]


def field_checks(descriptor: Descriptor, made: dict[str, TypeCheck]) -> Iterator[Check]:
    """A check for each field that is or holds an enum; the messages of a `oneof` share one."""
    for oneof in descriptor.oneofs:
        members = {
            field.name: prepare(field.message_type, made)
            for field in oneof.fields
            if field.message_type and holds_enums(field.message_type)
        }
        if members:
            yield oneof_check(oneof.name, members)
    for field in fields_of(descriptor):
        if field.enum_type and not field.enum_type.is_closed:
            yield enum_field_check(field, named_values(field))
        elif field.message_type and holds_enums(field.message_type) and not field.containing_oneof:
            yield message_field_check(field, field.message_type, made)


def fields_of(descriptor: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields of a type and its known extensions."""
    extensions = descriptor.file.pool.FindAllExtensions(descriptor) if descriptor.is_extendable else ()
    return (*descriptor.fields, *extensions)


def oneof_check(name: str, members: dict[str, TypeCheck]) -> Check:
    """The check of whichever message is set in a `oneof`."""

    def check(message: ProtoMessage) -> bool:
        which = message.WhichOneof(name)
        member = members.get(which) if which else None
        return member is None or member(getattr(message, which or ""))

    return check


def enum_field_check(field: FieldDescriptor, values: frozenset[int]) -> Check:
    """The check of an enum field."""
    get = getter(field)
    if field.is_repeated:
        return lambda message: values.issuperset(get(message))
    return lambda message: get(message) in values


def message_field_check(field: FieldDescriptor, kind: Descriptor, made: dict[str, TypeCheck]) -> Check:
    """The check of a field that holds messages of a type: one, several, or those of a map."""
    get = getter(field)
    if kind.GetOptions().map_entry:
        return map_check(get, kind.fields_by_name["value"], made)
    inner = prepare(kind, made)
    if field.is_repeated:
        return items_check(get, kind) or (lambda message: all(map(inner, get(message))))
    if field.is_extension:
        return lambda message: not message.HasExtension(field) or inner(get(message))
    name = field.name
    return lambda message: not message.HasField(name) or inner(get(message))


def items_check(get: Callable[[Any], Any], kind: Descriptor) -> Check | None:
    """The check of many messages without a call for each; None where more than one plain enum is in them."""
    holding = [
        field
        for field in fields_of(kind)
        if field.enum_type or (field.message_type and holds_enums(field.message_type))
    ]
    only = holding[0]
    if len(holding) > 1 or not only.enum_type or only.is_repeated or only.is_extension:
        return None
    value_of, values = attrgetter(only.name), named_values(only)
    return lambda message: values.issuperset(map(value_of, get(message)))


def map_check(get: Callable[[Any], Any], value: FieldDescriptor, made: dict[str, TypeCheck]) -> Check:
    """The check of a map whose values are enums or hold some."""
    if value.message_type:
        inner = prepare(value.message_type, made)
        return lambda message: all(map(inner, get(message).values()))
    values = named_values(value)
    return lambda message: values.issuperset(get(message).values())


def named_values(field: FieldDescriptor) -> frozenset[int]:
    """The numbers that have a name in the enum of a field."""
    return frozenset(value.number for value in field.enum_type.values) if field.enum_type else frozenset()


def getter(field: FieldDescriptor) -> Callable[[Any], Any]:
    """How the value of a field is got from a message."""
    return (lambda message: message.Extensions[field]) if field.is_extension else attrgetter(field.name)


def holds_enums(descriptor: Descriptor) -> bool:
    """True if a value of an open enum can occur in a message of this type, at any depth."""
    seen = {descriptor.full_name: descriptor}
    waiting = [descriptor]
    while waiting:
        for field in fields_of(waiting.pop()):
            if field.enum_type and not field.enum_type.is_closed:
                return True
            if field.message_type and field.message_type.full_name not in seen:
                seen[field.message_type.full_name] = field.message_type
                waiting.append(field.message_type)
    return False
