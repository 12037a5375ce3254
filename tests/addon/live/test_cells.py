"""Widths on a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.cells import cells, clip, fill, fit


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("order", 5),
        ("\x1b[2;3morder\x1b[0m", 5),
        ("日本", 4),
        ("\x1b[33m日本\x1b[0m", 4),
        ("cafe\u0301", 4),
        ("…", 1),
        ("👍", 2),
    ],
)
def test_cells(text, width):
    """Colours take no column, wide characters two, combining ones none."""
    assert cells(text) == width


@given(st.text(), st.integers(0, 40))
def test_shortened_text_fits(text, width):
    """`fit` and `clip` never take more than the columns they are given, and leave alone what fits."""
    for shorten in (fit, clip):
        assert cells(shorten(text, width)) <= width
        if len(text) <= width and cells(text) <= width:
            assert shorten(text, width) == text


def test_fit_and_clip():
    """`fit` keeps both ends of a name, `clip` the beginning of a sentence."""
    assert fit("subscribe_response", 14) == "subscrib…ponse"
    assert clip("does not parse as Order", 14) == "does not pars…"
    assert fill("ab", 4) == "ab  "
