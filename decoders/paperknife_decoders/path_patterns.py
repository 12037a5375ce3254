"""Patterns of field paths: which fields are meant, at whatever depth.

=====================  =================================================================================
pattern                the fields that it means
=====================  =================================================================================
``order.request_id``   the one at this path, names from the envelope inwards; lists and maps have none
``time``, ``*_id``     all that are called so, at any depth
``*.time``             all that are called so and lie in something; ``*`` stands for one or more names
``market_data.*``      all that lie in this one
``order.*_id``         within a name ``*``, ``?`` and ``[abc]`` are as in a shell
=====================  =================================================================================

What lies in a field that is meant is meant as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.open_types import is_any, is_json_like

__all__ = ["Patterns", "State", "fields_in", "has_wildcards", "leads_to_field", "names_below"]

MANY = "*"
"""A name of a pattern that stands for one or more."""

SOME = "**"
"""Before a pattern that is only a name: any number of names, none as well."""

MOST_FIELDS = 20_000
"""Fields in which a pattern is looked for."""

type State = frozenset[tuple[int, int]]
"""How far a path has come in which patterns: the numbers of a pattern, and of the name in it that is next."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Several patterns, followed at once: begin with `start` and take a `step` for each name of a path."""

    texts: frozenset[str] = frozenset()
    names: frozenset[str] = field(init=False, default=frozenset())
    """Those that are just a name; most are."""
    rules: tuple[tuple[str, ...], ...] = field(init=False, default=())
    start: State = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        names = frozenset(text for text in self.texts if "." not in text and not has_wildcards(text))
        rules = tuple(map(rule_of, sorted(self.texts - names)))
        start = {(number, 0) for number in range(len(rules))}
        start |= {(number, 1) for number, rule in enumerate(rules) if rule[0] == SOME}
        for name, value in (("names", names), ("rules", rules), ("start", frozenset(start))):
            object.__setattr__(self, name, value)

    def __bool__(self) -> bool:
        return bool(self.texts)

    def may_mean(self, name: str) -> bool:
        """False for a name that no meant path ends with, unless it lies in a field that is meant."""
        return name in self.names or any(fnmatchcase(name, rule[-1]) for rule in self.rules)

    def step(self, state: State, name: str) -> tuple[State, bool]:
        """The state behind one more name, and whether the path up to it is meant."""
        is_meant = name in self.names
        further = set()
        for number, at in state:
            rule = self.rules[number]
            if rule[at] in {MANY, SOME}:
                further.add((number, at))
            elif not fnmatchcase(name, rule[at]):
                continue
            if at + 1 < len(rule):
                further.add((number, at + 1))
            else:
                is_meant = True
        return frozenset(further), is_meant


def rule_of(text: str) -> tuple[str, ...]:
    """The names of a pattern."""
    names = tuple(MANY if name == SOME else name for name in text.split("."))
    return names if len(names) > 1 else (SOME, *names)


def has_wildcards(text: str) -> bool:
    """True for a pattern that is not just a path or a name."""
    return any(sign in text for sign in "*?[")


def leads_to_field(kind: Descriptor, text: str) -> bool:
    """True if a pattern means a field of messages of this type, or may mean something in an Any or a Struct.

    In a very large type, of which not everything is looked at, it may as well.
    """
    patterns = Patterns(frozenset({text}))
    seen: set[tuple[Descriptor, State]] = set()
    waiting, looked_at = [(kind, patterns.start)], 0
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        if looked_at > MOST_FIELDS:
            return True
        seen.add(place)
        inner, state = place
        if (is_any(inner) or is_json_like(inner)) and (state - patterns.start):
            return True
        for each, below in fields_in(inner):
            looked_at += 1
            further, is_meant = patterns.step(state, each)
            if is_meant:
                return True
            if below is not None and (further or patterns.names):
                waiting.append((below, further))
    return False


def names_below(kind: Descriptor) -> Iterable[str]:
    """The names of all fields at any depth, each once."""
    found: dict[str, None] = {}
    seen: set[Descriptor] = set()
    waiting = [kind]
    while waiting:
        inner = waiting.pop()
        if inner in seen:
            continue
        seen.add(inner)
        for name, below in fields_in(inner):
            found[name] = None
            if below is not None:
                waiting.append(below)
    return found


def fields_in(kind: Descriptor) -> Iterator[tuple[str, Descriptor | None]]:
    """The names of a type's fields, and the types that lie in them; a map's values are what lies in it."""
    extensions = kind.file.pool.FindAllExtensions(kind) if kind.is_extendable else ()
    for each in (*kind.fields, *extensions):
        below = each.message_type
        if below is not None and below.GetOptions().map_entry:
            below = below.fields_by_name["value"].message_type
        yield each.name, below
