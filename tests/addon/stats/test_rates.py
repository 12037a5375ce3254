"""Counts."""

import pytest

from paperknife.stats.rates import Rate

SECOND = 10**9

CASES = [
    ("nothing", [], (0, 0, 0, 0)),
    ("one", [(1, 40, 40, 5 * SECOND)], (1, 40, 40, 1)),
    ("the largest", [(1, 40, 40, 0), (2, 70, 60, 1)], (3, 110, 60, 3)),
    ("a second of the clock", [(3, 3, 1, SECOND - 1), (2, 2, 1, SECOND), (2, 2, 1, 2 * SECOND - 1)], (7, 7, 1, 4)),
    ("a peak that is over", [(9, 9, 1, 0), (1, 1, 1, 5 * SECOND)], (10, 10, 1, 9)),
]


@pytest.mark.parametrize(("name", "added", "expected"), CASES)
def test_counts(name, added, expected):
    """Messages, bytes, the largest, and the most within a second."""
    rate = Rate()
    for row in added:
        rate.add(*row)
    assert (rate.messages, rate.size, rate.largest, rate.peak) == expected


def test_times_come_in_any_order():
    """The first is the earliest, the last the latest."""
    rate = Rate()
    for time_ns in (50, 20, 90, 60):
        rate.add(1, 1, 1, time_ns)
    assert (rate.first_ns, rate.last_ns) == (20, 90)
