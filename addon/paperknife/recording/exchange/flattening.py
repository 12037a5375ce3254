"""A message type as columns: every field that holds one value gets its own, named by its path.

The columns come from the schema alone, so that every table of a type has the same. What is no single value (lists,
maps, Any, Struct), and what lies deeper than is sensible, is one cell of JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife.recording.exchange.cells import duration_cell, json_cell, scalar_cell, text_cell, timestamp_cell
from paperknife_decoders.envelope_type import JOINT, MOST_NAMED, EnvelopeType
from paperknife_decoders.json_form import field_json
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic, stands_for, words_of

__all__ = ["MOST_COLUMNS", "Flattening"]

MOST_COLUMNS = 1000
"""From so many columns on, the messages of a table are no longer spread over columns of their own."""

DEEPEST = 8
"""Messages inside each other that are spread over columns."""

type Row = list[str]
type Filler = Callable[[Row, Dynamic], None]

SAID = {
    "google.protobuf.Timestamp": timestamp_cell,
    "google.protobuf.Duration": duration_cell,
    "google.protobuf.FieldMask": lambda mask: text_cell(",".join(mask.paths)),
}
"""Messages that are one cell, where their type has the fields that it should have."""


@dataclass(slots=True)
class Level:
    """The fields of one message type at one place: its cells as they are where the message is set but empty."""

    start: int
    blank: Row = field(default_factory=list)
    fillers: dict[int, Filler] = field(default_factory=dict)

    def fill(self, row: Row, message: Dynamic) -> None:
        """Write the fields of `message` into their places in `row`."""
        row[self.start : self.start + len(self.blank)] = self.blank
        for found, value in list_fields(message):
            filler = None if found.is_extension else self.fillers.get(found.number)
            if filler is not None:
                filler(row, value)


class Flattening:
    """The columns of an envelope type as it carries one payload.

    Of the members of its type, those that `payload` names alone have columns. `names` are those of all columns; a cell
    is empty where a field that knows whether it is set is not, and has its default where it does not know.
    """

    def __init__(self, kind: EnvelopeType, payload: str, secrets: Secrets) -> None:
        self.names: list[str] = []
        self.secrets = secrets
        self.oneof = kind.oneof
        descriptor, named = kind.descriptor, payload.split(JOINT)
        is_all = len(named) > MOST_NAMED  # of so many that are set together not all are named
        left_out = {member.number for member in kind.members if not is_all and member.name not in named}
        shown = [each for each in descriptor.fields if each.number not in left_out]
        self.top = self.level(descriptor, shown, (), (descriptor.full_name,))

    def row(self, message: Dynamic) -> Row:
        """The cells of one envelope."""
        row = [""] * len(self.names)
        self.top.fill(row, message)
        return row

    def level(
        self, kind: Descriptor, shown: list[FieldDescriptor], path: tuple[str, ...], above: tuple[str, ...]
    ) -> Level:
        """The columns of `shown`, the fields of a message at `path`, inside messages of the types `above`."""
        level = Level(len(self.names))
        choices: dict[str, int] = {}
        for each in shown:
            oneof = each.containing_oneof
            filler = self.filler(each, (*path, each.name), above)
            if oneof is not None and len(oneof.fields) > 1 and (path or oneof.name != self.oneof):
                if oneof.name not in choices:
                    choices[oneof.name] = self.column((*path, oneof.name))
                filler = naming(filler, choices[oneof.name], each.name)
            level.fillers[each.number] = filler
        row = [""] * len(self.names)
        for each in shown:
            if not each.has_presence and not each.is_repeated and not self.secrets.hides(each, (*path, each.name)):
                level.fillers[each.number](row, each.default_value)
        level.blank = row[level.start :]
        return level

    def column(self, path: tuple[str, ...]) -> int:
        """A new column."""
        self.names.append(".".join(path))
        return len(self.names) - 1

    def filler(self, each: FieldDescriptor, path: tuple[str, ...], above: tuple[str, ...]) -> Filler:
        """What writes the value of a field into its column, or columns."""
        if self.secrets.hides(each, path):
            return constant(self.column(path), MASK)
        said = single_cell(each, self.secrets, path)
        if said is not None:
            return one_cell(self.column(path), said)
        kind = each.message_type
        if kind is not None and self.is_spread(each, kind, above):
            return self.level(kind, list(kind.fields), path, (*above, kind.full_name)).fill
        write = field_json(each, self.secrets, path)
        return one_cell(self.column(path), lambda value: json_cell(write(value, len(path))))

    def is_spread(self, each: FieldDescriptor, kind: Descriptor, above: tuple[str, ...]) -> bool:
        """True if the fields of a message get columns of their own, where `above` are the types around it."""
        if each.is_repeated or not kind.fields or is_any(kind) or is_json_like(kind):
            return False
        return len(above) <= DEEPEST and len(self.names) < MOST_COLUMNS and kind.full_name not in above


def single_cell(each: FieldDescriptor, secrets: Secrets, path: tuple[str, ...]) -> Callable[[Dynamic], str] | None:
    """How the value of a field is one cell; None where it is more than one value."""
    if each.is_repeated:
        return None
    kind = each.message_type
    if kind is None:
        return scalar_cell(each)
    if kind.full_name in SAID and words_of(kind) is not None:
        return SAID[kind.full_name]
    inner = stands_for(kind)
    if inner is None:
        return None
    if secrets.hides(inner, (*path, inner.name)):
        return lambda _: MASK
    cell = scalar_cell(inner)
    return lambda wrapper: cell(wrapper.value)


def one_cell(place: int, cell: Callable[[Dynamic], str]) -> Filler:
    """Write one cell."""

    def fill(row: Row, value: Dynamic) -> None:
        row[place] = cell(value)

    return fill


def constant(place: int, text: str) -> Filler:
    """Write the same text for any value."""

    def fill(row: Row, value: Dynamic) -> None:
        row[place] = text

    return fill


def naming(filler: Filler, place: int, name: str) -> Filler:
    """Write besides, into the column of the `oneof`, which member is set."""

    def fill(row: Row, value: Dynamic) -> None:
        filler(row, value)
        row[place] = name

    return fill
