"""The end of a connection, in good order or not."""

from __future__ import annotations

from paperknife.mutation.rules.actions.item import Item
from paperknife.mutation.rules.course import Act, Course
from paperknife.mutation.rules.templates import text_in
from paperknife.mutation.verdict import CloseOrder
from paperknife_decoders.definition.node import described

__all__ = ["abort", "close"]

LONGEST_REASON = 123
"""Bytes (RFC 6455, section 5.5: a control frame has 125, two of which are the code)."""

CODES = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})
"""Codes that a close frame may carry (RFC 6455, section 7.4, and the registry that it sets up)."""


def close(item: Item) -> Act | None:
    """``close: 1008``, with a reason; no further rule is asked."""
    code = 1000 if item.is_bare else item.node.value
    if not isinstance(code, int) or isinstance(code, bool) or code not in CODES:
        item.node.fault(
            f"a close code, 1000 to 1003, 1007 to 1014 or 3000 to 4999, was expected, and {described(code)} was found"
        )
        return None
    reason = text_in(item.options["reason"], item.scope, "a reason") if "reason" in item.options else None
    if "reason" in item.options and reason is None:
        return None

    def act(course: Course) -> None:
        said = reason.text(course).encode()[:LONGEST_REASON].decode(errors="ignore") if reason is not None else ""
        course.outcome.close = CloseOrder(code, said)
        course.outcome.is_final = True

    return act


def abort(item: Item) -> Act | None:
    """The connection ends with no close frame; no further rule is asked."""

    def act(course: Course) -> None:
        course.outcome.close = CloseOrder(abort=True)
        course.outcome.is_final = True

    return act
