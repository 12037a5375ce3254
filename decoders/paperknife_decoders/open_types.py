"""Messages whose content no schema fixes: google.protobuf.Dynamic, and the JSON-like Struct, ListValue and Value."""

from __future__ import annotations

from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError as ProtobufDecodeError
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.reflection import kind_of, which_oneof
from paperknife_decoders.values import Dynamic

__all__ = ["any_content", "is_any", "is_json_like", "json_value"]

MAX_DEPTH = 40
"""How deep a Struct is followed; the parser allows some 30 levels, as each takes three messages."""

JSON_LIKE = {
    "google.protobuf.Struct": frozenset({"fields"}),
    "google.protobuf.ListValue": frozenset({"values"}),
    "google.protobuf.Value": frozenset(
        {"null_value", "number_value", "string_value", "bool_value", "struct_value", "list_value"}
    ),
}
"""The types of google/protobuf/struct.proto, and what a schema must have under these names to be taken for them."""


def is_any(descriptor: Descriptor) -> bool:
    """True for google.protobuf.Dynamic (google/protobuf/any.proto)."""
    return descriptor.full_name == "google.protobuf.Any" and {"type_url", "value"} <= set(descriptor.fields_by_name)


def any_content(holder: Dynamic) -> ProtoMessage | None:
    """The message inside the Any `holder`, or None where its schema lacks the type or the bytes do not parse as it.

    The type is what follows the last slash of `type_url`; nothing is ever fetched from that address.
    """
    try:
        descriptor = kind_of(holder).file.pool.FindMessageTypeByName(holder.type_url.rpartition("/")[2])
        return message_factory.GetMessageClass(descriptor).FromString(holder.value)
    except (KeyError, TypeError, ProtobufDecodeError):
        return None


def is_json_like(descriptor: Descriptor) -> bool:
    """True for Struct, ListValue and Value (google/protobuf/struct.proto)."""
    needed = JSON_LIKE.get(descriptor.full_name)
    return needed is not None and needed <= set(descriptor.fields_by_name)


def json_value(message: Dynamic, depth: int = 0) -> Dynamic:
    """The Struct, ListValue or Value `message` as plain Python values; members in the order of their names."""
    if depth > MAX_DEPTH:
        return "…"
    match kind_of(message).full_name:
        case "google.protobuf.Struct":
            return {key: json_value(message.fields[key], depth + 1) for key in sorted(message.fields)}
        case "google.protobuf.ListValue":
            return [json_value(item, depth + 1) for item in message.values]
    match which_oneof(message, "kind"):
        case "struct_value":
            return json_value(message.struct_value, depth + 1)
        case "list_value":
            return json_value(message.list_value, depth + 1)
        case "number_value":
            number: float = message.number_value
            return int(number) if number.is_integer() and abs(number) < 1e15 else number
        case "string_value" | "bool_value" as kind:
            return getattr(message, kind)
    return None
