"""Amounts as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.amounts import clock_text, count_text, latency_text, rfc3339, rfc3339_or_none, size_text, span_text

MS, S = 10**6, 10**9


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (41, "41 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1234, "1.2 kB"),
        (9949, "9.9 kB"),
        (9950, "10 kB"),
        (187_400, "187 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_400_000, "3.4 MB"),
        (7_000_000_000, "7.0 GB"),
        (10**15, "1,000.0 TB"),
    ],
)
def test_size(size, text):
    """Sizes are decimal, with two or three digits."""
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "+0.00 ms"),
        (310_000, "+0.31 ms"),
        (994_999, "+0.99 ms"),
        (995_000, "+1.0 ms"),
        (1_900_000, "+1.9 ms"),
        (240 * MS, "+240 ms"),
        (999_400_000, "+999 ms"),
        (999_900_000, "+1.0 s"),
        (12_300 * MS, "+12.3 s"),
        (200 * S, "+3m20s"),
    ],
)
def test_latency(nanoseconds, text):
    """Latencies keep two or three digits that matter."""
    assert latency_text(nanoseconds) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (-5, "0 ms"),
        (12 * MS, "12 ms"),
        (3_240 * MS, "3.2 s"),
        (59_960 * MS, "1m00s"),
        (200 * S, "3m20s"),
        (3600 * S - 1, "1h00m"),
        (7500 * S, "2h05m"),
        (4 * 86400 * S + 2 * 3600 * S, "4d02h"),
    ],
)
def test_span(nanoseconds, text):
    """Lengths of time are told in the two units that matter; a clock that went backwards gives none."""
    assert span_text(nanoseconds) == text


@given(st.integers(0, 10**12 - 10**9), st.integers(0, 995 * S))
def test_amounts_fit_their_columns(size, nanoseconds):
    """A size takes six columns and a latency eight at most."""
    assert len(size_text(size)) <= 6
    assert len(latency_text(nanoseconds)) <= 8


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [(1_900_000_000_482_900_000, "17:46:40.482"), (1_900_000_001_000_000_000, "17:46:41.000"), (0, "00:00:00.000")],
)
def test_clock(time_ns, text):
    """The clock shows milliseconds, never rounded up into the next second."""
    assert clock_text(time_ns) == text


def test_rfc3339():
    """A time for programs is in UTC and keeps its nanoseconds."""
    assert rfc3339(1_900_000_000_482_900_007) == "2030-03-17T17:46:40.482900007Z"


@pytest.mark.parametrize(("count", "text"), [(0, "0 lines"), (1, "1 line"), (12_345, "12,345 lines")])
def test_count(count, text):
    """Counts agree with their nouns."""
    assert count_text(count, "line") == text


def test_a_time_that_no_calendar_has():
    """A hostile recording has it; 0 is no time at all."""
    assert rfc3339_or_none(1) == rfc3339(1)
    assert rfc3339_or_none(0) is None
    assert rfc3339_or_none(2**64 * 1000) is None
