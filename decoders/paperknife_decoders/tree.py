"""The whole of an envelope as YAML: the payload first, then field by field in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.carrying.unread import unread_parts
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.masking import mask_json
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.raw_text import raw_lines
from paperknife_decoders.redaction.unread import masked_carried
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.secrets import MASK, Secrets, carries_text
from paperknife_decoders.unknown import unknown_fields, unknown_part, unknown_words
from paperknife_decoders.values import Dynamic, stands_for
from paperknife_decoders.wire.view import wire_text
from paperknife_decoders.yaml_words import (
    Limits,
    Word,
    bytes_word,
    json_word,
    key_text,
    map_key,
    message_word,
    string_word,
    word_of,
)

__all__ = ["LIMITS", "tree_text"]

LIMITS = Limits()

FEW = 16
FEW_COLUMNS = 72
"""Lists of so many short values in so many columns take one line."""

DASH = "-"
"""The key of a list item."""

Lines = Iterator[str]


class Place(NamedTuple):
    """Where something lies: the names from the envelope inwards, and the number of messages around it."""

    path: tuple[str, ...] = ()
    depth: int = 0

    def inside(self, *name: str) -> Place:
        """The place of what lies in the field of that name; without one, of what lies in an Any."""
        return Place((*self.path, *name), self.depth + 1)


def tree_text(envelope: Envelope, secrets: Secrets, paint: Paint = PLAIN, limits: Limits = LIMITS) -> str:
    """The whole of `envelope` on several lines, without a line feed at the end; never raises.

    A decoded envelope is a YAML document: unset fields are left out, enums have their names, what the schema does not
    know is in comments. Other envelopes show what their bytes look like, below a comment that says why.
    """
    if envelope.message is None:
        lines = raw_lines(envelope, secrets, paint, limits)
    else:
        lines = Tree(secrets, paint, limits).envelope(masked_carried(envelope, secrets))
    shown = list(islice(lines, limits.lines))
    if next(lines, None) is not None:
        shown.append(dyed(f"# the rest is left out after {limits.lines:,} lines", paint.dim, paint))
    return "\n".join(shown)


def indented(lines: Iterable[str], first: str = "  ") -> Lines:
    """`lines` two columns to the right, the first one behind `first`."""
    for line in lines:
        yield first + line
        first = "  "


@dataclass(frozen=True, slots=True)
class Tree:
    """Writes messages as lines of YAML. Each method yields lines as if it stood at the left edge."""

    secrets: Secrets
    paint: Paint
    limits: Limits

    def comment(self, text: str, *, is_odd: bool = False) -> str:
        return dyed(f"# {text}", self.paint.mark if is_odd else self.paint.dim, self.paint)

    def key(self, name: str) -> str:
        return dyed(f"{key_text(name)}:", self.paint.name, self.paint)

    def line(self, word: Word, key: str = "") -> str:
        """A value behind its key, and the comment on it."""
        text = dyed(word.text, self.paint.mark, self.paint) if word.is_odd else word.text
        said = f"{key} {text}" if key else text
        return f"{said}  {self.comment(word.comment, is_odd=word.is_odd)}" if word.comment else said

    def envelope(self, envelope: Envelope) -> Lines:
        """A decoded envelope: its payload, what stands beside it, and what its type does not know."""
        message: Dynamic = envelope.message
        name = kind_of(message).name
        if not envelope.data:
            yield self.line(Word("{}", "an empty message"))
            return
        if not envelope.payload:
            yield self.comment(f"nothing of {name} is set", is_odd=True)
        fields = self.fields(message, Place(), first=envelope.payload)
        yield next(fields, "{}")
        yield from fields
        unknown = unknown_part(message, envelope.data)
        if unknown:
            yield from self.bare_fields(f"what {name} does not know:", unknown)
        for field, value in () if envelope.payload else unread_parts(message):
            if not self.secrets.hides(field, (field.name,)):
                yield from self.bare_fields(f"what {field.name} holds, of no known type:", value)

    def bare_fields(self, heading: str, data: bytes) -> Lines:
        """Bytes as wire fields, in comments."""
        yield self.comment(heading, is_odd=True)
        mark = dyed("#", self.paint.dim, self.paint)
        yield from (f"{mark} {line}" for line in wire_text(data, self.paint).splitlines())

    def message(self, message: Dynamic, place: Place) -> Lines:
        """All of a message, known and unknown; no line for an empty one."""
        if place.depth > self.limits.depth:
            yield self.comment("what lies deeper is left out")
        elif is_any(kind_of(message)):
            yield from self.any(message, place)
        else:
            yield from self.fields(message, place)
            yield from self.unknown(message)

    def fields(self, message: Dynamic, place: Place, first: str = "") -> Lines:
        """The set fields in the order of the schema, the one named `first` before them, extensions behind."""
        found = list_fields(message)
        found.sort(key=lambda item: (item[0].name != first, item[0].is_extension, item[0].index))
        for field, value in found:
            name = f"[{field.full_name}]" if field.is_extension else field.name
            yield from self.field(self.key(name), field, value, place.inside(field.name))

    def field(self, key: str, field: FieldDescriptor, value: Dynamic, place: Place) -> Lines:
        """One field behind its key: a value, a list, a map or a message."""
        kind = field.message_type
        if self.secrets.hides(field, place.path):
            yield f"{key} {self.masked}"
        elif kind is not None and kind.GetOptions().map_entry:
            yield key
            yield from indented(self.map(kind.fields_by_name["value"], value, place))
        elif field.is_repeated:
            yield from self.list(key, field, value, place)
        else:
            yield from self.value(key, field, value, place)

    def value(self, key: str, field: FieldDescriptor, value: Dynamic, place: Place) -> Lines:
        """One value behind a key (or behind the dash of a list): on the same line, or below it."""
        word = word_of(field, self.limits)
        if word is not None:
            inner = stands_for(field.message_type) if field.message_type is not None else None
            hidden = inner is not None and self.secrets.hides(inner, (*place.path, inner.name))
            yield f"{key} {self.masked}" if hidden else self.line(word(value), key)
            if field.message_type is not None:
                yield from indented(self.unknown(value))
        elif is_json_like(kind_of(value)):
            yield from self.json(key, mask_json(json_value(value), self.secrets, place.path))
        else:
            yield from self.nested(key, self.message(value, place))

    @property
    def masked(self) -> str:
        return dyed(f'"{MASK}"', self.paint.secret, self.paint)

    def nested(self, key: str, lines: Lines) -> Lines:
        """A message below its key, or ``{}`` beside it where there is nothing in it."""
        head = next(lines, None)
        if head is None:
            yield f"{key} {{}}"
        elif key == DASH:
            yield from indented(chain((head,), lines), f"{DASH} ")
        else:
            yield key
            yield from indented(chain((head,), lines))

    def list(self, key: str, field: FieldDescriptor, values: Dynamic, place: Place) -> Lines:
        """The items of a repeated field: a few short words beside the key, all else below it."""
        word = word_of(field, self.limits)
        if word is not None and field.message_type is None and len(values) <= FEW:
            words = [word(value) for value in values]
            text = ", ".join(word.text for word in words)
            if len(text) <= FEW_COLUMNS and not any(word.comment for word in words):
                yield f"{key} [{text}]"
                return
        yield key
        yield from indented(self.items_of(field, values, place))

    def items_of(self, field: FieldDescriptor, values: Dynamic, place: Place) -> Lines:
        """The items of a repeated field, each behind a dash."""
        for value in values[: self.limits.items]:
            yield from self.value(DASH, field, value, place)
        yield from self.left_out(len(values))

    def map(self, content: FieldDescriptor, values: Dynamic, place: Place) -> Lines:
        """The entries of a map in the order of their keys; texts under secret keys are masked."""
        word = word_of(content, self.limits)
        for key in sorted(values)[: self.limits.items]:
            name = dyed(f"{map_key(key)}:", self.paint.name, self.paint)
            if word is not None and carries_text(content) and self.secrets.hides_name(str(key)):
                yield f"{name} {self.masked}"
            else:
                yield from self.value(name, content, values[key], place)
        yield from self.left_out(len(values))

    def left_out(self, count: int) -> Lines:
        """A line for the items beyond the limit."""
        if count > self.limits.items:
            yield self.comment(f"{count - self.limits.items:,} more of {count:,} are left out")

    def any(self, holder: Dynamic, place: Place) -> Lines:
        """The name of the type that an Any holds, then its content as its own schema has it."""
        yield f"{self.key('@type')} {string_word(holder.type_url, self.limits.text).text}"
        content = any_content(holder)
        if content is None:
            yield self.line(bytes_word(holder.value, self.limits.bytes), self.key("value"))
            yield self.comment("the schema does not have this type, or the value does not parse as it", is_odd=True)
            return
        kind = kind_of(content)
        word = message_word(kind, self.limits)
        if word is not None:
            yield self.line(word(content), self.key("value"))
        elif is_json_like(kind):
            yield from self.json(self.key("value"), mask_json(json_value(content), self.secrets, place.path))
        else:
            yield from self.message(content, place.inside())

    def json(self, key: str, value: Dynamic) -> Lines:
        """A JSON value behind its key."""
        match value:
            case dict():
                yield from self.nested(key, self.members(value))
            case [] | [_, *_]:
                yield from self.nested(key, self.items(value)) if value else [f"{key} []"]
            case _:
                yield self.line(json_word(value, self.limits), key)

    def members(self, known: dict[str, Dynamic]) -> Lines:
        for name in islice(known, self.limits.items):
            yield from self.json(self.key(name), known[name])
        yield from self.left_out(len(known))

    def items(self, values: Sequence[Dynamic]) -> Lines:
        for value in values[: self.limits.items]:
            yield from self.json(DASH, value)
        yield from self.left_out(len(values))

    def unknown(self, message: Dynamic) -> Lines:
        """A comment for each unknown field of a message."""
        found = list(unknown_fields(message))
        for field in found[: self.limits.unknown]:
            yield self.comment(f"unknown field {unknown_words(field)}", is_odd=True)
        if len(found) > self.limits.unknown:
            yield self.comment(f"and {len(found) - self.limits.unknown:,} more unknown fields", is_odd=True)
