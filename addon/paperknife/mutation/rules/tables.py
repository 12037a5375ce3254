"""Rules and a protocol to tables: for each direction and payload the rules that concern it, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from paperknife.mutation.rules.compiling import Rule, World, compiled, scopes
from paperknife.mutation.rules.form import Event, RuleFile
from paperknife.mutation.rules.names import given_names
from paperknife.mutation.rules.scope import Scripts
from paperknife_decoders.envelope_type import JOINT
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol

__all__ = ["Fitted", "Side", "fit"]

MOST_JOINED = 1000
"""Names of several payloads that are set together, of which it is remembered which rules they concern."""


@dataclass(slots=True)
class Side:
    """The rules for what one side sends: `named` by payload, and `others` for all other payloads.

    `interest` are the payloads that any rule concerns, None where that is every one. `slots` are the places that loops
    in conditions need in a frame.
    """

    named: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    others: tuple[Rule, ...] = ()
    interest: frozenset[str] | None = frozenset()
    joins: bool = False
    slots: int = 0

    def rules_for(self, payload: str) -> tuple[Rule, ...]:
        """The rules for a payload, in their order."""
        found = self.named.get(payload)
        if found is not None:
            return found
        if self.joins and JOINT in payload:
            return self.for_joined(payload)
        return self.others

    def for_joined(self, payload: str) -> tuple[Rule, ...]:
        """The rules for fields that are set together: those for any of them."""
        found = {rule.number: rule for each in payload.split(JOINT) for rule in self.named.get(each, self.others)}
        rules = tuple(found[number] for number in sorted(found))
        if len(self.named) < MOST_JOINED:
            self.named[payload] = rules
        return rules


@dataclass(frozen=True, slots=True)
class Fitted:
    """All rules that fit one protocol. `framed` are the directions in which they send what the steps have to frame."""

    client: Side
    server: Side
    events: Mapping[Event, tuple[Rule, ...]]
    framed: frozenset[Direction] = frozenset()

    def side(self, direction: Direction) -> Side:
        """The rules of one direction."""
        return self.client if direction is Direction.CLIENT else self.server


def fit(files: Sequence[RuleFile], protocol: Protocol, scripts: Scripts | None = None) -> Fitted:
    """The rules that fit a protocol; those that do not are left out."""
    world = World(protocol, given_names(files, protocol), scripts)
    found: dict[Direction, list[Rule]] = {direction: [] for direction in Direction}
    events: dict[Event, list[Rule]] = {Event.OPEN: [], Event.CLOSE: []}
    for number, form in enumerate(rule for file in files for rule in file.rules):
        for trigger in form.triggers:
            for scope in scopes(form, trigger, world):
                rule = compiled(form, trigger, scope, number)
                if not scope.faults.found and rule is not None:
                    events.get(trigger.event, found[scope.direction]).append(rule)
    client, server = (side_of(found[direction], protocol, direction) for direction in Direction)
    every = [rule for rules in (*found.values(), *events.values()) for rule in rules]
    sends = frozenset[Direction]().union(*(rule.sends for rule in every))
    framed = frozenset(direction for direction in sends if protocol.steps_for(direction))
    return Fitted(client, server, {event: tuple(rules) for event, rules in events.items()}, framed)


def side_of(rules: list[Rule], protocol: Protocol, direction: Direction) -> Side:
    """The table of one direction."""
    rules = sorted(merged(rules), key=lambda rule: rule.number)
    kind = protocol.type_for(direction)
    names = frozenset[str]().union(*(rule.payloads for rule in rules if rule.payloads is not None))
    any_payload = [rule for rule in rules if rule.payloads is None]
    named = {name: tuple(rule for rule in rules if rule.payloads is None or name in rule.payloads) for name in names}
    joins = kind is not None and bool(kind.named)
    # A message of several envelopes is known by the first one's payload only.
    unsure = joins or bool(protocol.steps_for(direction))
    interest = None if any_payload or (rules and unsure) else names
    slots = max((rule.when.slots for rule in rules if rule.when is not None), default=0)
    return Side(named, tuple(any_payload), interest, joins, slots)


def merged(rules: list[Rule]) -> Iterator[Rule]:
    """The same rule by several triggers is one: it takes a message once."""
    found: dict[int, Rule] = {}
    for rule in rules:
        before = found.get(rule.number)
        if before is None:
            found[rule.number] = rule
        elif before.payloads is None or rule.payloads is None:
            found[rule.number] = before if before.payloads is None else rule
        else:
            found[rule.number] = replace(before, payloads=before.payloads | rule.payloads)
    yield from found.values()
