"""The secrets in the bytes of one envelope: what to replace by what, and which values it were."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.redaction.edits import STARS, Edit, Found
from paperknife_decoders.redaction.leaves import TEXT, fits, is_wrapper, known_field, table_for
from paperknife_decoders.redaction.plan import NOWHERE, Act, Plan, Rule, Table, Tree
from paperknife_decoders.wire.walker import DEEPEST, Field, WireType, close_group, read_field, walk

__all__ = ["MOST_FIELDS", "TooMuch", "find_secrets"]

MOST_FIELDS = 100_000
"""So many fields of one message are looked at, which takes a tenth of a second."""

LONGEST_SKIPPED = 1
"""Bytes behind a short tag that have to be there for a field to be passed over."""

KEY, VALUE = 1, 2
"""The fields of a map's entry (protobuf.dev/programming-guides/encoding, "Maps"), and of an Any."""


class TooMuch(DecodeError):
    """A message has more fields, or is nested deeper, than is looked at."""


def find_secrets(data: bytes, kind: Descriptor, plan: Plan, *, strict: bool = False) -> Found:
    """The secrets of an envelope of type `kind`; with `strict` also all that its schema does not know.

    Raises `DecodeError` for bytes that do not parse, or hold more than is looked at.
    """
    search = Search(data, plan, strict)
    search.run(kind, plan.tree)
    return search.found


