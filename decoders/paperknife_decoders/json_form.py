"""Messages as proto3 JSON (https://protobuf.dev/programming-guides/json/), with the schema's field names.

How each field is written is found out once for each type, and for each place in it that a declared secret can lie at.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from functools import lru_cache

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.masking import MAX_DEPTH, mask_json
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic, bool_text, float32_text, stands_for

__all__ = ["Writer", "field_json", "finite", "message_json"]

type Path = tuple[str, ...]

type Writer = Callable[[Dynamic, int], Dynamic]
"""Makes JSON of a value inside so many messages."""

type Members = dict[int, tuple[str, Writer]]
"""The name and the writer of each field of a type, by its number, once it was met."""

ELSEWHERE: Path = ("",)
"""Stands for every path that no declared secret begins with."""


def message_json(message: ProtoMessage, secrets: Secrets) -> dict[str, Dynamic]:
    """The set fields of an envelope by name; extensions as ``[full.name]``.

    A value that the mapping has no place for (a Timestamp of the year 30,000, an Any of an unknown type) is written as
    the plain fields of its message.
    """
    kind = kind_of(message)
    form = form_for(secrets, kind.file.pool)
    return form.members(message, form.table(kind, ()), (), 0)


def field_json(field: FieldDescriptor, secrets: Secrets, path: Path) -> Writer:
    """What writes a field that lies at `path`, names from the envelope inwards, its own last."""
    owner = field.containing_type
    assert owner is not None
    form = form_for(secrets, owner.file.pool)
    return form.writer(field, form.place(path))


@lru_cache(maxsize=8)
def form_for(secrets: Secrets, pool: DescriptorPool) -> JsonForm:
    """The writers for one schema; those of old ones are let go."""
    return JsonForm(secrets)


class JsonForm:
    """Writers of fields and messages, made when they are first asked for."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.tables: dict[tuple[Descriptor, Path], Members] = {}
        self.messages: dict[tuple[Descriptor, Path], Writer] = {}
        self.leading = {
            tuple(names[:size])
            for path in secrets.paths
            if (names := path.split("."))
            for size in range(1, len(names) + 1)
        }

    def place(self, path: Path) -> Path:
        """The path, if declared secrets lie there or below; so there are few places, however deep a type goes."""
        return path if path in self.leading else ELSEWHERE

    def table(self, kind: Descriptor, path: Path) -> Members:
        """The fields of a type at a place."""
        return self.tables.setdefault((kind, path), {})

    def members(self, message: ProtoMessage, table: Members, path: Path, depth: int) -> dict[str, Dynamic]:
        """The set fields of `message`, which lies at `path`, inside `depth` messages."""
        known: dict[str, Dynamic] = {}
        for field, value in list_fields(message):
            entry = table.get(field.number)
            if entry is None:
                name = f"[{field.full_name}]" if field.is_extension else field.name
                entry = table[field.number] = name, self.writer(field, self.place((*path, field.name)))
            known[entry[0]] = entry[1](value, depth)
        return known

    def writer(self, field: FieldDescriptor, path: Path) -> Writer:
        """How a field is written: single, repeated or a map."""
        kind = field.message_type
        if (path in self.leading and ".".join(path) in self.secrets.paths) or self.secrets.hides(field, ELSEWHERE):
            return lambda value, depth: MASK
        if kind is not None and kind.GetOptions().map_entry:
            return self.map_writer(kind, path)
        single = self.single(field, path)
        if field.is_repeated:
            return lambda value, depth: [single(item, depth) for item in value]
        return single

    def map_writer(self, entry: Descriptor, path: Path) -> Writer:
        """A map by its keys, texts under secret keys masked."""
        key_text = bool_text if entry.fields_by_name["key"].type == FieldDescriptor.TYPE_BOOL else str
        content, hides = self.single(entry.fields_by_name["value"], path), self.secrets.hides_name

        def write(value: Dynamic, depth: int) -> Dynamic:
            known: dict[str, Dynamic] = {}
            for key in value:
                name, text = key_text(key), content(value[key], depth)
                known[name] = MASK if isinstance(text, str) and text and hides(name) else text
            return known

        return write

    def single(self, field: FieldDescriptor, path: Path) -> Writer:
        """How one value of a field is written."""
        if field.message_type is not None:
            return self.message_writer(field.message_type, path)
        if field.enum_type is not None:
            if field.enum_type.full_name == "google.protobuf.NullValue":
                return lambda value, depth: None
            names = {value.number: value.name for value in reversed(field.enum_type.values)}
            return lambda value, depth: names.get(value, value)
        scalar = SCALARS.get(field.type)
        return (lambda value, depth: value) if scalar is None else (lambda value, depth: scalar(value))

    def message_writer(self, kind: Descriptor, path: Path) -> Writer:
        """How messages of a type are written at a place."""
        known = self.messages.get((kind, path))
        if known is None:
            known = self.messages[kind, path] = bounded(self.special(kind, path) or self.plain(kind, path))
        return known

    def plain(self, kind: Descriptor, path: Path) -> Writer:
        """A message by its members."""
        table = self.table(kind, path)
        return lambda message, depth: self.members(message, table, path, depth + 1)

    def special(self, kind: Descriptor, path: Path) -> Writer | None:
        """The form that the JSON mapping gives to a well-known type; None for all others, and for none of them."""
        if is_any(kind):
            return lambda message, depth: self.any(message, path, depth)
        if is_json_like(kind):
            return lambda message, depth: mask_json(finite(json_value(message)), self.secrets, path)
        inner = stands_for(kind)
        if inner is not None and (
            ".".join((*path, inner.name)) in self.secrets.paths or self.secrets.hides(inner, ELSEWHERE)
        ):
            return lambda message, depth: MASK if kind.full_name in WELL_KNOWN else {inner.name: MASK}
        if (library := WELL_KNOWN.get(kind.full_name)) is None:
            return None
        plain = self.plain(kind, path)

        def write(message: Dynamic, depth: int) -> Dynamic:
            try:
                return library(message)
            except (ValueError, TypeError, AttributeError, json_format.Error):
                return plain(message, depth)  # out of the type's range: its plain fields tell

        return write

    def any(self, holder: Dynamic, path: Path, depth: int) -> dict[str, Dynamic]:
        """An Any: its content where the schema has the type, else its bytes in base64 as they are."""
        if not holder.type_url and not holder.value:
            return {}
        content = any_content(holder)
        if content is None:
            return {"@type": holder.type_url, "value": base64_text(holder.value)}
        kind = kind_of(content)
        known = self.message_writer(kind, path)(content, depth + 1)
        special = kind.full_name in WELL_KNOWN or is_json_like(kind)
        return {"@type": holder.type_url, **({"value": known} if special or not isinstance(known, dict) else known)}


