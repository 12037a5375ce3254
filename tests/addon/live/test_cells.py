"""Cells of a table."""

from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.cells import fill, squeeze
from paperknife_decoders.columns import width_of


@given(st.text(), st.integers(0, 40))
def test_a_squeezed_name_fits(name, width):
    """`squeeze` never takes more than the columns it is given, and leaves alone what fits."""
    assert width_of(squeeze(name, width)) <= width
    if len(name) <= width and width_of(name) <= width:
        assert squeeze(name, width) == name


def test_squeeze_keeps_both_ends():
    """Names that begin alike are told apart by how they end."""
    assert squeeze("subscribe_response", 14) == "subscrib…ponse"


def test_fill():
    """Colours take no room, wide characters take two columns."""
    assert fill("ab", 4) == "ab  "
    assert fill("\x1b[2mab\x1b[0m", 4) == "\x1b[2mab\x1b[0m  "
    assert fill("日", 4) == "日  "
    assert fill("abcd", 2) == "abcd"
