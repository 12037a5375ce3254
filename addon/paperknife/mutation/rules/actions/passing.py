"""When and how often a message goes on, if it does."""

from __future__ import annotations

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.quantities import rate_in, seconds_in, span_in
from paperknife.mutation.verdict import Hold, Throttle

__all__ = ["delay", "drop", "duplicate", "hold", "reorder", "stall", "throttle"]

MOST_COPIES = 1000
LARGEST_WINDOW = 1000
USUAL_HOLD = 300.0


def drop(item: Item) -> Act | None:
    """The envelope does not go on, and no further rule is asked about it."""
    return Course.drop


def delay(item: Item) -> Act | None:
    """``delay: 50ms..200ms``; several add up."""
    span = span_in(item.node, "how long a message is to wait")
    overtaken = "overtaken" in item.options and item.options["overtaken"].truth("overtaken")
    if span is None:
        return None

    def act(course: Course) -> None:
        course.outcome.delay += span.draw(course.random)
        course.outcome.overtaken |= overtaken

    return act


def duplicate(item: Item) -> Act | None:
    """``duplicate``, or how many copies go out behind the message."""
    copies = 1 if item.is_bare else item.node.number("how many copies go out besides", MOST_COPIES)
    if copies is None:
        return None

    def act(course: Course) -> None:
        course.outcome.copies = min(course.outcome.copies + copies, MOST_COPIES)

    return act


def reorder(item: Item) -> Act | None:
    """``reorder: 3``: one to three messages go before this one."""
    most = 1 if item.is_bare else item.node.number("behind how many messages this one may come", LARGEST_WINDOW)
    if most is None:
        return None

    def act(course: Course) -> None:
        window = course.random().randint(1, most) if most > 1 else 1
        course.outcome.window = max(course.outcome.window, window)

    return act


def throttle(item: Item) -> Act | None:
    """``throttle: 10/s`` or ``64KB/s``, for all that the rule takes."""
    rate = rate_in(item.node)
    if rate is None:
        return None
    order = Throttle(item.scope.rule, rate.messages, rate.size)

    def act(course: Course) -> None:
        course.outcome.throttle = order

    return act


def stall(item: Item) -> Act | None:
    """``stall: 5s``: nothing more is read from the sender for so long."""
    seconds = seconds_in(item.node, "how long nothing is read")
    if seconds is None:
        return None

    def act(course: Course) -> None:
        course.outcome.stall = max(course.outcome.stall, seconds)

    return act


def hold(item: Item) -> Act | None:
    """``hold: 60s``: kept until somebody lets it go on, or the time is over."""
    seconds = USUAL_HOLD if item.is_bare else seconds_in(item.node, "how long a message is held at most")
    in_order = "in_order" in item.options and item.options["in_order"].truth("in_order")
    if seconds is None:
        return None
    order = Hold(item.scope.rule, seconds, in_order)

    def act(course: Course) -> None:
        course.outcome.hold = order

    return act
