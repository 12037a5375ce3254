"""Heartbeats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.stats.beats import MOST_CONNECTIONS, Beats, Regularity

SECOND = 10**9


def beaten(seconds, connection=1):
    """Heartbeats at these seconds."""
    beats = Beats()
    for second in seconds:
        beats.see(connection, round(second * SECOND))
    return beats


CASES = [
    ("none", [], 0, Regularity(0)),
    ("one says nothing of a period", [5], 99, Regularity(1)),
    ("regular", [0, 2, 4, 6], 7, Regularity(4, 2 * SECOND, 0, 2 * SECOND, 6 * SECOND)),
    ("one missed", [0, 2, 4, 8, 10], 10, Regularity(5, 2 * SECOND, 0, 4 * SECOND, 8 * SECOND, 1, 1)),
    ("three missed", [0, 2, 4, 12, 14, 16], 16, Regularity(6, 2 * SECOND, 0, 8 * SECOND, 12 * SECOND, 1, 3)),
    (
        "late, but not missed",
        [0, 2, 4, 6.9, 8.9],
        9,
        Regularity(5, 2225 * 10**6, 389711432, 2900 * 10**6, 6900 * 10**6),
    ),
    ("silence at the end", [0, 2, 4], 11, Regularity(3, 2 * SECOND, 0, 7 * SECOND, 11 * SECOND, 1, 3)),
    ("all at once", [1, 1, 1], 5, Regularity(3, 0, 0, 0, SECOND)),
]


@pytest.mark.parametrize(("name", "seconds", "now", "expected"), CASES)
def test_regularity(name, seconds, now, expected):
    """Period, jitter, the longest interval and its end, gaps, and what is missing in them."""
    found = beaten(seconds).regularity(now * SECOND)
    assert (found.count, found.gaps, found.missed) == (expected.count, expected.gaps, expected.missed)
    assert found.period_ns == pytest.approx(expected.period_ns, abs=1)
    assert found.jitter_ns == pytest.approx(expected.jitter_ns, rel=1e-6, abs=1)
    if name != "all at once":
        assert (found.longest_ns, found.longest_end_ns) == (expected.longest_ns, expected.longest_end_ns)


def test_a_connection_that_was_closed_waits_no_more():
    """What is missing before its end counts; what comes after it does not."""
    beats = beaten([0, 2, 4])
    beats.close(1, 5 * SECOND)
    assert beats.regularity(1000 * SECOND).gaps == 0
    silent = beaten([0, 2, 4])
    silent.close(1, 9 * SECOND)
    found = silent.regularity(1000 * SECOND)
    assert (found.gaps, found.missed, found.longest_ns, found.longest_end_ns) == (1, 2, 5 * SECOND, 9 * SECOND)


def test_connections_beat_for_themselves():
    """Two of them, out of step."""
    beats = Beats()
    for second in range(0, 10, 2):
        beats.see(1, second * SECOND)
        beats.see(2, second * SECOND + SECOND // 2)
    found = beats.regularity(9 * SECOND)
    assert (found.count, found.period_ns, found.gaps) == (10, 2 * SECOND, 0)


def test_the_connections_that_are_remembered_are_bounded():
    """The oldest go first."""
    beats = Beats()
    for connection in range(MOST_CONNECTIONS + 50):
        beats.see(connection, 0)
    assert len(beats._last) == MOST_CONNECTIONS


@given(st.lists(st.integers(0, 2**63)), st.integers(0, 2**63))
def test_times_never_raise(times, now):
    """Whatever a clock says."""
    beats = Beats()
    for time_ns in times:
        beats.see(1, time_ns)
    assert beats.regularity(now).count == len(times)
