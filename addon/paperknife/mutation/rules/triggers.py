"""What a rule is on: ``client order``, ``server``, ``heartbeat``, ``open``; several in a list, or behind commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperknife.mutation.rules.form import Event, Trigger
from paperknife_decoders.definition.node import Node, described, meant
from paperknife_decoders.message import Direction

__all__ = ["triggers_in"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}", re.ASCII)
DIRECTIONS = {direction.value: direction for direction in Direction}
EVENTS = {event.value: event for event in (Event.OPEN, Event.CLOSE)}
MOST = 200
"""Triggers of one rule."""


def triggers_in(node: Node) -> tuple[Trigger, ...]:
    """All that `on:` says."""
    found: list[Trigger] = []
    if node.value == []:
        node.fault("what a rule is on was expected, such as client order, and an empty list was found")
    for each in node.items()[:MOST]:
        text = each.text("what a rule is on, such as client order, server or open,")
        for part in text.split(",") if text is not None else ():
            found += trigger_of(part, each)
    return tuple(found)


def trigger_of(text: str, node: Node) -> Iterator[Trigger]:
    """``client order`` or the like; one direction, one payload, or both, in this order."""
    words = text.split()
    if len(words) == 1 and words[0] in EVENTS:
        yield Trigger(node, EVENTS[words[0]])
        return
    direction = DIRECTIONS.get(words[0]) if words else None
    rest = words[1:] if direction is not None else words
    if not words or len(rest) > 1 or not all(map(NAME.fullmatch, rest)):
        likely = meant(words[0], DIRECTIONS) if len(words) == 2 else ""
        node.fault(
            f"a direction (client, server), a payload, or both (client order) was expected, and {described(text)} was "
            f"found{likely or '; several stand in a list'}"
        )
        yield Trigger(node)  # what else is wrong with the rule can be said all the same
        return
    yield Trigger(node, Event.MESSAGE, direction, rest[0] if rest else "")
