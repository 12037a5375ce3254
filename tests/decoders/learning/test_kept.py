"""What stood for what, within bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.learning.kept import Kept


def test_the_newest_of_a_key_wins_and_the_oldest_go_first() -> None:
    """A key that is put again is a new one."""
    kept = Kept[str](most=2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        kept.put(key, value, 0)
    assert [kept.get(key) for key in "abc"] == [3, None, 4]


def test_texts_are_bounded_all_in_all() -> None:
    """However few pairs there are."""
    kept = Kept[str](most_bytes=10)
    kept.put("a", "x" * 6, 6)
    kept.put("b", "x" * 5, 5)
    assert (kept.get("a"), kept.get("b"), kept.size) == (None, "x" * 5, 5)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.booleans())))
def test_the_size_is_that_of_what_is_there(steps) -> None:
    """Whatever is put and dropped."""
    kept = Kept[int](most=5, most_bytes=40)
    for key, size, is_put in steps:
        if is_put:
            kept.put(key, key, size)
        else:
            kept.drop(key)
        assert kept.size == sum(size for _, size in kept.values.values()) <= 40
        assert len(kept) <= 5
