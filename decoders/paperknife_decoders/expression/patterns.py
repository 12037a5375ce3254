"""Regular expressions of the user, run over text of a peer: bounded in what they may be and in what they see.

Python's `re` backtracks and cannot be interrupted, and the proxy waits for it. So a pattern that could take exponential
time (a repetition inside a repetition) is refused, long powers are refused, and only the first characters of a text are
searched.
"""

from __future__ import annotations

import re
import warnings
from itertools import pairwise

__all__ = ["SEARCHED", "BadPattern", "compile_pattern"]

SEARCHED = 256
"""Characters of a text that a pattern sees."""

MAX_REPEATS = 3
"""Repetitions without an upper bound in one pattern: time grows with the power of their number."""

TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?[^)]*?[:=!>]|\?[aiLmsux-]+\)|\?P<\w+>)?|\)|[*+]|\{\d*,\d*\}|\{\d+\}|.", re.S
)


class BadPattern(Exception):
    """The sentence why a pattern cannot be used."""


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled `pattern`; raises `BadPattern`."""
    try:
        with warnings.catch_warnings():
            # What a future Python may read differently is no concern of the user's today.
            warnings.simplefilter("ignore")
            compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadPattern(f"this is no regular expression: {error}") from None
    if repeats_nest(pattern):
        raise BadPattern(
            "in this pattern a repetition or a choice is repeated, as in (a+)+; on a peer's text that may take for ever"
        )
    if unbounded(pattern) > MAX_REPEATS:
        raise BadPattern(
            f"a pattern has at most {MAX_REPEATS} of * and + and {{n,}}; on a peer's text more could take long"
        )
    return compiled


def tokens(pattern: str) -> list[str]:
    """The pattern's pieces: escapes, character sets, brackets, repetitions, single characters."""
    return [found[0] for found in TOKEN.finditer(pattern)]


def repeats(token: str) -> bool:
    """True for a repetition without a small upper bound."""
    if token in ("*", "+"):
        return True
    bounds = re.fullmatch(r"\{(\d*)(?:,(\d*))?\}", token)
    return bounds is not None and (bounds[2] == "" or int(bounds[2] or bounds[1] or 0) > 16)


def unbounded(pattern: str) -> int:
    """How many repetitions there are."""
    return sum(map(repeats, tokens(pattern)))


def repeats_nest(pattern: str) -> bool:
    """True where a group that holds a repetition or a choice is itself repeated."""
    pieces = tokens(pattern)
    risky = [False]
    for piece, following in pairwise([*pieces, ""]):
        if piece[0] == "(" and not piece.endswith(")"):
            risky.append(False)
        elif piece == ")" and len(risky) > 1:
            inner = risky.pop()
            if inner and repeats(following):
                return True
            risky[-1] |= inner
        elif repeats(piece) or piece in ("|", "?"):
            risky[-1] = True
    return False