def bounded(write: Writer) -> Writer:
    """Nothing is written that lies too deep."""
    return lambda message, depth: "…" if depth > MAX_DEPTH else write(message, depth)


def double_json(value: float) -> float | str:
    """JSON has no word for what is no number; the mapping has."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def float_json(value: float) -> float | str:
    return float(float32_text(value)) if math.isfinite(value) else double_json(value)


def base64_text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def text_json(value: str | bytes) -> str:
    """A string; proto2 does not check that it is UTF-8, and then it comes as bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "backslashreplace")


SCALARS: dict[int, Callable[[Dynamic], Dynamic]] = {
    FieldDescriptor.TYPE_INT64: str,
    FieldDescriptor.TYPE_UINT64: str,
    FieldDescriptor.TYPE_SINT64: str,
    FieldDescriptor.TYPE_FIXED64: str,
    FieldDescriptor.TYPE_SFIXED64: str,
    FieldDescriptor.TYPE_DOUBLE: double_json,
    FieldDescriptor.TYPE_FLOAT: float_json,
    FieldDescriptor.TYPE_STRING: text_json,
    FieldDescriptor.TYPE_BYTES: base64_text,
}
"""What JSON's own numbers and texts can not hold as they are; the other kinds pass."""

WRAPPED = ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64")
WELL_KNOWN: dict[str, Callable[[Dynamic], Dynamic]] = {
    **{f"google.protobuf.{name}Value": json_format.MessageToDict for name in WRAPPED},
    "google.protobuf.Empty": json_format.MessageToDict,
    **{
        f"google.protobuf.{name}": lambda message: message.ToJsonString()
        for name in ("Timestamp", "Duration", "FieldMask")
    },
}
"""Types with a JSON form of their own, left to the library."""


def finite(value: Dynamic) -> Dynamic:
    """JSON with the numbers that JSON can not write (Python reads ``NaN``, and a Struct may hold it) as words."""
    if isinstance(value, float):
        return double_json(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value
