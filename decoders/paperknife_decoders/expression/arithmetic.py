"""Arithmetic on numbers, decimals, times and durations.

The result has no value where an operand has none, and where there is none to have: a division by zero, an overflow.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from paperknife_decoders.expression.comparison import Unlike, as_exact
from paperknife_decoders.expression.terms import Frame, Kind, Term, Value, meet

__all__ = ["SIGNS", "applied", "arithmetic", "negative", "safely"]

SIGNS: dict[type[ast.operator], tuple[str, Callable[[Value, Value], Value]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
}

TIMES: dict[tuple[Kind, str, Kind], Kind] = {
    (Kind.TIMESTAMP, "-", Kind.TIMESTAMP): Kind.DURATION,
    (Kind.TIMESTAMP, "-", Kind.DURATION): Kind.TIMESTAMP,
    (Kind.TIMESTAMP, "+", Kind.DURATION): Kind.TIMESTAMP,
    (Kind.DURATION, "+", Kind.TIMESTAMP): Kind.TIMESTAMP,
    (Kind.DURATION, "+", Kind.DURATION): Kind.DURATION,
    (Kind.DURATION, "-", Kind.DURATION): Kind.DURATION,
}
"""What arithmetic on times gives."""

NUMERIC = {Kind.NUMBER, Kind.DECIMAL}


def arithmetic(sign: ast.operator, left: Term, right: Term) -> Term:
    """The term `left` sign `right`; raises `comparison.Unlike`."""
    mark, apply = SIGNS[type(sign)]
    kinds = {left.kind, right.kind}
    if kinds <= NUMERIC:
        kind = Kind.DECIMAL if Kind.DECIMAL in kinds else Kind.NUMBER
        if kind is Kind.DECIMAL:
            left, right = as_exact(left), as_exact(right)
    elif found := TIMES.get((left.kind, mark, right.kind)):
        kind = found
    else:
        raise Unlike(f"{left}, and {right}: {mark} takes numbers, or times and durations")
    text = f"({left.text} {mark} {right.text})"
    return Term(kind, safely(apply, left, right), text, meet(left.payloads, right.payloads))


def safely(apply: Callable[[Value, Value], Value], left: Term, right: Term) -> Callable[[Frame], Value]:
    """A getter that applies an operator to two values, where there are two and where it can be."""
    one, other = left.get, right.get

    def value(frame: Frame) -> Value:
        found = one(frame)
        against = other(frame) if found is not None else None
        if against is None:
            return None
        try:
            return apply(found, against)
        except ArithmeticError:
            return None

    return value


def negative(term: Term) -> Term:
    """The term -`term`; raises `comparison.Unlike`."""
    if term.kind not in NUMERIC and term.kind is not Kind.DURATION:
        raise Unlike(f"{term}: - takes a number")
    return Term(term.kind, applied(operator.neg, term), f"-{term.text}", term.payloads)


def applied(apply: Callable[[Value], Value], term: Term) -> Callable[[Frame], Value]:
    """A getter that applies a function of one number, where there is one and where it can be."""
    get = term.get

    def value(frame: Frame) -> Value:
        found = get(frame)
        try:
            return None if found is None else apply(found)
        except ArithmeticError:  # a decimal beyond the exponents that Python calculates with
            return None

    return value


def numeric(term: Term, *also: Kind) -> Term:
    """`term`, if it is a number; raises `comparison.Unlike`."""
    if term.kind not in (Kind.NUMBER, Kind.DECIMAL, *also):
        raise Unlike(f"{term}; a number is needed here")
    return term
