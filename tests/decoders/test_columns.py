"""Columns of a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.columns import COLOUR, fit, width_of

RED, RESET = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("東京", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("한", 2),
        (f"{RED}ab{RESET}", 2),
        ("…", 1),
        ("👍", 2),
    ],
)
def test_width(text: str, width: int) -> None:
    """Wide characters take two columns, combining marks and colours none."""
    assert width_of(text) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("alice bob", 9, "alice bob"),
        ("alice bob", 8, "alice …"),
        ("alice bob", 0, ""),
        ("alice", 1, "…"),
        ("request_id=123456", 10, "request_i…"),
        ("東京 大阪", 8, "東京 …"),
        ("東京", 3, "東…"),
        ("ask 5021.25 x\x1f12", 17, "ask 5021.25 x 12"),
        ("ask 5021.25 x\x1f12", 15, "ask 5021.25 …"),
        ("3\x1f@\x1f5021.25 LIMIT", 12, "3 @ 5021.25…"),
        (f"{RED}alice{RESET} bob", 8, f"{RED}alice{RESET} {RESET}…"),
        (f"{RED}alice{RESET}", 3, f"{RED}al{RESET}…"),
    ],
)
def test_fit(text: str, width: int, shown: str) -> None:
    """What does not fit ends with an ellipsis, after a whole word where one is near, and with its colour ended."""
    assert fit(text, width, RESET if RED in text else "") == shown


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(-1, 30), st.booleans())
def test_it_always_fits(text: str, width: int, coloured: bool) -> None:
    """Nothing is wider than asked, and what fits is not touched."""
    line = f"{RED}{text[:3]}{RESET}{text[3:]}" if coloured else text
    shown = fit(line, width, RESET)
    assert width_of(shown) <= max(width, 0)
    if width_of(line) <= width:
        assert shown == line
    else:
        assert text.startswith(COLOUR.sub("", shown).removesuffix("…"))
