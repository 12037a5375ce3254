"""Secrets taken out of what is about to be shown: of messages and of JSON."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message as ProtoMessage

from paperknife_decoders.open_types import any_content, is_any, is_json_like
from paperknife_decoders.reflection import kind_of, list_fields, which_oneof
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic

__all__ = ["MAX_DEPTH", "mask_json", "masked_copy"]

MAX_DEPTH = 100
"""How deep messages and JSON are followed, as deep as Protobuf's own parsers go. What lies below is left out."""

TEXT_MASKS: dict[int, str | bytes] = {
    FieldDescriptor.TYPE_STRING: MASK,
    FieldDescriptor.TYPE_BYTES: MASK.encode(),
}

Path = tuple[str, ...]


def mask_json(value: Dynamic, secrets: Secrets, path: Path = ()) -> Dynamic:
    """A copy of the JSON `value` with the mask in place of each text with a secret name and of declared paths.

    `path` holds the names of the objects' members on the way; arrays have none.
    """
    return json_at(value, secrets, path, 0)


def json_at(value: Dynamic, secrets: Secrets, path: Path, depth: int) -> Dynamic:
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {key: json_member(item, secrets, (*path, key), depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [json_at(item, secrets, path, depth + 1) for item in value]
    return value


def json_member(value: Dynamic, secrets: Secrets, path: Path, depth: int) -> Dynamic:
    """One member of an object; an array of texts counts as a text."""
    if secrets.paths and ".".join(path) in secrets.paths:
        return MASK
    texts = value if isinstance(value, list) else [value]
    if texts and all(isinstance(text, str) and text for text in texts) and secrets.hides_name(path[-1]):
        return MASK
    return json_at(value, secrets, path, depth)


def masked_copy(message: ProtoMessage, secrets: Secrets) -> tuple[ProtoMessage, tuple[str, ...]]:
    """A copy of `message` with its secrets masked, and the paths of those that had to be taken out altogether.

    Text becomes the mask; numbers, enums and messages can not hold it and are cleared.
    """
    copy = type(message)()
    copy.CopyFrom(message)
    cleared: list[str] = []
    mask(copy, secrets, (), cleared)
    return copy, tuple(cleared)


def mask(message: ProtoMessage, secrets: Secrets, path: Path, cleared: list[str], depth: int = 0) -> None:
    """Mask in place the secrets of `message`, which lies at `path` from the envelope inwards."""
    if depth > MAX_DEPTH:
        message.Clear()
        return
    if is_json_like(kind_of(message)):
        mask_json_like(message, secrets, path)
        return
    for field, value in list_fields(message):
        here = (*path, field.name)
        if secrets.hides(field, here):
            if not overwrite(message, field, value):
                clear(message, field)
                cleared.append(".".join(here))
        elif field.message_type is not None:
            for nested in messages_in(value, field, secrets):
                mask(nested, secrets, here, cleared, depth + 1)
    kind = kind_of(message)
    if is_any(kind):
        mask_any(message, secrets, path, cleared, depth)


def mask_any(holder: Dynamic, secrets: Secrets, path: Path, cleared: list[str], depth: int) -> None:
    """Mask the content of an Any; what does not hold a secret keeps its bytes."""
    content = any_content(holder)
    if content is not None:
        before = content.SerializePartialToString(deterministic=True)
        mask(content, secrets, path, cleared, depth + 1)
        after = content.SerializePartialToString(deterministic=True)
        if after != before:
            holder.value = after


def overwrite(message: ProtoMessage, field: FieldDescriptor, value: Dynamic) -> bool:
    """Put the mask in place of a text, of each of several or of a wrapped one; False where there is no place for it."""
    if field.message_type is not None:
        return overwrite_nested(value, field)
    text = TEXT_MASKS.get(field.type)
    if text is None:
        return False
    if field.is_repeated:
        value[:] = [text] * len(value)
    elif field.is_extension:
        message.Extensions[field] = text  # type: ignore[index]
    else:
        setattr(message, field.name, text)
    return True


def overwrite_nested(value: Dynamic, field: FieldDescriptor) -> bool:
    """Mask a field whose messages each wrap one text, or a map whose values are texts."""
    kind = field.message_type
    assert kind is not None
    if kind.GetOptions().map_entry:
        content = kind.fields_by_name["value"]
        text = TEXT_MASKS.get(content.type)
        if text is None:
            return False
        for key in list(value):
            value[key] = text
        return True
    text = wrapped_mask(kind)
    if text is None:
        return False
    for item in value if field.is_repeated else (value,):
        item.value = text
    return True


def wrapped_mask(kind: Descriptor) -> str | bytes | None:
    """The mask for a message that is nothing but a text called `value`, such as google.protobuf.StringValue."""
    wraps = len(kind.fields) == 1 and kind.fields[0].name == "value" and not kind.fields[0].is_repeated
    return TEXT_MASKS.get(kind.fields[0].type) if wraps else None


def messages_in(value: Dynamic, field: FieldDescriptor, secrets: Secrets) -> list[Dynamic]:
    """The messages that a message field holds. Texts of a map under a secret key are masked on the way."""
    kind = field.message_type
    assert kind is not None
    if not kind.GetOptions().map_entry:
        return list(value) if field.is_repeated else [value]
    content = kind.fields_by_name["value"]
    if content.message_type is None:
        text = TEXT_MASKS.get(content.type)
        for key in [key for key in value if text is not None and isinstance(key, str) and secrets.hides_name(key)]:
            value[key] = text
        return []
    for key in value:
        if isinstance(key, str) and secrets.hides_name(key):
            mask_value(value[key])
    return [value[key] for key in value]


def mask_value(value: Dynamic) -> None:
    """Mask what a secret key of a map leads to, where it is a wrapped text."""
    text = wrapped_mask(kind_of(value))
    if text is not None:
        value.value = text


def mask_json_like(message: Dynamic, secrets: Secrets, path: Path) -> None:
    """Mask in place the secrets of a Struct, ListValue or Value, as `mask_json` does; the parser bounds its depth."""
    match kind_of(message).name, which_oneof(message, "kind") if kind_of(message).name == "Value" else None:
        case "Struct", _:
            for key in list(message.fields):
                mask_member(message.fields[key], secrets, (*path, key))
        case "ListValue", _:
            for item in message.values:
                mask_json_like(item, secrets, path)
        case _, "struct_value" | "list_value" as kind:
            mask_json_like(getattr(message, kind), secrets, path)


def mask_member(value: Dynamic, secrets: Secrets, path: Path) -> None:
    """Mask one member of a Struct; a list of texts counts as a text."""
    texts = value.list_value.values if which_oneof(value, "kind") == "list_value" else [value]
    is_text = bool(texts) and all(text.string_value for text in texts)
    if ".".join(path) in secrets.paths or (is_text and secrets.hides_name(path[-1])):
        value.string_value = MASK
    else:
        mask_json_like(value, secrets, path)


def clear(message: ProtoMessage, field: FieldDescriptor) -> None:
    if field.is_extension:
        message.ClearExtension(field)  # type: ignore[arg-type]
    else:
        message.ClearField(field.name)
