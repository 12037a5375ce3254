"""What is kept and told: a line in the log, a counter, a value to remember; and functions of the user's script."""

from __future__ import annotations

import re

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.templates import text_in
from paperknife_decoders.definition.node import Node, described
from paperknife_decoders.expression import ExpressionError, Valued
from paperknife_decoders.expression.terms import Kind
from paperknife_decoders.printable import elide, printable

__all__ = ["count", "log", "name_in", "remember", "remembered_in", "script"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)
LONGEST_LINE = 1000


def log(item: Item) -> Act | None:
    """``log: "order {order.request_id}"``."""
    text = text_in(item.node, item.scope, "what is to be said")
    if text is None:
        return None

    def act(course: Course) -> None:
        line = printable(elide(text.text(course, masked=True), LONGEST_LINE))
        course.outcome.logs = (*course.outcome.logs, line)

    return act


def name_in(node: Node, what: str) -> str | None:
    """A name as expressions can have it."""
    if isinstance(node.value, str) and NAME.fullmatch(node.value):
        return node.value
    node.fault(f"{what}, letters, digits and _, was expected, and {described(node.value)} was found")
    return None


def count(item: Item) -> Act | None:
    """``count: orders``: one more, which ``{counter.orders}`` tells."""
    name = name_in(item.node, "the name of a counter")
    if name is None:
        return None

    def act(course: Course) -> None:
        counters = course.standing.counters
        counters[name] = counters.get(name, 0) + 1
        course.outcome.counts = (*course.outcome.counts, name)

    return act


def remembered_in(item: Item) -> dict[str, Valued] | None:
    """What ``remember: {name: path}`` names; None, with faults, where anything in it is wrong."""
    found: dict[str, Valued] = {}
    entries = item.node.entries("a mapping of names and what is remembered under them")
    for key, node in entries:
        name = name_in(Node(key, node.path, node.faults), "a name to remember by")
        text = node.text("a path or an expression")
        if name is None or text is None:
            continue
        try:
            valued = item.scope.value(text.strip().removeprefix("{").removesuffix("}"), {})
        except ExpressionError as error:
            node.fault(item.scope.reason(error))
            continue
        if valued.term.kind in (Kind.MESSAGE, Kind.LIST, Kind.MAP):
            node.fault(f"{valued.term}; single values are remembered, such as a field of it")
            continue
        found[name] = valued
    return found if len(found) == len(entries) and found else None


def remember(item: Item) -> Act | None:
    """``remember: {id: order.request_id}``, for ``{remembered.id}`` in this connection from now on."""
    found = remembered_in(item)
    if found is None:
        return None

    def act(course: Course) -> None:
        standing = course.standing
        for name, valued in found.items():
            value = valued.value(course.message, course.envelope, standing)
            if value is not None:
                standing.remember(name, value)

    return act


def script(item: Item) -> Act | None:
    """``script: my_function``, of the file that is named with --script."""
    name = name_in(item.node, "the name of a function of your script")
    if name is None or item.scope.scripts is None:
        return None if name is None else not_there(name)
    try:
        return item.scope.scripts(name)
    except ValueError as error:
        item.node.fault(str(error))
        return None


def not_there(name: str) -> Act:
    """Where scripts are not loaded, as when rules are only checked."""

    def act(course: Course) -> None:
        course.outcome.logs = (*course.outcome.logs, f"{name} of the script would be called here")

    return act
