"""How it is chosen which type a message is of: a place for the key and types by their keys, as written and as made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.carrying.choices import Choice, Source
from paperknife_decoders.definition.node import Node
from paperknife_decoders.definition.sources import HeaderKinds, SourceForm, keyed_by, read_source
from paperknife_decoders.definition.tables import TypesForm, message_of, read_types, table_of
from paperknife_decoders.message import Direction
from paperknife_decoders.schema import Schema

__all__ = ["CHOICE_KEYS", "ChoiceForm", "choice_for", "read_choice"]

CHOICE_KEYS = ("by", "types", "remembers")


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """The choice as it was written; without `by` there is one type only."""

    node: Node
    types: TypesForm
    by: SourceForm | None = None
    remembers: SourceForm | None = None


def read_choice(node: Node, found: Mapping[str, Node]) -> ChoiceForm | None:
    """The form of what is written under the keys `found`, ``types`` among them; None where it chooses nothing."""
    types = read_types(found["types"])
    by = read_by(node, found, types)
    remembers = read_source(found["remembers"]) if "remembers" in found else None
    if types is None or (by is None and types.always is None):
        return None
    return ChoiceForm(node, types, by, remembers)


def read_by(node: Node, found: Mapping[str, Node], types: TypesForm | None) -> SourceForm | None:
    """Where the key is; one type alone has none."""
    alone = types is not None and types.always is not None
    if "by" not in found:
        if types is not None and not alone:
            node.fault("where there are several types, `by` has to say where the key is")
        return None
    if alone:
        found["by"].fault("there is one type only, so that no key says which")
        return None
    return read_source(found["by"])


def choice_for(
    form: ChoiceForm, side: Direction, carrier: Descriptor | None, header: HeaderKinds, schema: Schema
) -> Choice | None:
    """The choice in one direction; None, with faults, where nothing is left to choose from.

    `carrier` has the fields that keys are in; without one it is the messages themselves.
    """
    types, by = form.types, form.by
    if by is None:
        always = None if types.always is None else message_of(types.always, schema)
        return None if always is None else Choice(None, {}, always=always)
    rows = {number: kind for number, (_, node) in enumerate(types.rows) if (kind := row_type(node, schema))}
    within = [carrier] if carrier is not None else held(types, list(rows.values()), schema)
    key = keyed_by(by, within, header) if within or by.kind != "field" else None
    if key is None:
        return None
    table = table_of(types, rows, key, schema, responses=side is Direction.SERVER)
    if not table:
        types.node.names_nothing("not one type is left to choose from")
        return None
    memory = memory_for(form, carrier, header)
    if side is Direction.CLIENT:
        return Choice(key.source, table, remembers=memory)
    return Choice(key.source, table, recalls=memory)


def row_type(node: Node, schema: Schema) -> Descriptor | None:
    """The type of one row; None, with a fault where that is one, if the schema does not have it."""
    may_lack = node.faults.partial or node.faults.recorded
    if may_lack and isinstance(node.value, str) and not schema.has_message(node.value):
        return None
    return message_of(node, schema)


def held(types: TypesForm, rows: Sequence[Descriptor], schema: Schema) -> list[Descriptor]:
    """The types that tell by a field of their own what they are: where a rule finds it, those that have it."""
    if not types.default_of:
        return list(rows)
    ruled = [kind for kind in schema.messages() if has_default(kind, types.default_of)]
    if not ruled:
        types.node.names_nothing(f"no type of the schema has a default for a field {types.default_of}")
    return [*rows, *ruled]


def memory_for(form: ChoiceForm, carrier: Descriptor | None, header: HeaderKinds) -> Source | None:
    """The place of the id by which a response is found to belong to a request."""
    remembers = form.remembers
    if remembers is None:
        return None
    if carrier is None and remembers.kind == "field":
        remembers.node.fault("only a value of the header is in the same place for each type: header.NAME")
        return None
    found = keyed_by(remembers, [carrier] if carrier is not None else [], header)
    return None if found is None else found.source


def has_default(kind: Descriptor, name: str) -> bool:
    """True if a type has a default for a field."""
    own = kind.fields_by_name.get(name)
    return own is not None and bool(own.has_default_value)
