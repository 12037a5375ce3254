"""Which type belongs to which key: as it is written, and as a table for one schema and direction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.carrying.choices import Key, default_table, form_table, method_table, name_table
from paperknife_decoders.definition.node import Node, described, listed, meant
from paperknife_decoders.definition.sources import Keyed
from paperknife_decoders.schema import Schema, SchemaError

__all__ = ["TypesForm", "message_of", "read_types", "table_of"]

RULES = ("table", "default-of", "name", "method")

MOST_ROWS = 2000
"""Keys of one table."""

PLACE = re.compile(r"\{([^{}]*)\}")
"""What stands for something in a method's form; nothing in it is ever evaluated."""

METHOD_PLACES = ("service", "package", "name", "method")
TYPE_PLACES = ("type", "package", "name")


@dataclass(frozen=True, slots=True)
class TypesForm:
    """The types as they were written: one for `always`, or rows and rules; rows win over rules."""

    node: Node
    always: Node | None = None
    rows: tuple[tuple[object, Node], ...] = ()
    default_of: str = ""
    affixes: tuple[str, str] | None = None
    named: str = ""
    method: str = ""


def read_types(node: Node) -> TypesForm | None:
    """The form of ``types:``; None, with a fault, for what is none."""
    if isinstance(node.value, str):
        return TypesForm(node, always=node)
    if not isinstance(node.value, Mapping) or not node.value:
        node.fault(
            "a type's name, or a mapping from keys to types, or one of the rules "
            f"{listed(RULES)} was expected, and {described(node.value) if node.value else 'nothing'} was found"
        )
        return None
    if not any(key in RULES for key in node.value):
        return TypesForm(node, rows=read_rows(node))
    found = node.members(RULES, "`types` with a rule (a table beside rules is under `table`)")
    rows: tuple[tuple[object, Node], ...] = ()
    affixes, named = None, ""
    if "table" in found:
        rows = read_rows(found["table"])
    if "name" in found:
        if isinstance(found["name"].value, str):
            named = read_form(found["name"], ".{type}", TYPE_PLACES, ("type", "name"))
        else:
            affixes = read_affixes(found["name"])
    default_of = found["default-of"].text("a field's name") if "default-of" in found else ""
    method = read_form(found["method"], "/{service}/{method}", METHOD_PLACES, ("method",)) if "method" in found else ""
    return TypesForm(node, None, rows, default_of or "", affixes, named, method)


def read_rows(node: Node) -> tuple[tuple[object, Node], ...]:
    """The rows of a table, as far as there are not too many: a definition may come with a hostile recording."""
    rows = node.entries("a mapping from keys to types")
    if len(rows) > MOST_ROWS:
        node.fault(f"at most {MOST_ROWS:,} keys were expected, and {len(rows):,} were found")
    return tuple(rows[:MOST_ROWS])


def read_affixes(node: Node) -> tuple[str, str]:
    """What stands before and behind a key to make it a type's full name."""
    ends = {"prefix": "", "suffix": ""}
    if node.value is not None:
        for key, each in node.members(ends, "the rule `name`").items():
            ends[key] = each.text(f"the {key} of a full type name") or ""
    return ends["prefix"], ends["suffix"]


def read_form(node: Node, example: str, places: Sequence[str], needed: Sequence[str]) -> str:
    """A form such as the `example`, with one of the `places` that are `needed`; empty, with a fault, for none."""
    form = node.text(f"a form such as {example}")
    if form is None:
        return ""
    found = PLACE.findall(form)
    if not set(found) <= set(places) or re.search(r"[{}]", PLACE.sub("", form)) or not set(found) & set(needed):
        wanted = " or ".join(f"{{{place}}}" for place in needed)
        node.fault(
            f"a form with {wanted}, and of {listed(places)} in braces, was expected, and {described(form)} was found"
        )
        return ""
    return form


