"""Points in time that are plain numbers or texts."""

from __future__ import annotations

import pytest

from paperknife_decoders.moments import is_time

S = 1_700_000_000

TIMES = [S, S * 1000, S * 10**6, S * 10**9, float(S), str(S), "2026-01-02", "2026-01-02T03:04:05.123+01:00", "03:04:05"]
NO_TIMES = [
    0,
    1,
    -S,
    True,
    None,
    10**30,
    "",
    "x",
    "12",
    "12345678x",
    float("nan"),
    float("inf"),
    b"2026-01-02",
    "9" * 99,
]


@pytest.mark.parametrize("value", TIMES)
def test_points_in_time(value) -> None:
    """In any unit since 1970, or as a text."""
    assert is_time(value)


@pytest.mark.parametrize("value", NO_TIMES)
def test_other_values_are_none(value) -> None:
    """Whatever they are called."""
    assert not is_time(value)
