"""Values with placeholders: ``"{order.request_id}"`` is that very value, ``"no. {counter}"`` a text with it.

In braces stands an expression, as in `when`, or ``random 1..100``. Braces that are meant are doubled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from paperknife.mutation.rules.scope import Scope
from paperknife_decoders.definition.node import Node
from paperknife_decoders.expression import ExpressionError, Given, Valued
from paperknife_decoders.expression.terms import Kind, Term, Value
from paperknife_decoders.secrets import MASK
from paperknife_decoders.splice import SpliceError
from paperknife_decoders.values import NANOS_PER_SECOND, bool_text, duration_words, enum_names, timestamp_words

if TYPE_CHECKING:
    from paperknife.mutation.rules.course import Course

__all__ = ["Make", "Template", "has_braces", "template_in", "text_in"]

PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")
DRAW = re.compile(r"\brandom\s+(-?[0-9]{1,18}(?:\.[0-9]{1,9})?)\s*\.\.\s*(-?[0-9]{1,18}(?:\.[0-9]{1,9})?)", re.ASCII)
LONGEST = 4000
"""Characters of a text with placeholders."""
MOST_MADE = 1 << 24
"""Characters of what it comes to: as much as there is in a message that is decoded."""

type Make = Callable[[Course], Value]
"""A value for the message at hand; None where it has none."""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders. `term` says what the value is where there is nothing but one placeholder."""

    pieces: tuple[str | Valued, ...]
    term: Term | None = None
    hidden: frozenset[int] = field(default=frozenset())
    """The pieces that are secrets."""

    def value(self, course: Course) -> Value:
        """The value of the one placeholder, or the whole text."""
        if self.term is not None and isinstance(only := self.pieces[0], Valued):
            return only.value(course.message, course.envelope, course.standing)
        return self.text(course)

    def text(self, course: Course, *, masked: bool = False) -> str:
        """The whole as a text; what has no value is nothing in it, and a secret is masked where that is asked for.

        Raises `SpliceError` for one that is too long.
        """
        made: list[str] = []
        size = 0
        for number, piece in enumerate(self.pieces):
            if isinstance(piece, str):
                text = piece
            elif masked and number in self.hidden:
                text = MASK
            else:
                text = words(piece.value(course.message, course.envelope, course.standing), piece.term)
            size += len(text)
            if size > MOST_MADE:
                raise SpliceError(f"a text with placeholders has come to more than {MOST_MADE:,} characters")
            made.append(text)
        return "".join(made)


def has_braces(text: str) -> bool:
    """True if a text is more than just itself."""
    return "{" in text or "}" in text


def text_in(node: Node, scope: Scope, what: str) -> Template | None:
    """A text with or without placeholders; anything plain is one."""
    if isinstance(node.value, str | int | float):
        return template_in(Node(str(node.value), node.path, node.faults), scope)
    node.text(what)
    return None


def template_in(node: Node, scope: Scope) -> Template | None:
    """A text with placeholders; None, with a fault, for one that is wrong."""
    text = str(node.value)
    if len(text) > LONGEST:
        node.fault(f"a text with placeholders has at most {LONGEST:,} characters, this one has {len(text):,}")
        return None
    pieces: list[str | Valued] = []
    hidden = set()
    for found in PIECE.finditer(text):
        if found[1] is not None:
            valued = placeholder(found[1], node, scope)
            if valued is None:
                return None
            if scope.is_secret(valued):
                hidden.add(len(pieces))
            pieces.append(valued)
        elif found[0] in ("{", "}"):
            node.fault(f"a brace stands alone in {text[:60]!r}: write {{order.quantity}} for a value, {{{{ for a brace")
            return None
        else:
            pieces.append(found[0][0] if found[0] in ("{{", "}}") else found[0])
    term = pieces[0].term if len(pieces) == 1 and isinstance(pieces[0], Valued) else None
    if term is None and (whole := next((each for each in pieces if is_whole(each)), None)) is not None:
        node.fault(f"{whole.term if isinstance(whole, Valued) else whole}; in a text only single values have a place")
        return None
    return Template(tuple(pieces), term, frozenset(hidden))


def is_whole(piece: str | Valued) -> bool:
    """True for what cannot be said within a text."""
    return isinstance(piece, Valued) and piece.term.kind in (Kind.MESSAGE, Kind.LIST, Kind.MAP)


def placeholder(text: str, node: Node, scope: Scope) -> Valued | None:
    """The expression in one pair of braces."""
    draws: dict[str, Given] = {}

    def named(found: re.Match[str]) -> str:
        name = f"random_{len(draws)}"
        draws[name] = draw(found[1], found[2])
        if as_number(found[1]) > as_number(found[2]):
            node.fault(f"the smaller number was expected first in {found[0]}")
        return name

    plain = DRAW.sub(named, text)
    try:
        return scope.value(plain.strip(), draws)
    except ExpressionError as error:
        node.fault(f"in {{{text.strip()[:80]}}}: {scope.reason(error)}")
        return None


def as_number(digits: str) -> int | float:
    """What a range begins or ends with."""
    return float(digits) if "." in digits else int(digits)


def draw(low: str, high: str) -> Given:
    """``random LOW..HIGH``, both included; whole numbers give whole numbers."""
    one, other = as_number(low), as_number(high)
    if isinstance(one, int) and isinstance(other, int):
        first, last = one, max(one, other)
        return Given(Kind.NUMBER, lambda standing: standing.random().randint(first, last))
    return Given(Kind.NUMBER, lambda standing: standing.random().uniform(one, other))


# Words


def words(value: Value, term: Term) -> str:
    """A value within a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return bool_text(value)
    if term.enum is not None and isinstance(value, int):
        return enum_names(term.enum)[value]
    wording = WORDS.get(term.kind)
    return wording(value) if wording is not None else str(value)


def moment(nanos: int) -> str:
    """A time, as ISO 8601."""
    return timestamp_words(*divmod(nanos, NANOS_PER_SECOND))


def span(nanos: int) -> str:
    """A duration."""
    seconds, rest = divmod(abs(nanos), NANOS_PER_SECOND)
    return duration_words(seconds, rest) if nanos >= 0 else duration_words(-seconds, -rest)


def decimal(value: Value) -> str:
    """A decimal with no exponent, unless it is out of all proportion."""
    return f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 100 else str(value)


WORDS: Mapping[Kind, Callable[[Value], str]] = {
    Kind.TIMESTAMP: moment,
    Kind.DURATION: span,
    Kind.DECIMAL: decimal,
    Kind.BYTES: bytes.hex,
}
