"""Comparing two terms: which kinds go together, and the closures that do it.

A comparison is false where either side has no value, whatever its operator.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from decimal import Decimal

from paperknife_decoders.expression.paths import element
from paperknife_decoders.expression.shapes import path_term, reading, string_term
from paperknife_decoders.expression.terms import STEPS, Frame, Kind, Path, Shape, Term, Value, meet

__all__ = [
    "OPERATORS",
    "OutOfSteps",
    "Unlike",
    "compare",
    "contained",
    "element_term",
    "exact",
    "listed_in",
    "same_kind",
    "spend",
]

Test = Callable[[Value, Value], Value]

OPERATORS: dict[type[ast.cmpop], Test] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}

MIRRORED: dict[Test, Test] = {
    operator.lt: operator.gt,
    operator.le: operator.ge,
    operator.gt: operator.lt,
    operator.ge: operator.le,
}
"""What an operator becomes when its sides change places."""

COMPARABLE = frozenset(
    {Kind.BOOL, Kind.NUMBER, Kind.DECIMAL, Kind.ENUM, Kind.STRING, Kind.BYTES, Kind.TIMESTAMP, Kind.DURATION}
)
"""Kinds that compare with their own kind."""


class Unlike(Exception):
    """The sentence why two terms do not compare."""


class OutOfSteps(Exception):
    """An evaluation would look at more elements than it may."""


def exact(value: Value) -> Value:
    """A number as it compares with decimals: a double by its shortest text, so that 0.1 equals "0.1"."""
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return value


def same_kind(left: Term, right: Term) -> tuple[Term, Term]:
    """Both terms so that their values compare; raises `Unlike`."""
    for one, other in ((left, right), (right, left)):
        if one.kind in (Kind.MESSAGE, Kind.LIST, Kind.MAP):
            raise Unlike(f"{one}; it does not compare with {other.text or 'that'} as a whole, but its parts may")
    kinds = {left.kind, right.kind}
    if kinds == {Kind.ENUM} and left.enum is not right.enum:
        raise Unlike(f"{left}, and {right}: values of different enums do not compare")
    if (len(kinds) == 1 and left.kind in COMPARABLE) or kinds == {Kind.ENUM, Kind.NUMBER}:
        return left, right
    if kinds == {Kind.NUMBER, Kind.DECIMAL}:
        return as_exact(left), as_exact(right)
    if kinds == {Kind.DECIMAL, Kind.STRING}:
        texts = string_term(left), string_term(right)
        if texts[0] is not None and texts[1] is not None:
            return texts[0], texts[1]
    raise Unlike(f"{left}, and {right}: they do not compare")


def as_exact(term: Term) -> Term:
    """A number as a term that compares with decimals."""
    if term.kind is not Kind.NUMBER:
        return term
    return Term(Kind.DECIMAL, reading(term.get, exact), term.text, term.payloads)


def compare(test: Test, left: Term, right: Term) -> Term:
    """The condition `left` test `right`; both have values that compare."""
    payloads = meet(left.payloads, right.payloads)
    if left.known is not None and right.known is not None:
        known = bool(test(left.known, right.known))
        return Term(Kind.BOOL, lambda _: known, payloads=None if known else frozenset(), known=known)
    if left.known is not None:
        left, right, test = right, left, MIRRORED.get(test, test)
    one, other, value = left.get, right.get, right.known
    if value is not None:
        if test is operator.eq and left.is_payload:
            payloads = meet(payloads, frozenset((value,)))

        def against_constant(frame: Frame) -> bool:
            found = one(frame)
            return found is not None and test(found, value)

        return Term(Kind.BOOL, against_constant, payloads=payloads)

    def condition(frame: Frame) -> bool:
        found = one(frame)
        if found is None:
            return False
        against = other(frame)
        return against is not None and test(found, against)

    return Term(Kind.BOOL, condition, payloads=payloads)


def listed_in(left: Term, values: list[Value], *, inverted: bool) -> Term:
    """The condition that `left` is (or is not) one of constant values of its kind."""
    get, among = left.get, frozenset(values)
    payloads = left.payloads
    if inverted:

        def absent(frame: Frame) -> bool:
            found = get(frame)
            return found is not None and found not in among

        return Term(Kind.BOOL, absent, payloads=payloads)

    def present(frame: Frame) -> bool:
        found = get(frame)
        return found is not None and found in among

    if left.is_payload:
        payloads = meet(payloads, frozenset(among))
    return Term(Kind.BOOL, present, payloads=payloads)


def contained(left: Term, right: Term, part: Term, *, inverted: bool) -> Term:
    """The condition that `left` is (or is not) in `right`: a key, a part of a string or of bytes, or an element.

    `part` reads an element from a frame that holds nothing else (see `element_term`).
    """
    container, item = right.get, left.get
    inside: Callable[[Value, Value, Frame], bool]
    if right.kind in (Kind.STRING, Kind.BYTES):
        inside = part_of
    elif right.kind is Kind.MAP:
        inside = key_of
    else:
        inside = element_of(part)

    def condition(frame: Frame) -> bool:
        found = container(frame)
        if found is None:
            return False
        wanted = item(frame)
        return wanted is not None and inside(wanted, found, frame) is not inverted

    return Term(Kind.BOOL, condition, payloads=meet(left.payloads, right.payloads))


def part_of(wanted: Value, found: Value, _: Frame) -> bool:
    """True for a part of a string or of bytes."""
    return wanted in found


def key_of(wanted: Value, found: Value, _: Frame) -> bool:
    """True for a key of a map."""
    try:
        return wanted in found
    except (ValueError, TypeError):  # a number that the key's type cannot hold
        return False


def element_of(term: Term) -> Callable[[Value, Value, Frame], bool]:
    """A test whether a value is an element of a list whose elements `term` reads."""
    read = term.get

    def search(wanted: Value, found: Value, frame: Frame) -> bool:
        spend(frame, len(found))
        return any((value := read([item])) is not None and value == wanted for item in found)

    return search


def spend(frame: Frame, steps: int) -> None:
    """Count `steps` looks at elements; raises `OutOfSteps` when the evaluation has had its share."""
    frame[STEPS] -= steps
    if frame[STEPS] < 0:
        raise OutOfSteps


def element_term(right: Term) -> Term:
    """One element of the list, or key of the map, `right`, read from a frame that holds nothing else."""
    shape = element(right.path.shape) if right.path else Shape()
    return path_term(Path(f"an element of {right.text}", operator.itemgetter(0), shape, right.payloads))


def ordered(term: Term) -> Term:
    """`term`, if its values have an order."""
    if term.kind in (Kind.MESSAGE, Kind.LIST, Kind.MAP, Kind.BOOL):
        raise Unlike(f"{term}; it has no least and no greatest")
    return term
