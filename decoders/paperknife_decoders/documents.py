"""An envelope as a document for other programs: a proto3 JSON object, Protobuf's text format."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from google.protobuf import json_format, text_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.masking import MAX_DEPTH, mask_json, masked_copy
from paperknife_decoders.oddities.parse_fault import fault_text
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.printable import printable
from paperknife_decoders.raw_text import has_fields, hidden_in, masked_text
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic, bool_text, float32_text, stands_for
from paperknife_decoders.wire.walker import Field, WireType, walk_partly

__all__ = ["json_object", "textproto"]

FIELDS = 1000
"""How many wire fields of an envelope without a schema are listed in its JSON object."""


def json_object(envelope: Envelope, secrets: Secrets) -> dict[str, Dynamic]:
    """`envelope` as ``json.dumps`` takes it; never raises.

    Decoded: the proto3 JSON mapping (https://protobuf.dev/programming-guides/json/) with the schema's field names. A
    value that the mapping has no place for (a Timestamp of the year 30,000, an Any of an unknown type) is written as
    the plain fields of its message. Not decoded: an object whose `form` says what the bytes are, `fault` why.
    """
    if envelope.message is None:
        return undecoded_object(envelope, secrets)
    return members(envelope.message, secrets, (), 0)


def undecoded_object(envelope: Envelope, secrets: Secrets) -> dict[str, Dynamic]:
    """What is known of bytes without a message: `json`, `text` or `hex` holds all of them, unless there are secrets."""
    known: dict[str, Dynamic] = {"form": envelope.form.value}
    if fault := fault_text(envelope):
        known["fault"] = fault
    match envelope.form:
        case Form.JSON:
            known["json"] = mask_json(finite(json.loads(envelope.data)), secrets)
        case Form.TEXT:
            known["text"] = masked_text(envelope, secrets)
        case _:
            hidden = hidden_in(envelope, secrets)
            if has_fields(envelope, hidden):
                known["fields"] = wire_fields(envelope.data, hidden.fields)
            if not hidden.fields:
                known["hex"] = MASK if hidden else envelope.data.hex()
    return known


def wire_fields(data: bytes, hidden: Collection[int]) -> list[dict[str, Dynamic]]:
    """The outermost fields of `data`: number, wire type and value each, content as hex."""
    return [
        {
            "number": field.number,
            "type": WireType(field.wire_type).name.lower(),
            "value": wire_value(data, field, hidden),
        }
        for field in walk_partly(data, limit=FIELDS).fields
    ]


def wire_value(data: bytes, field: Field, hidden: Collection[int]) -> int | str:
    """A number, or content in hex; the mask for content that has a secret in it."""
    if any(field.start <= start < field.end for start in hidden):
        return MASK
    if field.wire_type in (WireType.LENGTH, WireType.GROUP):
        return data[field.content : field.content_end].hex()
    return field.value


def members(message: ProtoMessage, secrets: Secrets, path: tuple[str, ...], depth: int) -> dict[str, Dynamic]:
    """The set fields of `message`, which lies at `path`, by name; extensions as ``[full.name]``."""
    known: dict[str, Dynamic] = {}
    for field, value in list_fields(message):
        name = f"[{field.full_name}]" if field.is_extension else field.name
        known[name] = field_json(field, value, Place(secrets, (*path, field.name), depth))
    return known


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies: at `path` from the envelope inwards, inside `depth` messages."""

    secrets: Secrets
    path: tuple[str, ...]
    depth: int


def field_json(field: FieldDescriptor, value: Dynamic, place: Place) -> Dynamic:
    """The value of one field: single, repeated or a map."""
    kind = field.message_type
    if place.secrets.hides(field, place.path):
        return MASK
    if kind is not None and kind.GetOptions().map_entry:
        return map_json(kind, value, place)
    if field.is_repeated:
        return [value_json(field, item, place) for item in value]
    return value_json(field, value, place)


def map_json(entry: Descriptor, value: Dynamic, place: Place) -> dict[str, Dynamic]:
    """A map by its keys, texts under secret keys masked."""
    key_field, content = entry.fields_by_name["key"], entry.fields_by_name["value"]
    known: dict[str, Dynamic] = {}
    for key in value:
        name = bool_text(key) if key_field.type == FieldDescriptor.TYPE_BOOL else str(key)
        known[name] = value_json(content, value[key], place)
        if isinstance(known[name], str) and known[name] and place.secrets.hides_name(name):
            known[name] = MASK
    return known


def value_json(field: FieldDescriptor, value: Dynamic, place: Place) -> Dynamic:
    """One value of a field."""
    if field.message_type is not None:
        return message_json(value, place)
    if field.enum_type is not None:
        if field.enum_type.full_name == "google.protobuf.NullValue":
            return None
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    return SCALARS[field.type](value) if field.type in SCALARS else value


def message_json(message: Dynamic, place: Place) -> Dynamic:
    """One message: its members, or the form that the JSON mapping gives to a well-known type."""
    if place.depth > MAX_DEPTH:
        return "…"
    kind = kind_of(message)
    if is_any(kind):
        return any_json(message, place)
    if is_json_like(kind):
        return mask_json(finite(json_value(message)), place.secrets, place.path)
    inner = stands_for(kind)
    if inner is not None and place.secrets.hides(inner, (*place.path, inner.name)):
        return {inner.name: MASK} if kind.full_name not in WELL_KNOWN else MASK
    if kind.full_name in WELL_KNOWN:
        try:
            return json_format.MessageToDict(message)
        except (ValueError, TypeError, AttributeError, json_format.Error):
            pass  # out of the type's range: its plain fields tell
    return members(message, place.secrets, place.path, place.depth + 1)


def any_json(holder: Dynamic, place: Place) -> dict[str, Dynamic]:
    """An Any: its content where the schema has the type, else its bytes in base64 as they are."""
    if not holder.type_url and not holder.value:
        return {}
    content = any_content(holder)
    if content is None:
        return {"@type": holder.type_url, "value": base64_text(holder.value)}
    known = message_json(content, Place(place.secrets, place.path, place.depth + 1))
    kind = kind_of(content)
    special = kind.full_name in WELL_KNOWN or is_json_like(kind)
    return {"@type": holder.type_url, **({"value": known} if special or not isinstance(known, dict) else known)}


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
WELL_KNOWN = frozenset(
    f"google.protobuf.{name}"
    for name in ("Timestamp", "Duration", "FieldMask", "Empty", *(f"{kind}Value" for kind in WRAPPED))
)
"""Types with a JSON form of their own, left to the library."""


def finite(value: Dynamic) -> Dynamic:
    """JSON with the numbers that JSON can not write (Python reads ``NaN``, and a Struct may hold it) as words."""
    if isinstance(value, float):
        return double_json(value)
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    return [finite(item) for item in value] if isinstance(value, list) else value


def textproto(envelope: Envelope, secrets: Secrets) -> str:
    """`envelope` in the text format (https://protobuf.dev/reference/protobuf/textformat-spec/); never raises.

    Secret texts are masked; secrets of other kinds are left out, and a comment names them. Unknown fields are printed
    by number. An envelope without a message becomes comments.
    """
    if envelope.message is None:
        known = json.dumps(undecoded_object(envelope, secrets), ensure_ascii=False)
        return f"# {printable(known)}"
    masked, cleared = masked_copy(envelope.message, secrets)
    pool: Dynamic = kind_of(masked).file.pool
    try:
        text = text_format.MessageToString(masked, descriptor_pool=pool, print_unknown_fields=True)
    except (TypeError, AttributeError):  # a field that is called like a method hides it from the library
        return f"# {printable(json.dumps(json_object(envelope, secrets), ensure_ascii=False))}"
    return "".join(f"# {path}: {MASK}\n" for path in cleared) + text