def table_of(
    form: TypesForm, types: Mapping[int, Descriptor], key: Keyed, schema: Schema, *, responses: bool
) -> dict[Key, Descriptor]:
    """The table for keys of one place; `types` are those of the rows, by their number.

    What is wrong with a row is a fault and leaves it out. `responses` chooses what a method returns.
    """
    table = ruled_table(form, schema, responses=responses)
    own = form.default_of or key.field
    values = enum_values(key, schema) if key.is_number else {}
    for number, (written, node) in enumerate(form.rows):
        found = key_of(written, node, key, values)
        if found is not None and number in types:
            check_default(node, types[number], own, found)
            table[found] = types[number]
    wrong = [each for each in table if isinstance(each, int) is not key.is_number]
    if wrong:
        wanted, other = ("numbers", "texts") if key.is_number else ("texts", "numbers")
        form.node.fault(f"the keys are {wanted}, and the rule gives {other}, such as {described(wrong[0])}")
    return table


def ruled_table(form: TypesForm, schema: Schema, *, responses: bool) -> dict[Key, Descriptor]:
    """What the rules give; a later one wins. One that gives nothing is a fault."""
    tables: list[tuple[dict[Key, Descriptor], str]] = []
    if form.affixes is not None:
        tables.append((name_table(schema, *form.affixes), "no full name begins and ends so"))
    if form.named:
        tables.append((form_table(schema, form.named), "no name is that of one type only"))
    if form.method:
        tables.append((method_table(schema, form.method, responses=responses), why_no_method(schema)))
    if form.default_of:
        found = default_table(schema, form.default_of)
        tables.append((found, "" if found else why_no_default(form.default_of, schema)))
    table: dict[Key, Descriptor] = {}
    for each, why in tables:
        if not each:
            form.node.names_nothing(f"no type of the schema fits the rule: {why}")
        table.update(each)
    return table


def why_no_method(schema: Schema) -> str:
    """Why there are no methods."""
    return "no method is the only one with its name" if next(iter(schema.services()), None) else "it has no service"


def why_no_default(name: str, schema: Schema) -> str:
    """Why there are no types that say what they are."""
    names = {field.name for kind in schema.messages() for field in kind.fields if field.has_default_value}
    return f"none has a default for a field {name}{meant(name, names)}"


def key_of(written: object, node: Node, key: Keyed, values: Mapping[str, set[int]]) -> Key | None:
    """The key that is written; a number may be the name of an enum's value."""
    if not key.is_number:
        if isinstance(written, str):
            return written
        node.fault(f"the keys are texts here, and {described(written)} was found; put it into quotes", at_key=True)
        return None
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    if isinstance(written, str) and written.lstrip("-").isdecimal() and len(written) < 21:
        return int(written)
    return None if node.faults.is_full else enum_number(written, node, values)


def enum_values(key: Keyed, schema: Schema) -> dict[str, set[int]]:
    """The numbers that an enum's value stands for, named as it is, or with its enum in front."""
    numbers: dict[str, set[int]] = {}
    for enum in [key.enum] if key.enum is not None else schema.enums():
        for value in enum.values:
            numbers.setdefault(value.name, set()).add(value.number)
            numbers.setdefault(f"{enum.name}.{value.name}", set()).add(value.number)
    return numbers


def enum_number(written: object, node: Node, numbers: Mapping[str, set[int]]) -> int | None:
    """The number of an enum's value by its name."""
    found = numbers.get(written, set()) if isinstance(written, str) else set()
    if len(found) == 1:
        return next(iter(found))
    if found:
        node.fault(f"{written} is the name of several enum values: write it as ENUM.{written}", at_key=True)
    else:
        node.fault(
            f"a number, or the name of an enum's value, was expected as the key, and {described(written)} was found"
            + meant(written, numbers),
            at_key=True,
        )
    return None


def check_default(node: Node, kind: Descriptor, name: str, key: Key) -> None:
    """A type that says by its default what it is has to say the same as the table."""
    own = kind.fields_by_name.get(name)
    if own is not None and own.has_default_value and own.default_value != key:
        node.fault(f"{kind.full_name} says by its default that it is {own.default_value}, and here it stands for {key}")


def message_of(node: Node, schema: Schema) -> Descriptor | None:
    """The type with the name that is written; None, with a fault, where there is none."""
    name = node.text("a type's name")
    if name is None or node.faults.is_full:
        return None
    try:
        return schema.message(name)
    except SchemaError as error:
        node.fault(error.sentence.removesuffix(" These faults in it may be why:"))
        return None
