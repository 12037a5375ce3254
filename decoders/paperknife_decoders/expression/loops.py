"""Functions of what repeats: each takes a loop, or a list as a loop over its elements.

A function of a list that has no value has none itself; where it is a condition it is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from paperknife_decoders.expression.arithmetic import numeric
from paperknife_decoders.expression.comparison import ordered
from paperknife_decoders.expression.terms import Frame, Kind, Payloads, Term, Value

__all__ = ["CONDITIONS", "LOOPED", "Loop"]

Values = Callable[[Frame], Iterator[Value] | None]


@dataclass(frozen=True, slots=True)
class Loop:
    """A compiled ``body for x in source if ...``: gives the body's values, None where the source has no value."""

    values: Values
    body: Term
    payloads: Payloads


def any_of(loop: Loop) -> Term:
    """At least one element is true."""
    values = loop.values

    def condition(frame: Frame) -> bool:
        return any(values(frame) or ())

    return Term(Kind.BOOL, condition, payloads=loop.payloads)


def all_of(loop: Loop) -> Term:
    """Every element is true; so it is where there are none, but not where there is no list."""
    values = loop.values

    def condition(frame: Frame) -> bool:
        found = values(frame)
        return found is not None and all(found)

    return Term(Kind.BOOL, condition, payloads=loop.payloads)


def count_of(loop: Loop) -> Term:
    """How many elements are true."""
    return folded(loop, lambda values: sum(map(bool, values)), Kind.NUMBER)


def sum_of(loop: Loop) -> Term:
    """The sum of the elements that have a value."""
    return folded(loop, sum, numeric(loop.body, Kind.DURATION).kind)


def min_of(loop: Loop) -> Term:
    """The least of the elements that have a value."""
    return folded(loop, lambda values: min(values, default=None), ordered(loop.body).kind)


def max_of(loop: Loop) -> Term:
    """The greatest of the elements that have a value."""
    return folded(loop, lambda values: max(values, default=None), ordered(loop.body).kind)


def folded(loop: Loop, fold: Callable[[Iterator[Value]], Value], kind: Kind) -> Term:
    """One value of all that a loop gives."""
    values = loop.values

    def value(frame: Frame) -> Value:
        found = values(frame)
        if found is None:
            return None
        try:
            return fold(each for each in found if each is not None)
        except ArithmeticError:
            return None

    return Term(kind, value, "this", loop.payloads)


LOOPED: dict[str, Callable[[Loop], Term]] = {
    "any": any_of,
    "all": all_of,
    "count": count_of,
    "sum": sum_of,
    "min": min_of,
    "max": max_of,
}
"""Functions of a loop, as in ``any(level.size == 0 for level in market_data.levels)``, or of a list of values."""

CONDITIONS = frozenset({"any", "all", "count"})
"""Those whose loop gives conditions."""