class Search:
    """One pass over the bytes of an envelope. What is still to be done waits in a list: nothing recurses."""

    def __init__(self, data: bytes, plan: Plan, strict: bool) -> None:
        self.data = data
        self.plan = plan
        self.strict = strict
        self.found = Found()
        self.left = MOST_FIELDS
        self.waiting: list[tuple[int, int, int, Descriptor, Tree]] = []
        self.hidden: list[tuple[int, int, int, Descriptor | None]] = []

    def run(self, kind: Descriptor, tree: Tree) -> None:
        """Search all of the data as a message of this type."""
        self.waiting.append((0, len(self.data), 0, kind, tree))
        while self.waiting or self.hidden:
            if self.hidden:
                self.hide_all(*self.hidden.pop())
            else:
                self.message(*self.waiting.pop())

    def level(self, start: int, end: int, depth: int) -> tuple[Field, ...]:
        """The fields between two offsets."""
        if depth > DEEPEST:
            raise TooMuch("messages nested too deeply", start)
        fields = walk(self.data, start, end)
        self.left -= len(fields)
        if self.left < 0:
            raise TooMuch(f"more than {MOST_FIELDS:,} fields", start)
        return fields

    def wanted(self, start: int, end: int, depth: int, table: Table) -> Iterator[Field]:
        """The fields between two offsets that a table has; the usual forms of all others are quickly passed over.

        An end that is not where the level's is, or a number that is cut short, is left to `read_field` to refuse.
        """
        if depth > DEEPEST:
            raise TooMuch("messages nested too deeply", start)
        data, position, padded = self.data, start, end - LONGEST_SKIPPED
        while position < end:
            self.left -= 1
            if self.left < 0:
                raise TooMuch(f"more than {MOST_FIELDS:,} fields", position)
            tag = data[position]
            if 8 <= tag < 128 and position < padded and tag >> 3 not in table:
                kind, after, first = tag & 7, position + 2, data[position + 1]
                if kind == WireType.VARINT and first < 128:
                    position = after
                    continue
                if kind == WireType.LENGTH and first < 128 and after + first <= end:
                    position = after + first
                    continue
            item = read_field(data, position, end)
            if item.wire_type is WireType.GROUP:
                item = close_group(data, item, end)
            elif item.wire_type is WireType.GROUP_END:
                raise DecodeError(f"the end of group {item.number}, which is not open,", position)
            position = item.end
            if item.number in table:
                yield item

    def message(self, start: int, end: int, depth: int, kind: Descriptor, tree: Tree) -> None:
        """Look through one message for what its table says."""
        if is_any(kind):
            self.any(start, end, depth, kind, tree)
            return
        if is_json_like(kind):
            self.json(start, end, depth, kind, tree)
            return
        table = self.plan.table(kind, tree)
        if not table and not self.strict:
            return
        if self.strict:
            for item in self.level(start, end, depth):
                if item.number in table:
                    self.field(item, depth, table[item.number])
                else:
                    self.vouch(item, depth, kind)
        else:
            for item in self.wanted(start, end, depth, table):
                self.field(item, depth, table[item.number])

    def vouch(self, item: Field, depth: int, kind: Descriptor) -> None:
        """Hide a field that the schema does not know, and look into a message that it does know."""
        known = known_field(kind, item.number)
        if known is None or not fits(known, item):
            self.hide(item, depth, None)
        elif known.message_type is not None:
            self.waiting.append((item.content, item.content_end, depth + 1, known.message_type, NOWHERE))

    def field(self, item: Field, depth: int, rule: Rule) -> None:
        """Do with a field as its rule says."""
        kind = rule.field.message_type
        if rule.act is Act.HIDE:
            if kind is not None and kind.GetOptions().map_entry and "" not in rule.tree:
                self.map_value(item, depth, kind)
            else:
                self.hide(item, depth, rule.field)
        elif item.wire_type not in (WireType.LENGTH, WireType.GROUP) or kind is None:
            if self.strict:
                self.hide(item, depth, None)
        elif rule.act is Act.MAP:
            self.entry(item, depth, kind, rule.tree)
        else:
            self.waiting.append((item.content, item.content_end, depth + 1, kind, rule.tree))

    def map_value(self, item: Field, depth: int, kind: Descriptor) -> None:
        """Hide the value of a map's entry, and leave its key."""
        for part in self.level(item.content, item.content_end, depth + 1):
            if part.number == VALUE:
                self.hide(part, depth + 1, kind.fields_by_number[VALUE])

    def entry(self, item: Field, depth: int, kind: Descriptor, tree: Tree) -> None:
        """An entry of a map: its key may be the name of a secret text."""
        parts = self.level(item.content, item.content_end, depth + 1)
        name = self.key_of(parts)
        content = kind.fields_by_number[VALUE]
        hides = self.plan.secrets.hides_name(name) and kind.fields_by_number[KEY].type == FieldDescriptor.TYPE_STRING
        for part in parts:
            if part.number != VALUE:
                continue
            if hides and (content.type in TEXT or is_wrapper(content)):
                self.hide(part, depth + 1, content)
            elif content.message_type is not None and part.wire_type is WireType.LENGTH:
                self.waiting.append((part.content, part.content_end, depth + 2, content.message_type, tree))

    def key_of(self, parts: tuple[Field, ...]) -> str:
        """The key of an entry, where it is a text; the last one counts."""
        keys = [part for part in parts if part.number == KEY and part.wire_type is WireType.LENGTH]
        return self.data[keys[-1].content : keys[-1].content_end].decode(errors="replace") if keys else ""

    def any(self, start: int, end: int, depth: int, kind: Descriptor, tree: Tree) -> None:
        """Look into an Any by the type that it names, where the schema has that."""
        parts = self.level(start, end, depth)
        name = self.key_of(parts).rpartition("/")[2]
        try:
            inner: Descriptor | None = kind.file.pool.FindMessageTypeByName(name)
        except (KeyError, TypeError):
            inner = None
        for part in parts:
            if part.number == VALUE and part.wire_type is WireType.LENGTH and inner is not None:
                self.waiting.append((part.content, part.content_end, depth + 1, inner, tree))
            elif self.strict and part.number != KEY:
                self.hide(part, depth, None)

    def json(self, start: int, end: int, depth: int, kind: Descriptor, tree: Tree) -> None:
        """Look through a Struct by its keys; through lists and values for what is in them."""
        for item in self.level(start, end, depth):
            known = kind.fields_by_number.get(item.number)
            if known is None or known.message_type is None or item.wire_type is not WireType.LENGTH:
                if known is None and self.strict:
                    self.hide(item, depth, None)
            elif kind.name == "Struct":
                self.member(item, depth, known.message_type, tree)
            else:
                self.waiting.append((item.content, item.content_end, depth + 1, known.message_type, tree))

    def member(self, item: Field, depth: int, kind: Descriptor, tree: Tree) -> None:
        """One member of a Struct: texts under a secret name, everything at the end of a declared path."""
        parts = self.level(item.content, item.content_end, depth + 1)
        name = self.key_of(parts)
        below = tree.get(name, NOWHERE)
        value = kind.fields_by_number[VALUE]
        for part in parts:
            if part.number != VALUE or part.wire_type is not WireType.LENGTH or value.message_type is None:
                continue
            if "" in below:
                self.hide(part, depth + 1, value)
            elif self.plan.secrets.hides_name(name):
                self.texts(part, depth + 2, value.message_type, below)
            else:
                self.waiting.append((part.content, part.content_end, depth + 2, value.message_type, below))

    def texts(self, item: Field, depth: int, kind: Descriptor, tree: Tree) -> None:
        """Hide a Value that is a text, and the texts of one that is a list; look into what else there is."""
        for part in self.level(item.content, item.content_end, depth):
            known = kind.fields_by_number.get(part.number)
            if known is None or part.wire_type is not WireType.LENGTH:
                continue
            if known.name == "string_value":
                self.hide(part, depth, known)
            elif known.name == "list_value" and known.message_type is not None:
                content = known.message_type.fields_by_number[1].message_type
                for each in self.level(part.content, part.content_end, depth + 1):
                    if each.wire_type is WireType.LENGTH and each.number == 1 and content is not None:
                        self.texts(each, depth + 2, content, tree)
            elif known.message_type is not None:
                self.waiting.append((part.content, part.content_end, depth + 1, known.message_type, tree))

    def hide(self, item: Field, depth: int, known: FieldDescriptor | None) -> None:
        """Replace all of a field's value, of which the schema knows that much."""
        kind = known.message_type if known is not None else None
        if item.wire_type is WireType.GROUP or (kind is not None and item.wire_type is WireType.LENGTH):
            self.hidden.append((item.content, item.content_end, depth + 1, kind))
            return
        if item.content == item.content_end:
            return
        table = table_for(item, known)
        if table is STARS and known is not None:
            self.found.values.append(self.data[item.content : item.content_end])
        self.found.edits.append(Edit(item.content, item.content_end, table))

    def hide_all(self, start: int, end: int, depth: int, kind: Descriptor | None) -> None:
        """Replace the value of every field of a message."""
        for item in self.level(start, end, depth):
            self.hide(item, depth, known_field(kind, item.number) if kind is not None else None)
