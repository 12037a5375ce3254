"""Times and durations as a user writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.expression.literals import duration_from, timestamp_from

DURATIONS = [
    ("20s", 20 * 10**9),
    ("1.5s", 1_500_000_000),
    ("-20ms", -20_000_000),
    ("3us", 3_000),
    ("3µs", 3_000),
    ("7ns", 7),
    ("1h30m", 5400 * 10**9),
    ("2d", 2 * 86400 * 10**9),
    ("20", None),
    ("s", None),
    ("", None),
    ("1.s", None),
    ("20 s", None),
    ("20sx", None),
    ("1e3s", None),
    ("--1s", None),
]


@pytest.mark.parametrize(("text", "nanoseconds"), DURATIONS)
def test_duration(text, nanoseconds):
    """A duration is numbers with units; anything else is none."""
    assert duration_from(text) == nanoseconds


TIMES = [
    ("1970-01-01T00:00:00Z", 0),
    ("1970-01-01", 0),
    ("1970-01-01T00:00:01", 10**9),
    ("1970-01-01T02:00:01+02:00", 10**9),
    ("1970-01-01T00:00:00.5Z", 500_000_000),
    ("1970-01-01T00:00:00.123456789Z", 123_456_789),
    ("1969-12-31T23:59:59Z", -(10**9)),
    ("noon", None),
    ("", None),
    ("2026-13-01", None),
    ("20s", None),
]


@pytest.mark.parametrize(("text", "nanoseconds"), TIMES)
def test_timestamp(text, nanoseconds):
    """An ISO 8601 text is a time, in UTC where it names no zone; all its nine digits count."""
    assert timestamp_from(text) == nanoseconds


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text):
    """No text raises."""
    assert isinstance(duration_from(text), int | None)
    assert isinstance(timestamp_from(text), int | None)
