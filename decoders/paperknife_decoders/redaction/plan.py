"""Where secrets can be: for each message type a table of the fields that have to be looked at.

A table is made once for a type, and a field is in it only if a secret can lie in it or somewhere below. So most of a
message is passed over, and a payload without any such field is not looked into at all.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.search import wire_types
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.secrets import Secrets, carries_text

__all__ = [
    "NOWHERE",
    "Act",
    "Plan",
    "Risk",
    "Rule",
    "Table",
    "Tree",
    "risky_payloads",
    "tag_of_any",
    "tag_pattern",
    "tree_of",
]

type Tree = dict[str, Tree]
"""Declared paths by their names. A path ends where the tree has the empty name."""

NOWHERE: Tree = {}
"""No declared path leads on from here."""


class Act(enum.Enum):
    """What is done with a field."""

    HIDE = "hide"
    """All that is in it is a secret."""
    INTO = "into"
    """It is a message with secrets in it."""
    MAP = "map"
    """An entry whose key may be the name of a secret."""
    ANY = "any"
    JSON = "json"
    """A Struct, ListValue or Value."""


class Rule(NamedTuple):
    """What is done with a field, the field itself, and the declared paths that lead on from it."""

    act: Act
    field: FieldDescriptor
    tree: Tree


type Table = dict[int, Rule]
"""Rules by field number."""


class Plan:
    """The tables of one set of secrets, each made when it is first asked for."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self.tree = tree_of(secrets)
        self.tables: dict[tuple[Descriptor, int], Table] = {}
        self.risks: dict[tuple[Descriptor, int], bool] = {}

    def table(self, kind: Descriptor, tree: Tree) -> Table:
        """The fields of `kind` to look at, where it lies at the end of the paths that lead to `tree`."""
        key = kind, id(tree)  # all trees are parts of our own, or nowhere
        table = self.tables.get(key)
        if table is None:
            rules = {field.number: self.rule(field, tree) for field in fields_of(kind)}
            table = {number: rule for number, rule in rules.items() if rule is not None and self.matters(rule)}
            self.tables[key] = table
        return table

    def rule(self, field: FieldDescriptor, tree: Tree) -> Rule | None:
        """What may have to be done with a field; None for what holds no secret and no message."""
        below = tree.get(field.name, NOWHERE)
        if "" in below or (self.secrets.hides_name(field.name) and carries_text(field)):
            return Rule(Act.HIDE, field, below)
        kind = field.message_type
        if kind is None:
            return None
        if kind.GetOptions().map_entry:
            return Rule(Act.MAP, field, below)
        if is_any(kind):
            return Rule(Act.ANY, field, below)
        return Rule(Act.JSON if is_json_like(kind) else Act.INTO, field, below)

    def matters(self, rule: Rule) -> bool:
        """True if a secret may be found by this rule."""
        seen: set[tuple[Descriptor, int]] = set()
        waiting = [rule]
        while waiting:
            each = waiting.pop()
            into = self.leads_into(each)
            if into is None:
                return True
            key = into, id(each.tree)
            if key in seen or self.risks.get(key) is False:
                continue
            seen.add(key)
            waiting += [found for field in fields_of(into) if (found := self.rule(field, each.tree))]
        self.risks.update(dict.fromkeys(seen, False))
        return False

    def leads_into(self, rule: Rule) -> Descriptor | None:
        """The type to search for more, of which the rule itself says nothing; None where the rule is reason enough."""
        kind = rule.field.message_type
        if rule.act is Act.INTO:
            return kind
        if rule.act is Act.MAP and kind is not None:
            key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
            if value.message_type is not None and not is_open(value.message_type) and not wraps_text(value):
                return value.message_type
            if value.message_type is None and (key.type != FieldDescriptor.TYPE_STRING or not carries_text(value)):
                return kind  # an entry of numbers has nothing below it
        return None


def is_open(kind: Descriptor) -> bool:
    """True for what may hold anything."""
    return is_any(kind) or is_json_like(kind)


def wraps_text(field: FieldDescriptor) -> bool:
    """True for a message that is nothing but a text."""
    return field.message_type is not None and carries_text(field)


@lru_cache(maxsize=1024)
def fields_of(kind: Descriptor) -> tuple[FieldDescriptor, ...]:
    """All fields of a type that the schema knows, extensions included."""
    extensions = kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ()
    return (*kind.fields, *extensions)


@lru_cache(maxsize=16)
def tree_of(secrets: Secrets) -> Tree:
    """The declared paths by their names."""
    tree: Tree = {}
    for path in secrets.paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
        at[""] = {}
    return tree


class Risk(NamedTuple):
    """What there is in every content of a payload with a secret in it, and in few others.

    `tag` finds the tag of a field that leads to one. `by_key`: it can only be under a key, so that its name is there.
    """

    tag: re.Pattern[bytes]
    by_key: bool


def risky_payloads(kind: EnvelopeType, plan: Plan) -> dict[str, Risk] | None:
    """The payloads in which there may be secrets; None where they may be beside any payload."""
    table = plan.table(kind.descriptor, plan.tree)
    names = {member.number: member.name for member in kind.members}
    if not table.keys() <= names.keys():
        return None
    return {names[number]: Risk(tag_pattern(rule, plan), only_by_key(rule, plan)) for number, rule in table.items()}


def only_by_key(rule: Rule, plan: Plan) -> bool:
    """True if all secrets in reach of a rule are texts under keys of maps and of Structs."""
    waiting, seen = [rule], set()
    while waiting:
        each = waiting.pop()
        kind = each.field.message_type
        if each.act in (Act.HIDE, Act.ANY) or each.tree or kind is None:
            return False
        key = each.act, kind, id(each.tree)
        if each.act is Act.JSON or key in seen:
            continue
        seen.add(key)
        if each.act is Act.MAP:
            value = kind.fields_by_name["value"].message_type
            if value is None or is_json_like(value):
                continue
            if is_any(value):
                return False
            kind = value
        waiting += plan.table(kind, each.tree).values()
    return True


def tag_pattern(rule: Rule, plan: Plan) -> re.Pattern[bytes]:
    """Finds the tags of the fields to look at in a payload; for what is secret as a whole, anything."""
    kind = rule.field.message_type
    if rule.act is not Act.INTO or kind is None:
        return re.compile(b"")
    return tag_of_any(plan.table(kind, rule.tree).values())


def tag_of_any(rules: Iterable[Rule]) -> re.Pattern[bytes]:
    """Finds the tag of any of the rules' fields; without rules the beginning of anything."""
    tags = {each.field.number << 3 | wire_type for each in rules for wire_type in wire_types(each.field)}
    return re.compile(b"|".join(map(varint_pattern, sorted(tags))), re.DOTALL)


def varint_pattern(number: int) -> bytes:
    """Finds a varint, over-long ones too (protobuf.dev/programming-guides/encoding, "Base 128 Varints")."""
    groups = [number & 127]
    while number := number >> 7:
        groups.append(number & 127)
    *head, last = groups
    begin = b"".join(re.escape(bytes([group | 128])) for group in head)
    return begin + b"(?:" + re.escape(bytes([last])) + b"|" + re.escape(bytes([last | 128])) + b"\x80*\x00)"
