"""Sequence numbers that go on, or do not."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.stats.courses import Room
from paperknife.stats.numbering import numberings_of
from paperknife.stats.series import Series


@pytest.fixture
def numbering(feed):
    """Ticks, numbered for each symbol."""
    return numberings_of(feed.types["Down"], "tick")[0]


def followed(numbering, numbers, about=("A",), room=None):
    """A series that has seen these numbers, a millisecond apart."""
    series = Series(numbering, room or Room())
    for time_ns, number in enumerate(numbers):
        series.see(1, time_ns, number, about)
    return series


CASES = [
    ("none", [], (0, 0, 0, 0)),
    ("all is well", [1, 2, 3, 4], (0, 0, 0, 0)),
    ("it may begin anywhere", [41, 42], (0, 0, 0, 0)),
    ("unset", [0, 0, 5, 0, 6], (0, 0, 0, 0)),
    ("one missing", [1, 2, 4], (1, 1, 0, 0)),
    ("several", [1, 5, 6, 10], (2, 6, 0, 0)),
    ("a repeat", [1, 2, 2, 3], (0, 0, 1, 0)),
    ("two repeats", [7, 7, 7], (0, 0, 2, 0)),
    ("begins anew", [98, 99, 1, 2, 3], (0, 0, 0, 1)),
    ("begins anew with a gap", [98, 99, 1, 2, 4], (1, 1, 0, 1)),
    ("one comes late", [1, 2, 4, 3, 5], (1, 1, 0, 1)),
    ("sent again", [5, 6, 7, 5, 6, 7, 8], (0, 0, 0, 1)),
    ("sent again, then a gap", [5, 6, 7, 5, 6, 7, 9], (1, 1, 0, 1)),
    ("a repeat of what is sent again", [5, 6, 7, 5, 5, 6, 7, 8], (0, 0, 1, 1)),
    ("back twice", [5, 6, 7, 6, 5, 8], (0, 0, 0, 2)),
    ("behind the greatest comes 1", [2**32 - 2, 2**32 - 1, 0, 1, 2], (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("name", "numbers", "expected"), CASES)
def test_faults(numbering, name, numbers, expected):
    """Gaps, what is missing in them, repeats, steps back."""
    series = followed(numbering, numbers)
    assert astuple(series.each)[:4] == expected
    assert series.counted == len([each for each in numbers if each])


def test_the_first_gap_is_kept(numbering):
    """With its place."""
    first = followed(numbering, [1, 2, 9, 20]).faults.first
    assert (first.time_ns, first.connection, first.about, first.last, first.found) == (2, 1, ("A",), 2, 9)


@given(numbers=st.lists(st.integers(0, 2**64), max_size=60))
def test_numbers_of_a_peer_never_raise(feed, numbers):
    """Whatever they are; and what goes up by one is never at fault."""
    numbering = numberings_of(feed.types["Down"], "tick")[0]
    series = followed(numbering, numbers)
    assert series.counted == len([each for each in numbers if each])
    ups = list(range(1, len(numbers)))
    assert followed(numbering, ups).faults.total == 0


@given(sent=st.sets(st.integers(1, 200), min_size=1))
def test_what_is_missing_is_counted_exactly(feed, sent):
    """Of a rising sequence from which some were taken."""
    numbering = numberings_of(feed.types["Down"], "tick")[0]
    numbers = sorted(sent)
    series = followed(numbering, numbers)
    assert series.faults.missing == numbers[-1] - numbers[0] + 1 - len(numbers)
    assert series.faults.repeats == series.faults.back == 0


def test_each_subject_has_its_own_numbers(numbering):
    """Two symbols, interleaved."""
    series = Series(numbering, Room())
    for number in range(1, 50):
        for symbol in ("A", "B"):
            series.see(1, 0, number, (symbol,))
    assert not series.is_whole
    assert (series.faults.total, series.subjects) == (0, 2)


def test_one_count_for_all_subjects_is_found_out(numbering):
    """A feed that numbers all symbols together has one gap here, not forty."""
    series = Series(numbering, Room())
    for number in [*range(1, 30), *range(32, 60)]:
        series.see(1, 0, number, ("ABC"[number % 3],))
    assert series.is_whole
    assert astuple(series.faults)[:4] == (1, 2, 0, 0)


def test_that_search_ends(numbering):
    """Once it is clear that each subject has its own numbers, nobody looks any more."""
    series = Series(numbering, Room())
    for number in range(1, 700):
        for symbol in ("A", "B"):
            series.see(1, 0, number, (symbol,))
    for _ in range(2000):
        series.see(1, 0, 5, ("A",))
    assert not series.is_whole
    assert (series.faults.back, series.faults.repeats) == (1, 1999)


def test_connections_have_numbers_of_their_own(numbering):
    """And a new one under an old number begins anew once the old one was closed."""
    series = Series(numbering, Room())
    for connection, number in [(1, 5), (2, 90), (1, 6), (2, 91)]:
        series.see(connection, 0, number, ("A",))
    series.close(1)
    series.see(1, 0, 1, ("A",))
    series.see(2, 0, 92, ("A",))
    assert series.faults.total == 0


def test_a_snapshot_renews_what_it_is_about(numbering):
    """One symbol, or all of them where it names none; the others go on as they were."""
    series = Series(numbering, Room())
    for symbol in ("A", "B"):
        series.see(1, 0, 5, (symbol,))
    series.renew_by(1, {"symbol": {"A"}})
    series.see(1, 0, 50, ("A",))
    series.see(1, 0, 7, ("B",))
    assert astuple(series.faults)[:2] == (1, 1)
    series.renew_by(1, {})
    series.see(1, 0, 90, ("A",))
    series.see(1, 0, 91, ("B",))
    assert astuple(series.faults)[:2] == (1, 1)
    series.renew_by(2, {})  # nothing is known of that connection


def test_a_snapshot_of_something_else_renews_nothing(numbering):
    """It says nothing of symbols."""
    series = followed(numbering, [5])
    series.renew_by(1, {"account": {"A"}})
    series.see(1, 0, 7, ("A",))
    assert series.faults.gaps == 1


def test_a_message_can_begin_anew_by_itself(numbering):
    """A flag says so."""
    series = followed(numbering, [5, 6])
    series.see(1, 0, 90, ("A",), True)
    series.see(1, 0, 91, ("A",))
    assert series.faults.total == 0


def test_memory_is_bounded(numbering):
    """Subjects beyond the room are counted as left out; a connection that ends makes room."""
    series = Series(numbering, Room(3))
    for number in (1, 2):
        for symbol in "ABCDE":
            series.see(1, 0, number, (symbol,))
    assert (series.counted, series.left_out, series.subjects) == (6, 4, 3)
    series.close(1)
    series.see(2, 0, 1, ("F",))
    assert series.left_out == 4


def test_long_words_are_not_kept(numbering):
    """They are told apart all the same."""
    series = Series(numbering, Room())
    for number in (1, 2, 4):
        series.see(1, 0, number, ("A" * 10_000,))
        series.see(1, 0, number, ("B" * 10_000,))
    assert astuple(series.faults)[:4] == (2, 2, 0, 0)
    assert all(isinstance(value, int) for value in series.faults.first.about)


def test_what_does_not_count_is_followed(numbering):
    """Its gaps are its own; the next number is measured against it."""
    series = Series(numbering, Room())
    for number, count in [(1, True), (5, False), (6, True), (8, True)]:
        series.see(1, 0, number, ("A",), False, count)
    assert (series.counted, series.each.gaps, series.each.missing) == (3, 1, 1)
