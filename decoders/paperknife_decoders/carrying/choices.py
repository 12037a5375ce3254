"""Which type a carried message is of: a key found beside it, and a table from keys to types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.schema import Schema
from paperknife_decoders.steps import Context
from paperknife_decoders.wire.walker import Field, WireType

__all__ = [
    "Choice",
    "FieldKey",
    "HeaderKey",
    "Key",
    "PathKey",
    "Table",
    "default_table",
    "form_table",
    "method_table",
    "name_table",
]

type Key = int | str

type Table = Mapping[Key, Descriptor]
"""Types by their key. It is finite for names too: a schema has no more of them."""

NEGATIVE = 1 << 63
LONGEST_KEY = 1024
"""Bytes of a key that is a text; a longer one is in no table."""


@dataclass(frozen=True, slots=True)
class FieldKey:
    """The value of a field beside the carried bytes, or of the message itself that is looked for."""

    field: FieldDescriptor

    def read(self, data: bytes, fields: Iterable[Field], context: Context) -> Key | None:
        """The last value on the wire counts; the default where there is none."""
        found: Key | None = None
        for each in fields:
            if each.number == self.field.number:
                if each.wire_type is WireType.LENGTH:
                    if each.value <= LONGEST_KEY:
                        found = data[each.content : each.content_end].decode(errors="replace")
                else:
                    found = each.value - (1 << 64) if each.value >= NEGATIVE else each.value
        if found is None:
            return self.field.default_value if isinstance(self.field.default_value, int | str) else None
        return found


@dataclass(frozen=True, slots=True)
class HeaderKey:
    """A value that stands in front of the message."""

    name: str

    def read(self, data: bytes, fields: Iterable[Field], context: Context) -> Key | None:
        """None where no step has read such a value."""
        return context.header.get(self.name)


@dataclass(frozen=True, slots=True)
class PathKey:
    """The path of the connection's URL, without its query."""

    def read(self, data: bytes, fields: Iterable[Field], context: Context) -> Key | None:
        """The empty string where nothing is known of a URL."""
        return context.path.partition("?")[0]


type Source = FieldKey | HeaderKey | PathKey


@dataclass(frozen=True, slots=True)
class Choice:
    """A type for each key.

    A request's key is remembered under its `remembers` id, and stands for the empty key of the response with the same
    `recalls` id (an empty text, the number 0, or none at all): that types one which does not say what it is.
    """

    key: Source | None
    table: Table
    remembers: Source | None = None
    recalls: Source | None = None
    always: Descriptor | None = None
    """The one type, where there is no key."""

    def type_of(self, data: bytes, fields: Iterable[Field], context: Context) -> Descriptor | None:
        """The type; None where the table has no such key."""
        if self.key is None:
            return self.always
        key = self.key.read(data, fields, context)
        if not key and self.recalls is not None:
            recalled = self.recalled(data, fields, context)
            key = key if recalled is None else recalled
        elif key is not None and key != "" and self.remembers is not None:
            number = self.remembers.read(data, fields, context)
            if number is not None:
                context.memory.keep(("request", number), key)
        return None if key is None else self.table.get(key)

    def recalled(self, data: bytes, fields: Iterable[Field], context: Context) -> Key | None:
        """The key of the request that a response belongs to; None where no such request is known."""
        number = self.recalls.read(data, fields, context) if self.recalls is not None else None
        return None if number is None else context.memory.get(("request", number))

    @property
    def looks_inside(self) -> bool:
        """True if it depends on the fields of the message, which cost time to find."""
        return any(isinstance(each, FieldKey) for each in (self.key, self.remembers, self.recalls))

    @property
    def told_by(self) -> str:
        """How messages are told apart, in words: what they are, and by what that is known."""
        count = len(self.holds)
        if self.key is None or count == 1:
            return f"{' or '.join(each.name for each in self.holds)} behind what stands in front"
        match self.key:
            case FieldKey(field=field):
                where = f"their field {field.name}"
            case HeaderKey(name=name):
                where = f"{name} in front of them"
            case _:
                where = "the URL's path"
        return f"messages told apart by {where} ({count:,} types)"

    @property
    def holds(self) -> tuple[Descriptor, ...]:
        """All types, each once, in the order of the table."""
        found = dict.fromkeys(self.table.values())
        if self.always is not None:
            found[self.always] = None
        return tuple(found)


def default_table(schema: Schema, name: str) -> dict[Key, Descriptor]:
    """The types by the default of their own field `name`, as proto2 lets each message say what it is."""
    table: dict[Key, Descriptor] = {}
    for kind in schema.messages():
        own = kind.fields_by_name.get(name)
        if own is not None and own.has_default_value and isinstance(own.default_value, int | str):
            table.setdefault(own.default_value, kind)
    return table


def name_table(schema: Schema, prefix: str = "", suffix: str = "") -> dict[Key, Descriptor]:
    """The types by what is left of their full name without a prefix and a suffix; those that lack one have no key."""
    table: dict[Key, Descriptor] = {}
    for kind in schema.messages():
        name = kind.full_name
        if name.startswith(prefix) and name.endswith(suffix) and len(name) > len(prefix) + len(suffix):
            table[name[len(prefix) : len(name) - len(suffix)]] = kind
    return table


def method_table(schema: Schema, form: str, *, responses: bool) -> dict[Key, Descriptor]:
    """The types of the requests, or of the responses, by their method; `form` as in ``/{service}/{method}``.

    `{service}` is the service's full name, `{package}` and `{name}` are its parts.
    """
    rows: list[tuple[Key, Descriptor]] = []
    for service in schema.services():
        for method in service.methods:
            key = form.format_map(
                {
                    "service": service.full_name,
                    "package": service.file.package,
                    "name": service.name,
                    "method": method.name,
                }
            )
            rows.append((key, method.output_type if responses else method.input_type))
    return unambiguous(rows)


def form_table(schema: Schema, form: str) -> dict[Key, Descriptor]:
    """The types by their names in a `form` such as ``.{type}``.

    `{type}` is the full name, `{package}` and `{name}` are its parts.
    """
    rows: list[tuple[Key, Descriptor]] = []
    for kind in schema.messages():
        package = kind.file.package
        name = kind.full_name.removeprefix(f"{package}.") if package else kind.full_name
        rows.append((form.format_map({"type": kind.full_name, "package": package, "name": name}), kind))
    return unambiguous(rows)


def unambiguous(rows: Iterable[tuple[Key, Descriptor]]) -> dict[Key, Descriptor]:
    """The table of these rows; a key that stands for several types says nothing, and is none."""
    table: dict[Key, Descriptor | None] = {}
    for key, kind in rows:
        table[key] = kind if table.get(key, kind) == kind else None
    return {key: kind for key, kind in table.items() if kind is not None}
