"""The columns of a line, and how wide they are on this terminal now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from paperknife.live.amounts import clock_text
from paperknife.live.cells import fill, squeeze

__all__ = ["Columns", "Layout", "layout_for"]

CLOCK_CELLS = len("14:03:21.482")
SHORT_CLOCK_CELLS = len("14:03:21")
SIZE_CELLS = len("1.2 kB")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a width has room for: the columns for the time and the size, and the bound of the column for the payload."""

    clock: int
    size: int
    payload: int


LAYOUTS = (
    (120, Layout(CLOCK_CELLS, SIZE_CELLS, 28)),
    (100, Layout(CLOCK_CELLS, SIZE_CELLS, 20)),
    (64, Layout(CLOCK_CELLS, SIZE_CELLS, 14)),
    (52, Layout(SHORT_CLOCK_CELLS, SIZE_CELLS, 14)),
    (0, Layout(SHORT_CLOCK_CELLS, 0, 9)),
)
"""For a terminal of at least so many columns, widest first: what tells least goes first."""


@lru_cache(maxsize=16)
def layout_for(width: int) -> Layout:
    """What a terminal of `width` columns has room for."""
    return next(layout for least, layout in LAYOUTS if width >= least)


@dataclass(slots=True)
class Columns:
    """Widths that grow with what was seen, as far as the layout lets them, and never shrink: lines stay aligned."""

    payload: int = 14
    number: int = 2

    def head(self, time: int | str, connection: int, layout: Layout) -> str:
        """The first two columns with a space behind each; for `time` nanoseconds, or a word instead."""
        number = f"#{connection}" if connection else ""
        self.number = max(self.number, len(number))
        word = clock_text(time)[: layout.clock] if isinstance(time, int) else time
        return f"{word:>{layout.clock}} {number:<{self.number}} "

    def name(self, sign: str, label: str, layout: Layout) -> str:
        """The sign of a direction and what names the line, with the space up to what it says."""
        self.payload = max(self.payload, len(label))
        width = min(self.payload, layout.payload)
        return name_cells(sign, label, width)


@lru_cache(maxsize=256)
def name_cells(sign: str, label: str, width: int) -> str:
    """A sign and a name in `width` columns; there are few names."""
    return f"{sign} {fill(squeeze(label, width), width)}  "
