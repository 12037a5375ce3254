"""Cells of a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.cells import clip, fill, squeeze, wrap
from paperknife_decoders.columns import width_of


@given(st.text(), st.integers(0, 40))
def test_what_is_shortened_fits(text, width):
    """`squeeze` and `clip` never take more than the columns they are given, and leave alone what fits."""
    for shorten in (squeeze, clip):
        assert width_of(shorten(text, width)) <= width
        if len(text) <= width and width_of(text) <= width:
            assert shorten(text, width) == text


def test_squeeze_keeps_both_ends():
    """Names that begin alike are told apart by how they end."""
    assert squeeze("subscribe_response", 14) == "subscrib…ponse"


def test_clip_keeps_the_beginning():
    """A phrase says the most first."""
    assert clip("does not parse as Order", 14) == "does not pars…"


def test_fill():
    """Colours take no room, wide characters take two columns."""
    assert fill("ab", 4) == "ab  "
    assert fill("\x1b[2mab\x1b[0m", 4) == "\x1b[2mab\x1b[0m  "
    assert fill("日", 4) == "日  "
    assert fill("abcd", 2) == "abcd"


@pytest.mark.parametrize(
    ("text", "width", "wrapped"),
    [
        ("", 5, ""),
        ("a bc def", 8, "a bc def"),
        ("a bc def", 7, "a bc\n  def"),
        ("a  bc", 4, "a\n  bc"),
        ("abcdefgh i", 4, "abcdefgh\n  i"),
        ("東京 大阪 x", 6, "東京\n  大阪 x"),
    ],
)
def test_wrap(text, width, wrapped):
    """Lines break at spaces only, and all but the first are indented."""
    assert wrap(text, width, 2) == wrapped
