"""Functions of values. Each takes compiled terms and gives one (those over what repeats are in `loops`).

A function of something that has no value has none itself; where it is a condition it is false.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence

from paperknife_decoders.expression.arithmetic import applied, numeric
from paperknife_decoders.expression.comparison import Unlike
from paperknife_decoders.expression.patterns import SEARCHED, BadPattern, compile_pattern
from paperknife_decoders.expression.shapes import decimal_from, reading, string_term
from paperknife_decoders.expression.terms import Frame, Kind, Term, meet

__all__ = ["FUNCTIONS", "length"]


def textual(term: Term) -> Term:
    """`term` as a string; raises `comparison.Unlike`."""
    found = string_term(term)
    if found is None:
        raise Unlike(f"{term}; a string is needed here")
    return found


def length(terms: Sequence[Term]) -> Term:
    """len(list), also of a map, a string or bytes."""
    (term,) = terms
    if term.kind not in (Kind.LIST, Kind.MAP, Kind.STRING, Kind.BYTES):
        raise Unlike(f"{term}; len() takes a list, a map, a string or bytes")
    return Term(Kind.NUMBER, reading(term.get, len), f"len({term.text})", term.payloads)


def presence(terms: Sequence[Term]) -> Term:
    """has(path): set; a field without presence: not its default; a list or a map: not empty."""
    (term,) = terms
    path = term.path
    if path is None:
        raise Unlike("has() takes the path of a field, as in has(order.price)")
    get = path.get
    if path.tracked:

        def is_set(frame: Frame) -> bool:
            return get(frame) is not None

        return Term(Kind.BOOL, is_set, payloads=term.payloads)

    def is_filled(frame: Frame) -> bool:
        return bool(get(frame))

    return Term(Kind.BOOL, is_filled, payloads=term.payloads)


def absolute(terms: Sequence[Term]) -> Term:
    """abs(number)."""
    (term,) = terms
    kind = numeric(term, Kind.DURATION).kind
    return Term(kind, applied(builtins.abs, term), f"abs({term.text})", term.payloads)


def number(terms: Sequence[Term]) -> Term:
    """number(string): the decimal that a string holds."""
    (term,) = terms
    if term.kind in (Kind.NUMBER, Kind.DECIMAL):
        return term
    return Term(Kind.DECIMAL, reading(textual(term).get, decimal_from), f"number({term.text})", term.payloads)


def lower(terms: Sequence[Term]) -> Term:
    """lower(string): in lower case."""
    term = textual(terms[0])
    return Term(Kind.STRING, reading(term.get, str.lower), f"lower({term.text})", term.payloads)


def starts(terms: Sequence[Term]) -> Term:
    """startswith(string, string)."""
    return of_two_texts(str.startswith, terms)


def ends(terms: Sequence[Term]) -> Term:
    """endswith(string, string)."""
    return of_two_texts(str.endswith, terms)


def contains(terms: Sequence[Term]) -> Term:
    """contains(string, string)."""
    return of_two_texts(str.__contains__, terms)


def of_two_texts(test: Callable[[str, str], bool], terms: Sequence[Term]) -> Term:
    """A condition on two strings."""
    left, right = map(textual, terms)
    one, other = left.get, right.get

    def condition(frame: Frame) -> bool:
        text, part = one(frame), other(frame)
        return text is not None and part is not None and test(text, part)

    return Term(Kind.BOOL, condition, payloads=meet(left.payloads, right.payloads))


def matches(terms: Sequence[Term]) -> Term:
    """matches(string, "regular expression"): found anywhere in the first characters."""
    term, pattern = textual(terms[0]), terms[1].known
    if not isinstance(pattern, str):
        raise Unlike(
            'matches() takes the regular expression as a string, as in matches(order.symbol, "^ES[A-Z]\\\\d$")'
        )
    try:
        search = compile_pattern(pattern).search
    except BadPattern as error:
        raise Unlike(str(error)) from None
    get = term.get

    def condition(frame: Frame) -> bool:
        text = get(frame)
        return text is not None and search(text, 0, SEARCHED) is not None

    return Term(Kind.BOOL, condition, payloads=term.payloads)


FUNCTIONS: dict[str, tuple[Callable[[Sequence[Term]], Term], str]] = {
    "has": (presence, "path"),
    "len": (length, "list"),
    "abs": (absolute, "number"),
    "number": (number, "string"),
    "lower": (lower, "string"),
    "startswith": (starts, "string, string"),
    "endswith": (ends, "string, string"),
    "contains": (contains, "string, string"),
    "matches": (matches, 'string, "regular expression"'),
}
"""Functions of values, with what they take."""
