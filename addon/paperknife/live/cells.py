"""Names and numbers made to fill a column of exactly so many cells of a terminal."""

from __future__ import annotations

from paperknife_decoders.columns import width_of
from paperknife_decoders.printable import elide

__all__ = ["fill", "squeeze"]


def fill(text: str, width: int) -> str:
    """`text`, which may hold colours, with spaces behind it up to `width` columns."""
    return text + " " * (width - width_of(text))


def squeeze(name: str, width: int) -> str:
    """A plain `name` in at most `width` columns, its middle left out where it is longer: both ends tell names apart."""
    limit = width
    while width_of(shorter := elide(name, limit) if limit > 0 else "") > width:
        limit -= 1
    return shorter
