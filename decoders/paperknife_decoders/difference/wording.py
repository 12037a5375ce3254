"""Values in the words of a difference: one line each, bounded, printable, with secrets masked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.masking import mask_json
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.sites import Shape, content_field, shape_of
from paperknife_decoders.unknown import unknown_fields, unknown_words
from paperknife_decoders.values import Dynamic, stands_for
from paperknife_decoders.yaml_words import Limits, map_key, word_of

__all__ = ["Wording"]

LIMITS = Limits(text=80, bytes=24)
LONGEST = 240
"""Characters of one value."""
MOST_FIELDS = 24
MOST_ITEMS = 6
DEEPEST = 4

type Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Says values. `names` lead from the envelope to a field, its own last."""

    secrets: Secrets

    def field(self, field: FieldDescriptor, value: Dynamic, names: Names) -> str:
        """All that is in a field."""
        return elide(self.any_shape(field, value, names, 0), LONGEST)

    def one(self, field: FieldDescriptor, value: Dynamic, names: Names, key: object = None) -> str:
        """One value of a field: of a list or, under its key, of a map."""
        if isinstance(key, str) and field.type in TEXTS and self.secrets.hides_name(key):
            return MASKED
        return elide(self.single(field, value, names, 0), LONGEST)

    def any_shape(self, field: FieldDescriptor, value: Dynamic, names: Names, depth: int) -> str:
        if self.secrets.hides(field, names):
            return MASKED
        content = content_field(field)
        match shape_of(field):
            case Shape.ONE:
                return self.single(field, value, names, depth)
            case Shape.LIST:
                said = [self.single(field, item, names, depth) for item in value[:MOST_ITEMS]]
            case _:
                said = [
                    f"{map_key(key)}: {self.entry(content, key, value[key], names, depth)}"
                    for key in islice(sorted(value), MOST_ITEMS)
                ]
        if len(value) > len(said):
            said.append(f"… {len(value):,} in all")
        return f"[{', '.join(said)}]" if shape_of(field) is Shape.LIST else f"{{{', '.join(said)}}}"

    def entry(self, content: FieldDescriptor, key: object, value: Dynamic, names: Names, depth: int) -> str:
        """The value under a key."""
        if isinstance(key, str) and content.type in TEXTS and self.secrets.hides_name(key):
            return MASKED
        return self.single(content, value, names, depth)

    def single(self, field: FieldDescriptor, value: Dynamic, names: Names, depth: int) -> str:
        """One value."""
        if self.secrets.hides(field, names):
            return MASKED
        kind = field.message_type
        word = word_of(field, LIMITS)
        if word is not None:
            inner = stands_for(kind) if kind is not None else None
            if inner is not None and self.secrets.hides(inner, (*names, inner.name)):
                return MASKED
            said = word(value)
            rest = self.unknown(value) if kind is not None else []
            return f"{said.text} ({', '.join(rest)})" if rest else said.text
        if depth >= DEEPEST:
            return "{…}"
        if is_json_like(kind_of(value)):
            return self.json(json_value(value), names)
        return self.message(value, names, depth)

    def message(self, message: Dynamic, names: Names, depth: int) -> str:
        """What is set in a message."""
        if is_any(kind_of(message)):
            content = any_content(message)
            if content is not None and is_json_like(kind_of(content)):
                return self.json(json_value(content), names)
            if content is not None:
                return self.message(content, names, depth + 1)
        found = list_fields(message)
        said = [
            f"{printable(field.name)}: {self.any_shape(field, value, (*names, field.name), depth + 1)}"
            for field, value in found[:MOST_FIELDS]
        ]
        said += self.unknown(message)
        if len(found) > MOST_FIELDS:
            said.append("…")
        return f"{{{', '.join(said)}}}"

    def unknown(self, message: Dynamic) -> list[str]:
        """The first unknown fields of a message."""
        numbers = kind_of(message).fields_by_number
        return [
            f"{each.field_number}={MASK}" if each.field_number in numbers else unknown_words(each)
            for each in islice(unknown_fields(message), MOST_ITEMS)
        ]

    def json(self, value: Dynamic, names: Names) -> str:
        """JSON on one line."""
        masked = mask_json(value, self.secrets, names)
        if names and self.secrets.hides_name(names[-1]) and isinstance(value, str):
            return MASKED
        if names and ".".join(names) in self.secrets.paths:
            return MASKED
        return elide(printable(json.dumps(masked, ensure_ascii=False)), LONGEST)


TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
MASKED = f'"{MASK}"'
