"""The names that rules give each other: what they remember, and what they count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.actions.telling import remembered_in
from paperknife.mutation.rules.form import ActionForm, Event, RuleFile
from paperknife.mutation.rules.scope import Scope
from paperknife.mutation.rules.standing import BUILT_IN, Standing
from paperknife_decoders.expression import Given, Valued
from paperknife_decoders.expression.terms import Kind, Value
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol

__all__ = ["GivenNames", "given_names"]

ROUNDS = 3
"""What is remembered may be made of what was remembered before, and that of others; no deeper."""


@dataclass(frozen=True, slots=True)
class GivenNames:
    """Names with what they give, and those among them that hold secrets."""

    names: Mapping[str, Given]
    secret: frozenset[str] = frozenset()


def given_names(files: Sequence[RuleFile], protocol: Protocol) -> GivenNames:
    """All that rules can speak of by one protocol beside the message."""
    names = dict(BUILT_IN)
    secret: set[str] = set()
    actions = list(actions_in(files))
    for _, action in actions:
        if action.name == "count" and isinstance(action.node.value, str):
            names[f"counter.{action.node.value}"] = Given(Kind.NUMBER, counted(action.node.value))
    keeping = [(directions, action) for directions, action in actions if action.name == "remember"]
    for _ in range(ROUNDS if keeping else 0):
        before = len(names)
        for directions, action in keeping:
            for direction in directions:
                scope = Scope("", protocol, Event.MESSAGE, direction, given=names, secret=frozenset(secret))
                for name, valued in kept(action, scope).items():
                    full = f"remembered.{name}"
                    names.setdefault(full, Given(valued.term.kind, recalled(name), valued.term.enum))
                    if scope.is_secret(valued):
                        secret.add(full)
        if len(names) == before:
            break
    return GivenNames(names, frozenset(secret))


def actions_in(files: Sequence[RuleFile]) -> Iterator[tuple[tuple[Direction, ...], ActionForm]]:
    """All actions, with the directions of the messages that their rules are on."""
    for file in files:
        for rule in file.rules:
            sides = {trigger.direction for trigger in rule.triggers if trigger.event is Event.MESSAGE}
            directions = tuple(each for each in Direction if each in sides or None in sides)
            yield from ((directions, action) for action in rule.actions)


def kept(action: ActionForm, scope: Scope) -> Mapping[str, Valued]:
    """What one action remembers by a protocol; nothing where it does not fit."""
    item = Item(action.name, scope.at(action.node), {}, scope)
    return remembered_in(item) or {}


def counted(name: str) -> Callable[[Standing], Value]:
    """How often something was counted on this connection."""
    return lambda standing: standing.counters.get(name, 0)


def recalled(name: str) -> Callable[[Standing], Value]:
    """What was remembered on this connection; None where nothing was."""
    return lambda standing: standing.remembered.get(name)
