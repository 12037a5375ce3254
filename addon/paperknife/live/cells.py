"""Plain text made to fit a column of the terminal."""

from __future__ import annotations

from paperknife_decoders.columns import width_of
from paperknife_decoders.printable import elide

__all__ = ["clip", "fill", "squeeze", "wrap"]


def fill(text: str, width: int) -> str:
    """`text`, which may hold colours, with spaces behind it up to `width` columns."""
    return text + " " * (width - width_of(text))


def wrap(text: str, width: int, indent: int) -> str:
    """A plain `text` broken at spaces into lines of at most `width` columns, all but the first after `indent` spaces.

    Words are never broken: a URL that is too long for a line is left to the terminal, and can be copied in one piece.
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(lines[-1]) + 1 + width_of(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return ("\n" + " " * indent).join(line.rstrip() for line in lines)


def squeeze(name: str, width: int) -> str:
    """A plain `name` in at most `width` columns, its middle left out where it is longer: both ends tell names apart."""
    limit = width
    while width_of(shorter := elide(name, limit) if limit > 0 else "") > width:
        limit -= 1
    return shorter


def clip(phrase: str, width: int) -> str:
    """A plain `phrase` in at most `width` columns, its end left out where it is longer: it says the most first."""
    if width_of(phrase) <= width:
        return phrase
    kept = phrase[: max(width - 1, 0)]
    while width_of(kept) > width - 1 and kept:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if width > 0 else ""
