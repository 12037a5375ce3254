"""What rules that make messages wait have to lead to, by a model of them that parses each message in full."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from bench.fuzz_rules import Said, api

__all__ = ["EMITTED", "SIDES", "Expected", "Rule", "Throttles", "envelope_in", "expected_of", "random_rules"]


@dataclass(frozen=True, slots=True)
class Side:
    """What rules are about in one direction; `ours` is what is sent in it besides, as rules say it."""

    name: str
    payload: str
    number: str
    make: type
    ours: str


SIDES = {
    "client": Side("client", "order", "quantity", api.client.make, "{heartbeat: {sequence: 999999}}"),
    "server": Side("server", "order_response", "filled_quantity", api.server.make, "{error: {text: ruled}}"),
}
OTHER = {"client": "server", "server": "client"}
EMITTED = {
    "client": api.client.encode("heartbeat", {"sequence": 999999}),
    "server": api.server.encode("error", {"text": "ruled"}),
}
"""What our own messages hold, by their direction."""

ACTIONS = {
    "count": (("seen",), "count: seen"),
    "set": ((77,), "set: {{{payload}.{number}: {amount}}}"),
    "clear": (("symbol",), "clear: {payload}.{amount}"),
    "drop": ((0,), "drop: "),
    "duplicate": ((1, 2), "duplicate: {amount}"),
    "delay": ((0.05, 0.3), "delay: {amount}s"),
    "late": ((0.2, 0.7), "delay: {amount}s, overtaken: true"),
    "reorder": ((1, 3), "reorder: {amount}"),
    "throttle": ((5, 50), "throttle: {amount}/s"),
    "hold": ((0.2, 2.0), "hold: {amount}s"),
    "keep": ((0.2, 2.0), "hold: {amount}s, in_order: true"),
    "stall": ((0.1,), "stall: {amount}s"),
    "reply": ((0,), "reply: {theirs}"),
    "inject": ((0.0, 0.15), "inject: {ours}, in: {amount}s"),
}
"""What a rule may do: amounts to choose from, and how it is written."""

WAITING = frozenset(("delay", "late", "reorder", "throttle", "hold", "keep", "stall", "inject", "reply"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on one payload of a side; with `large` on those of more than fifty alone."""

    name: str
    side: str
    action: str
    amount: float | str
    large: bool

    def __str__(self) -> str:
        side = SIDES[self.side]
        words = ACTIONS[self.action][1].format(
            payload=side.payload,
            number=side.number,
            amount=self.amount,
            ours=side.ours,
            theirs=SIDES[OTHER[self.side]].ours,
        )
        when = f"when: {side.payload}.{side.number} > 50, " if self.large else ""
        do = "drop" if self.action == "drop" else f"[{{{words}}}]"
        return f"{{name: {self.name}, on: {self.side} {side.payload}, {when}do: {do}}}"


def random_rules(chance: random.Random) -> list[Rule]:
    """One to four of them."""
    found = []
    for number in range(chance.choice((1, 2, 2, 3, 4))):
        action = chance.choice(list(ACTIONS))
        amount = chance.choice(ACTIONS[action][0])
        found.append(Rule(f"r{number}", chance.choice(list(SIDES)), action, amount, chance.random() < 0.6))
    return found


@dataclass(slots=True)
class Expected:
    """What is to become of one message. `content` is what goes on, None where nothing does.

    `ready` is the soonest that it may go on, `window` behind how many it may come at most. It is `loose` if others may
    overtake it, or it them. `changed` says the same as a parsed message that rules have changed, if they have.
    """

    said: Said
    number: int
    arrived: float
    content: bytes | None
    changed: object | None = None
    copies: int = 0
    ready: float = 0.0
    window: int = 0
    loose: bool = False
    hold: float = 0.0
    emits: list[str] = field(default_factory=list)
    actions: frozenset[str] = frozenset()

    @property
    def waits(self) -> bool:
        """True where this message, or others because of it, may go out later than they came."""
        return bool(self.actions & WAITING)


type Throttles = dict[str, float]
"""When each lets the next message go on, on one connection."""


def envelope_in(side: str, said: Said) -> object | None:
    """The parsed envelope that rules of a side are about, None for anything else."""
    if said.opcode != 2:
        return None
    try:
        envelope = SIDES[side].make.FromString(said.content)  # type: ignore[attr-defined]
    except DecodeError:
        return None
    return envelope if envelope.WhichOneof("payload") == SIDES[side].payload else None


def expected_of(
    rules: Sequence[Rule], side: str, said: Said, number: int, now: float, throttles: Throttles
) -> Expected:
    """What rules make of the message that came as this one of its direction, and at this time."""
    found = Expected(said, number, now, said.content, ready=now)
    envelope = envelope_in(side, said)
    delay, throttle, actions = 0.0, None, set()
    for rule in rules if envelope is not None else ():
        body = getattr(envelope, SIDES[side].payload)
        if rule.side != side or (rule.large and getattr(body, SIDES[side].number) <= 50):
            continue
        actions.add(rule.action)
        amount = rule.amount
        match rule.action, amount:
            case "set", int():
                setattr(body, SIDES[side].number, amount)
                found.changed = envelope
            case "clear", str():
                body.ClearField(amount)
                found.changed = envelope
            case "drop", _:
                found.content = None
                break
            case "duplicate", int():
                found.copies += amount
            case "delay" | "late", float():
                delay += amount
                found.loose |= rule.action == "late"
            case "reorder", int():
                found.window = max(found.window, amount)
            case "throttle", int():
                throttle = rule
            case "hold" | "keep", float():
                found.hold, found.loose = amount, found.loose or rule.action == "hold"
            case "reply", _:
                found.emits.append(OTHER[side])
            case "inject", _:
                found.emits.append(side)
    found.actions = frozenset(actions)
    found.ready = now + delay
    if throttle is not None and found.content is not None:
        found.ready = max(found.ready, throttles.get(throttle.name, found.ready))
        throttles[throttle.name] = found.ready + (found.copies + 1) / float(throttle.amount)
    return found
