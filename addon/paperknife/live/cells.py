"""How many columns of a terminal a text takes, colours left out."""

from __future__ import annotations

import re
import unicodedata

from paperknife_decoders.printable import elide

__all__ = ["cells", "clip", "fill", "fit"]

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""What `Paint` writes (ECMA-48, SGR); a peer's own escape characters never get this far."""

WIDE = ("W", "F")


def cells(text: str) -> int:
    """The columns of printable `text`, which may hold our colours."""
    if "\x1b" in text:
        text = COLOUR.sub("", text)
    if text.isascii():
        return len(text)
    return sum(cells_of(char) for char in text)


def cells_of(char: str) -> int:
    """0 for what combines with the character before, 2 for wide ones (Unicode Annex 11), else 1."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in WIDE else 1


def fill(text: str, width: int) -> str:
    """`text` with spaces behind it up to `width` columns."""
    return text + " " * (width - cells(text))


def fit(text: str, width: int) -> str:
    """Plain `text` in at most `width` columns, its middle left out where it is longer."""
    limit = width
    while cells(shorter := elide(text, limit) if limit > 0 else "") > width:
        limit -= 1
    return shorter


def clip(text: str, width: int) -> str:
    """Plain `text` in at most `width` columns, its end left out where it is longer."""
    if cells(text) <= width:
        return text
    kept = text[: max(width - 1, 0)]
    while cells(kept) > width - 1 and kept:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if width > 0 else ""
