"""An envelope as YAML for an editor: all of it, with comments on what each field takes and on what is unset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from paperknife.mutation.editing.words import MASKED, kept
from paperknife_decoders.expression.literals import duration_from, timestamp_from
from paperknife_decoders.expression.shapes import value_names
from paperknife_decoders.masking import mask_json
from paperknife_decoders.open_types import any_content, is_any, is_json_like, json_value
from paperknife_decoders.reflection import kind_of, list_fields
from paperknife_decoders.secrets import Secrets, carries_text
from paperknife_decoders.splice.hops import is_map
from paperknife_decoders.unknown import unknown_fields, unknown_words
from paperknife_decoders.values import NANOS_PER_SECOND, Dynamic, stands_for, words_of
from paperknife_decoders.yaml_words import Limits, Word, json_word, key_text, map_key, word_of

__all__ = ["LIMITS", "Rows", "field_name"]

LIMITS = Limits(lines=20_000, items=1_000, text=20_000, bytes=10_000, depth=60, unknown=20)
"""How much of an envelope is in the file; placeholders stand for longer values, and what is left out stays."""

NAMED = 16
"""So many values of an enum, and members of a oneof, are named in a comment."""
SHORT_LIST = 72
"""Columns of a list that stands in one line."""
TIMES = {"google.protobuf.Timestamp": timestamp_from, "google.protobuf.Duration": duration_from}

TYPE_NAMES = {
    value: name.removeprefix("TYPE_").lower() for name, value in vars(FieldDescriptor).items() if name[:5] == "TYPE_"
}

DASH = "-"
"""The key of a list item."""

type Lines = Iterator[str]
type Path = tuple[str, ...]


def field_name(field: FieldDescriptor) -> str:
    """What a field is called in the file."""
    return f"[{field.full_name}]" if field.is_extension else str(field.name)


@dataclass(frozen=True, slots=True)
class Rows:
    """Writes messages as lines of YAML, as if each stood at the left edge. Secrets and long values are placeholders."""

    secrets: Secrets
    limits: Limits = LIMITS

    def message(self, message: Dynamic, path: Path = (), first: str = "", *, remarks: bool = True) -> Lines:
        """The fields of a message in the schema's order, the one named `first` before them.

        With `remarks` there are comments on types and on what is unset.
        """
        if len(path) > self.limits.depth:
            yield "# what lies deeper is left out here, and stays as it is"
            return
        kind = kind_of(message)
        found = {field.number: (field, value) for field, value in list_fields(message)}
        fields = [*kind.fields, *(field for field, _ in found.values() if field.is_extension)]
        fields.sort(key=lambda field: field.name != first)
        taken = {field.containing_oneof.full_name: field for field, _ in found.values() if field.containing_oneof}
        said: set[str] = set()
        for field in fields:
            if field.number in found:
                yield from self.field(field, found[field.number][1], (*path, field.name), remarks=remarks)
            elif remarks:
                yield from unset(field, taken, said)
        unknown = [*unknown_fields(message)] if remarks else []
        for each in unknown[: self.limits.unknown]:
            yield f"# unknown field {unknown_words(each)}, kept as it is"

    def field(self, field: FieldDescriptor, value: Dynamic, path: Path, *, remarks: bool) -> Lines:
        """A field that is set, behind its name."""
        key = f"{key_text(field_name(field))}:"
        remark = f"  # {takes(field)}" if remarks else ""
        if self.secrets.hides(field, path):
            yield f"{key} {MASKED.text}  # {MASKED.comment}"
        elif is_map(field):
            yield f"{key}{remark}"
            yield from indented(self.entries(field, value, path))
        elif field.is_repeated:
            yield from self.listing(key, remark, field, value, path)
        else:
            yield from self.value(key, remark, field, value, path, remarks=remarks)

    def value(  # noqa: PLR0913 - a value, and where and how it is written
        self, key: str, remark: str, field: FieldDescriptor, value: Dynamic, path: Path, *, remarks: bool
    ) -> Lines:
        """One value behind a key or a dash: beside it, or below."""
        word = self.word(field, value, path)
        if word is not None:
            yield f"{key} {word.text}{f'  # {word.comment}' if word.comment else remark}"
        elif is_json_like(kind_of(value)):
            yield from json_rows(key, remark, mask_json(json_value(value), self.secrets, path))
        else:
            yield from nested(key, remark, self.inside(value, path, remarks=remarks))

    def inside(self, value: Dynamic, path: Path, *, remarks: bool) -> Lines:
        """What is below the key of a message; of an Any its type, and what it holds."""
        content = any_content(value) if is_any(kind_of(value)) else None
        if content is None:
            yield from self.message(value, path, remarks=remarks)
        else:
            yield f'"@type": {key_text(value.type_url)}'
            yield from self.message(content, path, remarks=remarks)

    def word(self, field: FieldDescriptor, value: Dynamic, path: Path) -> Word | None:
        """What stands for a whole value; None for a message of fields."""
        kind = field.message_type
        if kind is None:
            return self.scalar(field, value)
        inner = stands_for(kind)
        if inner is not None:
            return MASKED if self.secrets.hides(inner, (*path, inner.name)) else self.wrapped(field, inner, value)
        words, read = words_of(kind), TIMES.get(kind.full_name)
        if words is None or read is None:
            return None
        text = words(value)
        return Word(text) if read(text) == value.seconds * NANOS_PER_SECOND + value.nanos else None

    def wrapped(self, field: FieldDescriptor, inner: FieldDescriptor, value: Dynamic) -> Word:
        """A message that stands for one value; a text that is a number is written as a number."""
        word = self.scalar(inner, value.value)
        whole = word_of(field, self.limits)
        assert whole is not None
        return word if word.text.startswith('"[') else Word(whole(value).text)

    def scalar(self, field: FieldDescriptor, value: Dynamic) -> Word:
        """A single value; a placeholder for one that is too long, and for text that is none."""
        if isinstance(value, bytes):
            if field.type == FieldDescriptor.TYPE_STRING:
                return kept(len(value), "bytes that are no text")
            if len(value) > self.limits.bytes:
                return kept(len(value), "bytes")
            return Word(f'"{value.hex()}"')
        if isinstance(value, str) and len(value) > self.limits.text:
            return kept(len(value), "characters")
        word = word_of(field, self.limits)
        assert word is not None
        return Word(word(value).text)

    def listing(self, key: str, remark: str, field: FieldDescriptor, values: Dynamic, path: Path) -> Lines:
        """The items of a list: beside the key if they are few and short, else one below the other."""
        shown = values[: self.limits.items]
        if field.message_type is None:
            words = [self.scalar(field, value).text for value in shown]
            text = f"[{', '.join(words)}]"
            if len(text) <= SHORT_LIST and len(values) <= self.limits.items:
                yield f"{key} {text}{remark}"
                return
        yield f"{key}{remark}"
        for number, value in enumerate(shown):
            yield from indented(self.value(DASH, "", field, value, path, remarks=not number))
        yield from self.left_out(len(values))

    def entries(self, field: FieldDescriptor, values: Dynamic, path: Path) -> Lines:
        """The entries of a map in the order of their keys."""
        assert field.message_type is not None
        content = field.message_type.fields_by_number[2]
        for key in sorted(values)[: self.limits.items]:
            name = f"{map_key(key)}:"
            if carries_text(content) and self.secrets.hides_name(str(key)):
                yield f"{name} {MASKED.text}"
            else:
                yield from self.value(name, "", content, values[key], path, remarks=False)
        yield from self.left_out(len(values))

    def left_out(self, count: int) -> Lines:
        """A line on what is beyond the limit."""
        if count > self.limits.items:
            yield f"# {count - self.limits.items:,} more of {count:,} are left out here, and stay as they are"


def indented(lines: Lines, first: str = "  ") -> Lines:
    """`lines` two columns to the right, the first one behind `first`."""
    for line in lines:
        yield first + line
        first = "  "


def nested(key: str, remark: str, lines: Lines) -> Lines:
    """What belongs below a key, or behind a dash; where there is nothing, ``{}`` beside it."""
    head = next(lines, None)
    if head is None:
        yield f"{key} {{}}{remark}"
    elif key == DASH:
        yield from indented(chain((head,), lines), f"{DASH} ")
    else:
        yield f"{key}{remark}"
        yield from indented(chain((head,), lines))


def json_rows(key: str, remark: str, value: Dynamic) -> Lines:
    """A value of JSON behind its key."""
    match value:
        case dict():
            members = (json_rows(f"{key_text(name)}:", "", each) for name, each in value.items())
            yield from nested(key, remark, chain.from_iterable(members))
        case [_, *_]:
            yield from nested(key, remark, chain.from_iterable(json_rows(DASH, "", each) for each in value))
        case []:
            yield f"{key} []{remark}"
        case str() if len(value) > LIMITS.text:
            yield f"{key} {kept(len(value), 'characters').text}{remark}"
        case _:
            yield f"{key} {json_word(value, LIMITS).text}{remark}"


# Comments


def takes(field: FieldDescriptor) -> str:
    """What a field takes, in a few words."""
    if is_map(field):
        assert field.message_type is not None
        key, value = (field.message_type.fields_by_number[number] for number in (1, 2))
        return f"map of {single(key)} to {single(value)}"
    return f"list of {single(field)}" if field.is_repeated else single(field)


def single(field: FieldDescriptor) -> str:
    """The type of one value."""
    if field.message_type is not None:
        kind: Descriptor = field.message_type
        return str(kind.name)
    if field.enum_type is not None:
        return f"{field.enum_type.name}: {listed(choices(field.enum_type))}"
    return "hex" if field.type == FieldDescriptor.TYPE_BYTES else TYPE_NAMES[field.type]


def choices(kind: EnumDescriptor) -> list[str]:
    """The names of an enum, as the file has them."""
    return [value.name for value in kind.values] or [*value_names(kind)]


def listed(names: Sequence[str]) -> str:
    """The first of some names."""
    more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def unset(field: FieldDescriptor, taken: dict[str, FieldDescriptor], said: set[str]) -> Lines:
    """A comment on a field that is unset; on all members of a oneof together."""
    oneof: OneofDescriptor | None = field.containing_oneof
    if oneof is None or len(oneof.fields) == 1:
        yield f"# {key_text(field_name(field))}:  # {takes(field)}"
        return
    if oneof.full_name in said:
        return
    said.add(oneof.full_name)
    member = taken.get(oneof.full_name)
    others = listed([each.name for each in oneof.fields if each is not member])
    yield f"# instead of {member.name}: {others}" if member is not None else f"# one of: {others}"
