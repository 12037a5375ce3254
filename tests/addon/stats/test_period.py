"""Lengths of time as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.stats.period import period_from


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        (" ", None),
        ("10s", 10),
        ("10", 10),
        ("0.5 s", 0.5),
        ("500ms", 0.5),
        ("1min", 60),
        ("2m", 120),
        ("2h", 7200),
    ],
)
def test_times(text, seconds):
    """In seconds; none for no text."""
    assert period_from(text) == seconds


@pytest.mark.parametrize("text", ["soon", "-1s", "10 parsecs", "s", "1e9s", "0s", "1ms", "9" * 400])
def test_mistakes(text):
    """A sentence says what was expected."""
    with pytest.raises(ValueError, match=r"a time (such as 10s|of at least 0.1 s)"):
        period_from(text)


@given(st.text())
def test_nothing_else_is_raised(text):
    """For any text."""
    try:
        assert period_from(text) is None or period_from(text) >= 0.1
    except ValueError as error:
        assert "was expected" in str(error)
