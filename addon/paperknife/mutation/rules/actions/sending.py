"""Messages of our own: an answer to the sender, or anything to either side."""

from __future__ import annotations

from collections.abc import Callable

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.drafts import draft_in
from paperknife.mutation.rules.form import Event
from paperknife.mutation.rules.quantities import Span, span_in
from paperknife.mutation.verdict import Emission
from paperknife_decoders.definition.node import described
from paperknife_decoders.message import Direction
from paperknife_decoders.splice import splice

__all__ = ["inject", "reply"]

AT_ONCE = Span(0.0, 0.0)
MOST_TIMES = 1000

type Make = Callable[[Course, Direction, float], Emission]


def reply(item: Item) -> Act | None:
    """``reply: {order_response: {...}}``: back to whoever sent the message at hand."""
    return sending(item, item.scope.direction.other)


def inject(item: Item) -> Act | None:
    """``inject: {heartbeat: {}}, to: client``; by itself it goes where the message at hand goes."""
    if "to" in item.options:
        side = item.options["to"].choice([direction.value for direction in Direction], "to")
        return None if side is None else sending(item, Direction(side).other)
    if item.scope.event is not Event.MESSAGE:
        item.node.fault(f"to: client or to: server was expected beside inject, on {item.scope.event.value}")
        return None
    return sending(item, item.scope.direction)


def sending(item: Item, direction: Direction) -> Act | None:
    """Send what is described in a direction."""
    wait = span_in(item.options["in"], "in how long it is sent") if "in" in item.options else AT_ONCE
    times = item.options["times"].number("how many times it is sent", MOST_TIMES) if "times" in item.options else 1
    make = bytes_sent(item) if isinstance(item.node.value, str) else envelope_sent(item, direction)
    if wait is None or times is None or make is None:
        return None
    return lambda course: course.emit(make(course, direction, wait.draw(course.random)) for _ in range(times))


def bytes_sent(item: Item) -> Make | None:
    """A whole message in hex."""
    try:
        content = bytes.fromhex(str(item.node.value))
    except ValueError:
        item.node.fault(
            f"a message, as a mapping of its fields or in hex, was expected, and {described(item.node.value)} was found"
        )
        return None
    return lambda course, direction, delay: course.emission_of(direction, content, delay)


def envelope_sent(item: Item, direction: Direction) -> Make | None:
    """A message by its fields."""
    descriptor = item.descriptor(direction)
    item.scope.sends.add(direction)
    draft = draft_in(item.node, descriptor, item.scope) if descriptor is not None else None
    if descriptor is None or draft is None:
        return None
    if draft.is_constant:
        content = splice(b"", descriptor, draft.constants())
        return lambda course, direction, delay: course.emission(direction, content, delay)
    return lambda course, direction, delay: course.emission(
        direction, splice(b"", descriptor, draft.changes(course)), delay
    )
