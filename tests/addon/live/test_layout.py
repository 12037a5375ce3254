"""Columns."""

from itertools import pairwise

import pytest

from paperknife.live.layout import LAYOUTS, Columns, layout_for
from paperknife_decoders.paint import ANSI, PLAIN, dyed

NOON = 1_900_000_000_482_000_000


@pytest.mark.parametrize(
    ("width", "clock", "size"),
    [(1, 8, 0), (40, 8, 0), (51, 8, 0), (52, 8, 6), (63, 8, 6), (64, 12, 6), (80, 12, 6), (500, 12, 6)],
)
def test_what_a_width_has_room_for(width, clock, size):
    """The size goes first as the terminal gets narrow, then the milliseconds."""
    layout = layout_for(width)
    assert (layout.clock, layout.size) == (clock, size)


def test_wider_terminals_have_more_of_everything():
    """No column shrinks as the terminal grows."""
    for (_, wider), (_, narrower) in pairwise(LAYOUTS):
        assert wider.clock >= narrower.clock
        assert wider.size >= narrower.size
        assert wider.payload >= narrower.payload


def test_payload_column_grows_and_stays():
    """A longer name widens the column for all later lines, up to what the width has room for."""
    columns = Columns()
    wide, narrow = layout_for(160), layout_for(40)
    names = [columns.name("->", label, wide) for label in ("order", "subscribe_response", "order")]
    assert names == ["-> order           ", "-> subscribe_response  ", "-> order               "]
    assert columns.name("->", "subscribe_response", narrow) == "-> subsc…nse  "


def test_head():
    """The time, or a word in its place, and the connection, whose column grows too."""
    columns, layout = Columns(), layout_for(80)
    assert columns.head(NOON, 1, layout) == "17:46:40.482 #1 "
    assert columns.head("2/3", 123, layout) == "         2/3 #123 "
    assert columns.head(NOON, 1, layout) == "17:46:40.482 #1   "


def test_painted():
    """Where there is nothing to paint, or nothing to paint with, nothing is written."""
    assert dyed("x", ANSI.mark, ANSI) == f"{ANSI.mark}x{ANSI.reset}"
    assert dyed("", ANSI.mark, ANSI) == ""
    assert dyed("x", PLAIN.mark, PLAIN) == "x"
