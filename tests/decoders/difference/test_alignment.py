"""Which elements of two lists belong together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.difference.alignment import MOST_ALIGNED, pairs_of

CASES = [
    ("", "", []),
    ("abc", "abc", []),
    ("abc", "axc", [(1, 1)]),
    ("abc", "ac", [(1, None)]),
    ("ac", "abc", [(None, 1)]),
    ("abcd", "bcde", [(0, None), (None, 3)]),
    ("", "ab", [(None, 0), (None, 1)]),
    ("abc", "xyz", [(0, 0), (1, 1), (2, 2)]),
    ("abc", "x", [(0, 0), (1, None), (2, None)]),
    ("aaaa", "aa", [(2, None), (3, None)]),
]


@pytest.mark.parametrize(("expected", "found", "pairs"), CASES)
def test_elements_are_aligned_where_some_were_put_in_or_taken_out(expected, found, pairs) -> None:
    """What is equal is left out."""
    assert list(pairs_of(expected, found)) == pairs


def test_long_lists_are_taken_by_index() -> None:
    """To align them would take too long."""
    expected, found = [*range(MOST_ALIGNED + 1)], [*range(1, MOST_ALIGNED + 2)]
    assert list(pairs_of(expected, found)) == [(at, at) for at in range(MOST_ALIGNED + 1)]


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_what_is_not_told_is_equal_and_in_order(expected, found) -> None:
    """So nothing is told of two lists only if they are equal."""
    pairs = list(pairs_of(expected, found))
    ours = {one for one, _ in pairs}
    theirs = {other for _, other in pairs}
    assert [each for at, each in enumerate(expected) if at not in ours] == [
        each for at, each in enumerate(found) if at not in theirs
    ]
    assert all(one is None or other is None or expected[one] != found[other] for one, other in pairs)
    assert (pairs == []) is (expected == found)
