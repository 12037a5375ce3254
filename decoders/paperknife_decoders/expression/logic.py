"""`and`, `or`, `not` over conditions; what is known when it is compiled is decided then."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from paperknife_decoders.expression.terms import Frame, Kind, Term, constant, either, meet

__all__ = ["all_hold", "negation", "one_holds"]


def verdict(*, holds: bool) -> Term:
    """A condition that is known."""
    return constant(Kind.BOOL, holds, payloads=None if holds else frozenset())


def all_hold(conditions: Sequence[Term]) -> Term:
    """True where every condition is."""
    if any(condition.known is False for condition in conditions):
        return verdict(holds=False)
    open_ones = [condition for condition in conditions if condition.known is None]
    if len(open_ones) < 2:
        return open_ones[0] if open_ones else verdict(holds=True)
    tests = [condition.get for condition in open_ones]

    def every(frame: Frame) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than all of this
            if not test(frame):
                return False
        return True

    return Term(Kind.BOOL, every, payloads=reduce(meet, (condition.payloads for condition in open_ones)))


def one_holds(conditions: Sequence[Term]) -> Term:
    """True where at least one condition is."""
    if any(condition.known is True for condition in conditions):
        return verdict(holds=True)
    open_ones = [condition for condition in conditions if condition.known is None]
    if len(open_ones) < 2:
        return open_ones[0] if open_ones else verdict(holds=False)
    tests = [condition.get for condition in open_ones]

    def some(frame: Frame) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than all of this
            if test(frame):
                return True
        return False

    return Term(Kind.BOOL, some, payloads=reduce(either, (condition.payloads for condition in open_ones)))


def negation(condition: Term) -> Term:
    """True where the condition is false, and so where what it speaks of has no value."""
    if condition.known is not None:
        return verdict(holds=not condition.known)
    test = condition.get

    def untrue(frame: Frame) -> bool:
        return not test(frame)

    return Term(Kind.BOOL, untrue)


def truth(term: Term) -> Term:
    """`term` as a condition: messages, times and payloads are true where set, values where not zero or empty."""
    if term.kind is Kind.BOOL and term.path is None:
        return term
    get = term.get
    if presence_is_truth(term):
        present = term.path.get if term.path is not None else get

        def is_set(frame: Frame) -> bool:
            return present(frame) is not None

        return Term(Kind.BOOL, is_set, term.text, term.payloads)

    def is_true(frame: Frame) -> bool:
        return bool(get(frame))

    return Term(Kind.BOOL, is_true, term.text, term.payloads)


def presence_is_truth(term: Term) -> bool:
    """True for what has no false value, and for a payload that is a bare number or string."""
    return term.kind in (Kind.MESSAGE, Kind.TIMESTAMP, Kind.DURATION) or (term.path is not None and term.path.payload)
