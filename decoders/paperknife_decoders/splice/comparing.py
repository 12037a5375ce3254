"""By which changes one message becomes another of its type: what somebody has set in a copy can be spliced so."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.reflection import list_fields
from paperknife_decoders.splice.aligned import Added, Changed, Removed, aligned
from paperknife_decoders.splice.changes import Append, Change, Clear, Insert, Set
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.values import Dynamic

__all__ = ["changes_between"]


def changes_between(before: ProtoMessage, after: ProtoMessage) -> list[Change]:
    """What to splice into the bytes of `before` so that they say what `after` does; nothing where they say the same.

    Unknown fields count for nothing: those of `before` stay. The values are those of `after`, so that it must not be
    changed before they are used.
    """
    return [*in_message(before, after, "")]


def in_message(before: Dynamic, after: Dynamic, path: str) -> Iterator[Change]:
    """The changes in a message at `path`, which is empty for all of it."""
    old = {field.number: (field, value) for field, value in list_fields(before)}
    new = {field.number: (field, value) for field, value in list_fields(after)}
    replaced = {field.containing_oneof for field, _ in new.values()} - {None}
    for number, (field, _) in old.items():
        # A new member of the same oneof takes its place.
        if number not in new and field.containing_oneof not in replaced:
            yield Clear(below(path, field))
    for number, (field, value) in new.items():
        here = below(path, field)
        if number in old:
            yield from in_field(field, old[number][1], value, here)
        else:
            yield Set(here, value)


def below(path: str, field: FieldDescriptor) -> str:
    """The path to a field of the message at `path`."""
    if field.is_extension:
        return f"{path}.[{field.full_name}]" if path else f"[{field.full_name}]"
    return f"{path}.{field.name}" if path else field.name


def in_field(field: FieldDescriptor, before: Dynamic, after: Dynamic, path: str) -> Iterator[Change]:
    """The changes in a field that is set in both."""
    if is_map(field):
        yield from in_map(field, before, after, path)
    elif field.is_repeated:
        yield from in_list(field, before, after, path)
    elif field.message_type is not None:
        yield from in_message(before, after, path)
    elif as_key(before) != as_key(after):
        yield Set(path, after)


def in_map(field: FieldDescriptor, before: Dynamic, after: Dynamic, path: str) -> Iterator[Change]:
    """The changes in the entries of a map."""
    assert field.message_type is not None
    content = field.message_type.fields_by_number[2]
    for key in before:
        if key not in after:
            yield Clear(f"{path}[{spelled(key)}]")
    for key in after:
        here = f"{path}[{spelled(key)}]"
        if key in before:
            yield from in_field(content, before[key], after[key], here)
        else:
            yield Set(here, after[key])


def spelled(key: Dynamic) -> str:
    """The key of a map as paths have it."""
    return str(key).lower() if isinstance(key, bool) else repr(key)


def in_list(field: FieldDescriptor, before: Dynamic, after: Dynamic, path: str) -> Iterator[Change]:
    """The changes in the elements of a list."""
    key: Callable[[Dynamic], Hashable] = as_key if field.message_type is None else message_key
    grown = False
    for step in aligned([key(each) for each in before], [key(each) for each in after]):
        match step:
            case Removed(at):
                yield Clear(f"{path}[{at}]")
            case Changed(at, to):
                here = f"{path}[{at}]"
                single = field.message_type is None
                yield from [Set(here, after[to])] if single else in_message(before[at], after[to], here)
            case Added(at, to) if at < len(before) or grown:
                yield Insert(f"{path}[{at}]", after[to])
            case Added(_, to):  # the last of all, which others go before
                grown = True
                yield Append(path, after[to])


def as_key(value: Dynamic) -> Hashable:
    """A scalar as it counts: zeros by their signs, and what is no number as equal to itself."""
    return repr(value) if isinstance(value, float) else value


def message_key(message: ProtoMessage) -> Hashable:
    """A message as it counts among others of its type."""
    return type(message).SerializePartialToString(message, deterministic=True)
