"""One rule for one protocol: its condition and its actions become closures, and it is found out what it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act
from paperknife.mutation.rules.form import ActionForm, Event, Occasions, RuleForm, Trigger
from paperknife.mutation.rules.names import GivenNames
from paperknife.mutation.rules.scope import Scope, Scripts
from paperknife_decoders.definition.node import described, listed, meant
from paperknife_decoders.expression import ExpressionError, Program
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol

__all__ = ["Rule", "World", "compiled", "scopes"]


ALONE = (*(direction.value for direction in Direction), Event.OPEN.value, Event.CLOSE.value)
"""What can stand alone behind `on:`, besides payloads."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule as it is applied. `payloads` are those that it concerns, None for any."""

    number: int
    name: str
    seed: int
    when: Program | None
    occasions: Occasions
    acts: tuple[Act, ...]
    payloads: frozenset[str] | None = None
    sends: frozenset[Direction] = frozenset()
    is_always: bool = False
    """It takes every message that it matches."""


@dataclass(frozen=True, slots=True)
class World:
    """What rules are compiled by: a protocol, the names that they give each other, and the user's scripts."""

    protocol: Protocol
    given: GivenNames
    scripts: Scripts | None = None


def scopes(form: RuleForm, trigger: Trigger, world: World) -> Iterator[Scope]:
    """Where a rule is to be compiled for one thing that it is on."""
    protocol, given = world.protocol, world.given
    directions = tuple(Direction) if trigger.direction is None else (trigger.direction,)
    if trigger.event is not Event.MESSAGE:
        directions = (Direction.CLIENT,)
    elif trigger.payload:
        having = tuple(each for each in directions if trigger.payload in payloads_of(protocol, each))
        directions = having or directions
    for direction in directions:
        yield Scope(
            form.name,
            protocol,
            trigger.event,
            direction,
            trigger.payload,
            given=given.names,
            secret=given.secret,
            scripts=world.scripts,
        )


def payloads_of(protocol: Protocol, direction: Direction) -> tuple[str, ...]:
    """The payloads that a side can send."""
    kind = protocol.type_for(direction)
    return kind.payloads if kind is not None else ()


def compiled(form: RuleForm, trigger: Trigger, scope: Scope, number: int) -> Rule | None:
    """One rule for one thing that it is on; what is wrong goes to the scope's faults."""
    if trigger.payload:
        check_payload(trigger, scope)
    when = condition_of(form, scope)
    acts = [act for action in form.actions if (act := act_of(action, scope)) is not None]
    if scope.faults.found or (trigger.payload and not payloads_of(scope.protocol, scope.direction)):
        return None
    payloads = frozenset({trigger.payload}) if trigger.payload else None
    for narrower in (frozenset(scope.touched) or None, when.payloads if when is not None else None):
        payloads = narrower if payloads is None else payloads if narrower is None else payloads & narrower
    return Rule(
        number,
        form.name,
        form.seed,
        when,
        form.occasions,
        tuple(acts),
        payloads,
        frozenset(scope.sends),
        form.occasions.is_always,
    )


def check_payload(trigger: Trigger, scope: Scope) -> None:
    """A payload has to be one that the side sends."""
    own, node = payloads_of(scope.protocol, scope.direction), scope.at(trigger.node)
    if trigger.payload in own:
        return
    side = scope.direction.value
    if scope.kind is None:
        node.fault(f"{trigger.payload} needs a schema, and the {side}'s messages have none")
        return
    other = scope.direction.other
    if trigger.direction is not None and trigger.payload in payloads_of(scope.protocol, other):
        node.fault(f"it is the {other.value} that sends {trigger.payload}: {other.value} {trigger.payload}")
        return
    among = own if trigger.direction is not None else (*own, *ALONE)
    likely = meant(trigger.payload, among) or f"; there are {listed(own)}"
    known = f"a payload of the {side}" if trigger.direction is not None else "a payload"
    node.fault(f"{known} was expected, and {described(trigger.payload)} was found{likely}")


def condition_of(form: RuleForm, scope: Scope) -> Program | None:
    """What `when:` says."""
    if form.when is None:
        return None
    node = scope.at(form.when)
    text = node.text("a condition such as order.quantity > 100")
    if text is None:
        return None
    try:
        return scope.condition(text).program(scope.direction)
    except ExpressionError as error:
        node.fault(scope.reason(error))
        return None


def act_of(form: ActionForm, scope: Scope) -> Act | None:
    """One action."""
    options = {name: scope.at(node) for name, node in form.options.items()}
    return ACTIONS[form.name].read(Item(form.name, scope.at(form.node), options, scope))
