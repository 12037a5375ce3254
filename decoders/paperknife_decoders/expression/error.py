"""What is wrong with an expression: the one error that leaves this package, and the faults that it is made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Hashable, Iterable

from paperknife_decoders.nearest import nearest
from paperknife_decoders.printable import printable

__all__ = ["ExpressionError", "Fault", "closest", "listed"]

EXCERPT_WIDTH = 100
"""Characters of a long expression that are shown around the caret."""

LISTED = 12
"""Names that a sentence lists at most."""


class ExpressionError(ValueError):
    """An expression that cannot be used.

    `reason` is one sentence, `text` the expression, `column` the character it is about (from 1) and `length` how many
    characters are underlined. `str()` is the sentence, then the expression, then the carets: three lines.
    """

    def __init__(self, reason: str, text: str, column: int = 1, length: int = 1) -> None:
        super().__init__(reason, text, column, length)
        self.reason = reason
        self.text = text
        self.column = column
        self.length = max(1, length)

    def __str__(self) -> str:
        # An expression may be folded over several lines of a file; it is shown in one.
        line, start = excerpt(re.sub(r"\s", " ", self.text), self.column - 1)
        # Escapes make text longer: the caret counts what is printed, not what was written.
        before = len(printable(line[:start]))
        length = len(printable(line[start : start + self.length])) or 1
        return f"{self.reason}\n  {printable(line)}\n  {' ' * before}{'^' * length}"


class Fault(Exception):
    """What is wrong with a part in one direction. It only counts if the part is not right in the other one.

    `node` is what to underline. For a name that `owner` has no field of, `name` is it, `names` are the fields that
    there are, `inside` is where it would be right, and `depth` how many steps lead to it, so that the answers of both
    directions can be merged. `key` is the part that is wrong, where that is not the one that was compiled.
    """

    def __init__(self, node: ast.expr, reason: str) -> None:
        super().__init__(reason)
        self.node = node
        self.reason = reason
        self.owner = ""
        self.key: Hashable = None
        self.name = ""
        self.names: tuple[str, ...] = ()
        self.inside = ""
        self.depth = 0


def excerpt(text: str, at: int) -> tuple[str, int]:
    """At most `EXCERPT_WIDTH` characters of `text` around the character `at`, and where that is in them."""
    if len(text) <= EXCERPT_WIDTH:
        return text, at
    start = max(0, min(at - EXCERPT_WIDTH // 2, len(text) - EXCERPT_WIDTH))
    return text[start : start + EXCERPT_WIDTH], at - start


def closest(name: str, names: Iterable[str]) -> str:
    """The one of `names` that `name` was most likely meant to be, or nothing.

    Case and underscores come first: ``orderResponse`` is ``order_response``.
    """
    known = {plain(each): each for each in sorted(names, reverse=True)}
    best = nearest(plain(name), known)
    return known[best[0]] if best else ""


def plain(name: str) -> str:
    """A name without what is most often mistaken in it."""
    return name.replace("_", "").lower()


def listed(names: Iterable[str]) -> str:
    """`names` in one line, the end left out where they are many: ``a, b, c and 7 more``."""
    every = list(names)
    if len(every) <= LISTED:
        return ", ".join(every)
    return f"{', '.join(every[:LISTED])} and {len(every) - LISTED} more"
