"""What was done to a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.splice.aligned import MOST, Added, Changed, Removed, aligned

CASES = [
    ("", "", []),
    ("abc", "abc", []),
    ("abc", "axc", [Changed(1, 1)]),
    ("abc", "cba", [Changed(2, 2), Changed(0, 0)]),
    ("abc", "ac", [Removed(1)]),
    ("abc", "abxc", [Added(2, 2)]),
    ("abc", "abcx", [Added(3, 3)]),
    ("abc", "xyabc", [Added(0, 1), Added(0, 0)]),
    ("abcd", "axd", [Removed(2), Changed(1, 1)]),
]


@pytest.mark.parametrize(("before", "after", "steps"), CASES, ids=str)
def test_steps(before: str, after: str, steps: list) -> None:
    """What stays is not named, and steps go from the end to the start."""
    assert list(aligned(before, after)) == steps


def remade(before: list[int], after: list[int]) -> list[int]:
    result = list(before)
    for step in aligned(before, after):
        match step:
            case Changed(at, to):
                result[at] = after[to]
            case Removed(at):
                del result[at]
            case Added(at, to):
                result.insert(at, after[to])
    return result


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_the_steps_make_the_one_of_the_other(before: list[int], after: list[int]) -> None:
    """Taken one after the other, in the order given."""
    assert remade(before, after) == after


def test_very_long_lists() -> None:
    """Nothing is searched for in lists that share neither start nor end."""
    before, after = list(range(MOST)), list(range(10, MOST + 20))
    assert remade(before, after) == after
