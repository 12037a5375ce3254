"""What was edited, as changes of the message's bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife.mutation.editing.json_nodes import json_of
from paperknife.mutation.editing.nodes import Group, Listing, Scalar, Slip, Value
from paperknife.mutation.editing.rows import field_name
from paperknife.mutation.editing.words import is_placeholder, meant
from paperknife_decoders.nearest import nearest
from paperknife_decoders.open_types import is_any, is_json_like, json_value
from paperknife_decoders.splice import (
    Append,
    Change,
    Clear,
    Insert,
    PathError,
    Set,
    SpliceError,
    prepared,
    read_value,
    splice,
)
from paperknife_decoders.splice.aligned import Added, Changed, Removed, aligned
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.values import Dynamic

__all__ = ["Difference"]

NOTHING = Group({}, {})
TYPE = "@type"
KEY = re.compile(r"[-+]?[0-9]{1,20}|true|false", re.ASCII)


class Difference:
    """Compares two files of one envelope, whose bytes are `data`, of the type `root`.

    `changes` are what has to be spliced, one after the other, and `slips` what cannot be.
    """

    def __init__(self, data: bytes, root: Descriptor) -> None:
        self.data = data
        self.root = root
        self.changes: list[Change] = []
        self.slips: list[Slip] = []

    def envelope(self, before: Value, after: Value) -> None:
        """Find all that differs in the whole of it."""
        if before != after:
            if isinstance(after, Group) or is_nothing(after):
                self.message(self.root, "", group_of(before), group_of(after))
            else:
                self.slip(after, f"The fields of {self.root.name} were expected, each as name: value.")

    # what was found

    def slip(self, at: Scalar | Group | Listing, sentence: str) -> None:
        self.slips.append(Slip(at.line, at.column, sentence))

    def change(self, change: Change, at: Scalar | Group | Listing) -> None:
        """Keep a change if its path and its value are right."""
        try:
            prepared(self.root, [change])
        except (PathError, SpliceError) as error:
            sentence = str(error)
            self.slip(at, f"{sentence}{'' if sentence.endswith(('.', '?')) else '.'}")
        else:
            self.changes.append(change)

    def true_value(self, path: str) -> Dynamic:
        """What the message itself has at a path, and not what the file shows of it."""
        try:
            return read_value(self.data, self.root, path)
        except (PathError, SpliceError):
            return None

    # messages

    def message(self, kind: Descriptor, path: str, before: Group, after: Group) -> None:
        """The fields of a message that has them before and after."""
        fields = {name: field for name in after.entries if (field := self.field_of(kind, name, after)) is not None}
        self.check_oneofs(fields, after)
        replaced = {field.containing_oneof for field in fields.values()} - {None}
        for name in before.entries:
            if name not in after.entries:
                gone = known_field(kind, name)
                # A new member of the same oneof takes its place.
                if gone is not None and gone.containing_oneof not in replaced:
                    self.change(Clear(below(path, gone)), after)
        for name, field in fields.items():
            old, new = before.entries.get(name), after.entries[name]
            if old != new:
                self.field(field, below(path, field), old, new)

    def field_of(self, kind: Descriptor, name: str, group: Group) -> FieldDescriptor | None:
        """The field of that name; None with a slip where there is none."""
        field = known_field(kind, name)
        if field is None:
            names = [each.name for each in kind.fields]
            likely = nearest(name, names)
            told = f"did you mean {likely[0]}?" if likely else f"it has {', '.join(names[:30]) or 'no fields'}."
            self.slip(group.keys[name], f"{kind.name} has no field {name}; {told}")
        return field

    def check_oneofs(self, fields: dict[str, FieldDescriptor], group: Group) -> None:
        """Of a oneof only one member can be set."""
        first: dict[str, str] = {}
        for name, field in fields.items():
            oneof = field.containing_oneof
            if oneof is not None and first.setdefault(oneof.full_name, name) != name:
                told = f"{first[oneof.full_name]} and {name} exclude each other (oneof {oneof.name}): keep one."
                self.slip(group.keys[name], told)

    def field(self, field: FieldDescriptor, path: str, before: Value | None, after: Value) -> None:
        """A field that is new or differs."""
        if isinstance(after, Scalar) and is_placeholder(after):
            self.slip(after, "A placeholder keeps what is at its own place; a value was expected here.")
        elif is_map(field):
            self.entries(field, path, before, after)
        elif field.is_repeated:
            self.listing(field, path, before, after)
        else:
            self.value(field, path, before, after)

    def value(self, field: FieldDescriptor, path: str, before: Value | None, after: Value) -> None:
        """One value: of a field, of a list's item, of a map's entry."""
        kind = field.message_type
        if isinstance(after, Scalar) and is_placeholder(after):
            self.slip(after, "A placeholder keeps what is at its own place; a value was expected here.")
        elif kind is not None and is_json_like(kind):
            self.json(kind, path, before, after)
        elif kind is not None and (isinstance(after, Group) or is_nothing(after)):
            if not isinstance(before, Group) and not (before is not None and is_nothing(before)):
                self.change(Set(path, empty(kind)), after)
                before = NOTHING
            self.inside(kind, path, group_of(before), group_of(after))
        elif isinstance(after, Scalar) and not is_nothing(after):
            self.change(Set(path, meant(after, field)), after)
        elif is_nothing(after):
            self.slip(after, f"A value was expected for {field.name}; without its line the field is unset.")
        else:
            self.slip(after, f"One value was expected for {field.name}.")

    def inside(self, kind: Descriptor, path: str, before: Group, after: Group) -> None:
        """A message, or what an Any holds."""
        if is_any(kind) and TYPE in after.entries:
            self.any(kind, path, before, after)
        else:
            self.message(kind, path, NOTHING if TYPE in before.entries else before, after)

    def any(self, holder: Descriptor, path: str, before: Group, after: Group) -> None:
        """What an Any holds, of the type that it names."""
        named = after.entries[TYPE]
        if not isinstance(named, Scalar):
            self.slip(named, "The name of a type was expected.")
            return
        try:
            kind: Descriptor = holder.file.pool.FindMessageTypeByName(named.text.rpartition("/")[2])
        except KeyError:
            self.slip(named, f"The schema has no type {named.text.rpartition('/')[2]}.")
            return
        same = before.entries.get(TYPE) == named
        if not same:
            self.change(Set(f"{path}.type_url", named.text), named)
        content = self.true_value(f"{path}.value") if same else None
        inner = Difference(content or b"", kind)
        inner.message(kind, "", without_type(before) if same else NOTHING, without_type(after))
        self.slips += inner.slips
        if not inner.slips:
            self.change(Set(f"{path}.value", splice(inner.data, kind, inner.changes)), after)

    # lists and maps

    def listing(self, field: FieldDescriptor, path: str, before: Value | None, after: Value) -> None:
        """The items of a list."""
        if is_nothing(after):
            after = Listing((), after.line, after.column)
        if not isinstance(after, Listing):
            self.slip(after, f"A list was expected for {field.name}: items in brackets, or each behind a dash.")
            return
        old = before.items if isinstance(before, Listing) else ()
        if not after.items and before is not None:
            self.change(Clear(path), after)
            return
        grown = before is not None and len(self.true_value(path) or ()) > len(old)  # there is more than the file shows
        for step in aligned(old, after.items):
            match step:
                case Removed(at):
                    self.change(Clear(f"{path}[{at}]"), after)
                case Changed(at, to):
                    self.value(field, f"{path}[{at}]", old[at], after.items[to])
                case Added(at, to):
                    at_end = at == len(old) and not grown
                    self.item(field, path, at, after.items[to], at_end=at_end)
                    grown = grown or at_end

    def item(self, field: FieldDescriptor, path: str, at: int, new: Value, *, at_end: bool) -> None:
        """A new item, before the one at a position or behind all of them."""
        kind, here = field.message_type, f"{path}[{at}]"
        if isinstance(new, Scalar) and is_placeholder(new):
            self.slip(new, "A placeholder keeps what is at its own place; a value was expected here.")
            return
        value: Dynamic
        if kind is not None and (not isinstance(new, Scalar) or is_nothing(new) or is_json_like(kind)):
            value = empty(kind)
        elif isinstance(new, Scalar) and not is_nothing(new):
            value = meant(new, field)
        else:
            self.slip(new, f"One value was expected for an item of {field.name}.")
            return
        self.change(Append(path, value) if at_end else Insert(here, value), new)
        if kind is not None and isinstance(new, Group) and not is_json_like(kind):
            self.inside(kind, here, NOTHING, new)
        elif kind is not None and (is_json_like(kind) or isinstance(new, Listing)):
            self.value(field, here, None, new)

    def entries(self, field: FieldDescriptor, path: str, before: Value | None, after: Value) -> None:
        """The entries of a map."""
        if not isinstance(after, Group) and not is_nothing(after):
            self.slip(after, f"A map was expected for {field.name}: each entry as key: value.")
            return
        assert field.message_type is not None
        key, content = (field.message_type.fields_by_number[number] for number in (1, 2))
        old, new = group_of(before), group_of(after)
        for name in old.entries:
            if name not in new.entries:
                self.change(Clear(f"{path}[{spelled(old.keys[name], key)}]"), after)
        for name, value in new.entries.items():
            if old.entries.get(name) != value:
                here = f"{path}[{spelled(new.keys[name], key)}]"
                if name not in old.entries and content.message_type is not None:
                    self.change(Set(here, empty(content.message_type)), value)
                self.value(content, here, old.entries.get(name), value)

    def json(self, kind: Descriptor, path: str, before: Value | None, after: Value) -> None:
        """A Struct, a ListValue or a Value, as a whole."""
        true = self.true_value(path) if before is not None else None
        slips: list[Slip] = []
        value = json_of(after, before, None if true is None else json_value(true), slips)
        self.slips += slips
        if not slips:
            self.change(Set(path, value), after)


def known_field(kind: Descriptor, name: str) -> FieldDescriptor | None:
    """The field of a type that has this name in the file."""
    found: FieldDescriptor | None = kind.fields_by_name.get(name)
    if found is None and name[:1] == "[" and kind.is_extendable:
        extensions: Iterator[FieldDescriptor] = iter(kind.file.pool.FindAllExtensions(kind))
        return next((each for each in extensions if field_name(each) == name), None)
    return found


def below(path: str, field: FieldDescriptor) -> str:
    """The path to a field of the message at `path`."""
    return f"{path}.{field_name(field)}" if path else field_name(field)


def empty(kind: Descriptor) -> Dynamic:
    """A message with nothing in it."""
    return message_factory.GetMessageClass(kind)()


def is_nothing(value: Value) -> bool:
    """True for a key with nothing behind it."""
    return isinstance(value, Scalar) and value.kind == "null"


def group_of(value: Value | None) -> Group:
    """The values by name that something is; none for what is no mapping."""
    return value if isinstance(value, Group) else NOTHING


def without_type(group: Group) -> Group:
    """What an Any holds, without the name of its type."""
    return Group({name: each for name, each in group.entries.items() if name != TYPE}, group.keys)


def spelled(key: Scalar, field: FieldDescriptor) -> str:
    """The key of a map as paths have it."""
    if field.type == FieldDescriptor.TYPE_STRING or not KEY.fullmatch(key.text.lower()):
        return repr(key.text)
    return key.text.lower()
