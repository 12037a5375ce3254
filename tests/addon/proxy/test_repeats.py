"""Warnings that come again and again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.proxy.repeats import KEPT, Repeats

# what comes: (seconds, text), then what is said at once, then the counts at 10 s
CASES = {
    "one": ([(0, "a")], ["a"], []),
    "the same": ([(0, "a"), (1, "a"), (4.9, "a")], ["a"], ["Again, 2 times in 10.0 s: a"]),
    "once more": ([(0, "a"), (1, "a")], ["a"], ["Again, once in 10.0 s: a"]),
    "the same after a while": ([(0, "a"), (5, "a")], ["a", "a"], []),
    "different": ([(0, "a"), (0, "b")], ["a", "b"], []),
    "alike": (
        [(0, f"port {number} at 0x{number:x}f") for number in range(9)],
        ["port 0 at 0x0f", "port 1 at 0x1f", "port 2 at 0x2f"],
        ["Again, 6 times in 10.0 s: port 8 at 0x8f"],
    ),
    "several lines": ([(0, "a\n  b"), (0, "a\n  b")], ["a\n  b"], ["Again, once in 10.0 s: a ..."]),
}


@pytest.mark.parametrize(("come", "said", "counts"), CASES.values(), ids=CASES)
def test_said_and_counted(come, said, counts):
    """The first is said, those alike are counted, and the count comes later."""
    repeats = Repeats()
    assert [text for now, text in come if repeats.takes(text, now)] == said
    assert list(repeats.counts(10)) == counts
    assert list(repeats.counts(10)) == []


def test_a_flood_is_counted_at_most_every_few_seconds():
    """As long as it lasts there is one count in each span, and the first after it is said again."""
    repeats, counts = Repeats(seconds=5), []
    for tenth in range(200):
        assert repeats.takes("a", tenth / 10) is (tenth == 0)
        counts += repeats.counts(tenth / 10)
    assert counts == [
        "Again, 50 times in 5.0 s: a",
        "Again, 50 times in 5.0 s: a",
        "Again, 50 times in 5.0 s: a",
    ]
    assert list(repeats.counts(20, all_of_them=True)) == ["Again, 49 times in 5.0 s: a"]
    assert list(repeats.counts(25)) == []
    assert repeats.takes("a", 25)


def test_the_end_does_not_wait():
    """What was counted is told at the end, however soon that is."""
    repeats = Repeats()
    for _ in range(3):
        repeats.takes("a", 0)
    assert list(repeats.counts(0)) == []
    assert list(repeats.counts(0, all_of_them=True)) == ["Again, 2 times in 0.1 s: a"]


@given(st.lists(st.tuples(st.floats(0, 9), st.sampled_from(["a", "b", "c 1", "c 2"])), max_size=30))
def test_nothing_is_lost(come):
    """What is said and what is counted are together what came."""
    repeats = Repeats()
    told = 0
    for now, text in sorted(come):
        told += repeats.takes(text, now) + sum(map(times, repeats.counts(now)))
    assert told + sum(map(times, repeats.counts(9, all_of_them=True))) == len(come)


def times(count: str) -> int:
    """The number in a sentence that counts."""
    return 1 if "once" in count else int(count.split()[1].replace(",", ""))


def test_memory_is_bounded():
    """A peer that makes up names does not make us remember them all."""
    repeats = Repeats()
    for number in range(1000):
        repeats.takes("x" * number, 0)
    assert len(repeats.kinds) == KEPT
