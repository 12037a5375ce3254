"""How many columns of a terminal a text takes, and how it is made to fit."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["TIE", "fit", "width_of"]

COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
"""What `paint` writes around words. A peer's own escapes are gone before a text comes here."""

TIE = "\x1f"
"""Stands for a space at which no line ends, as within ``3 @ 5021.50``. No peer's text has it: it is not printable."""

LOOK_BACK = 24
"""How many columns are given up so that a line ends after a whole word."""


def width_of(text: str) -> int:
    """The columns that `text` takes; colours take none, combining marks neither, East Asian wide characters two."""
    plain = COLOUR.sub("", text) if "\x1b" in text else text
    return len(plain) if plain.isascii() else sum(map(char_width, plain))


def char_width(char: str) -> int:
    """0, 1 or 2 columns (Unicode Standard Annex #11; ambiguous characters are narrow)."""
    if char < "\u0300":
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, width: int, reset: str = "") -> str:
    """`text` in at most `width` columns, ended by ``…`` where it does not fit, after a whole word where one is near.

    `reset` ends a colour that would otherwise run on behind the cut. Each `TIE` becomes a space.
    """
    if (len(text) <= width and text.isascii()) or width_of(text) <= width:
        return text.replace(TIE, " ")
    if width < 1:
        return ""
    head = text[: width - 1] if text.isascii() and "\x1b" not in text else head_of(text, width - 1)
    space = head.rfind(" ")
    if space >= 0 and width_of(head[space:]) <= min(LOOK_BACK, width * 2 // 3):
        head = head[: space + 1]
    return f"{head}{reset}…".replace(TIE, " ")


def head_of(text: str, width: int) -> str:
    """The first characters of `text` that take at most `width` columns, with the colours between them."""
    end = column = 0
    for part in COLOUR.split(text):
        if not part.startswith("\x1b"):
            for char in part:
                column += char_width(char)
                if column > width:
                    return text[:end]
                end += 1
        else:
            end += len(part)
    return text
