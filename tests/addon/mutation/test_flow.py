"""What waits in one direction: order, time, bounds; and that nothing is lost, whatever is asked of it."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.mutation.flow import CLOSE_SECONDS, SHUFFLE_SECONDS, Flow, Limits, is_timed
from paperknife.mutation.verdict import Hold, Throttle, Verdict

TEN = bytes(10)


def verdict(**words) -> Verdict:
    return Verdict(TEN, **words)


CASES = {
    "nothing": ([(0, None), (0, None)], [(0, "ab")]),
    "a delay, and what is behind it": ([(0, verdict(delay=2)), (1, None)], [(1, ""), (2, "ab")]),
    "a shorter delay behind a longer one": ([(0, verdict(delay=2)), (0, verdict(delay=1))], [(1, ""), (2, "ab")]),
    "overtaken": ([(0, verdict(delay=2, overtaken=True)), (1, None)], [(1, "b"), (2, "a")]),
    "two aside, by their times": (
        [(0, verdict(delay=3, overtaken=True)), (0, verdict(delay=1, overtaken=True)), (0, None)],
        [(0, "c"), (1, "b"), (3, "a")],
    ),
    "one lets one go first": ([(0, verdict(window=1)), (0, None), (0, None)], [(0, "bac")]),
    "all let one go first": ([(0, verdict(window=1))] * 4, [(0, "badc")]),
    "one that nobody comes behind": ([(0, verdict(window=1))], [(0, ""), (SHUFFLE_SECONDS, "a")]),
    "three a second": ([(0, verdict(throttle=Throttle("r", 2)))] * 3, [(0, "a"), (0.5, "b"), (0.9, ""), (1, "c")]),
    "by bytes, each has ten": (
        [(0, verdict(throttle=Throttle("r", bytes_per_second=20)))] * 3,
        [(0, "a"), (0.5, "b"), (1, "c")],
    ),
    "by bytes, with a copy of each": (
        [(0, verdict(throttle=Throttle("r", bytes_per_second=20), copies=1))] * 2,
        [(0, "a"), (0.9, ""), (1, "b")],
    ),
    "two a second, with a copy of each": (
        [(0, verdict(throttle=Throttle("r", 2), copies=1))] * 2,
        [(0, "a"), (0.9, ""), (1, "b")],
    ),
    "throttles of two rules": (
        [(0, verdict(throttle=Throttle("r", 1))), (0, verdict(throttle=Throttle("s", 1)))],
        [(0, "ab")],
    ),
    "held, the others pass": ([(0, verdict(hold=Hold("r", 9))), (0, None)], [(0, "b"), (9, "a")]),
    "held in order": ([(0, verdict(hold=Hold("r", 9, in_order=True))), (0, None)], [(0, ""), (9, "ab")]),
    "a delay, then places change": ([(0, verdict(delay=1, window=1)), (0, None)], [(0, ""), (1, "ba")]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_goes_on_when(case) -> None:
    """`due` gives what is ready, in order; `next_time` names the next time at which it has something."""
    put, expected = CASES[case]
    flow: Flow[str] = Flow()
    for letter, (now, how) in zip("abcd", put, strict=False):
        flow.put(letter, 500, now, how)  # we need more for a message than it has bytes
    times = []
    for now, letters in expected:
        if letters:
            times.append(flow.next_time)
        assert "".join(flow.due(now)) == letters
    assert all(asked <= now for asked, (now, letters) in zip(times, [e for e in expected if e[1]], strict=True))
    assert flow.is_empty
    assert (flow.size, flow.next_time, flow.spilt) == (0, None, 0)


def test_the_end_comes_behind_everything() -> None:
    """A close frame waits for what is aside too, but not for ever."""
    flow: Flow[str] = Flow()
    flow.put("late", 1, 0, verdict(delay=1, overtaken=True))
    flow.put_last("close", 0)
    assert flow.due(0.5) == []
    assert flow.due(1) == ["late", "close"]
    flow.put("later", 1, 1, verdict(delay=100))
    flow.put_last("close", 2)
    assert flow.next_time == 2 + CLOSE_SECONDS
    assert flow.due(2 + CLOSE_SECONDS) == ["later", "close"]
    assert flow.next_time is None


def test_the_end_waits_for_nobody_who_would_come_behind_it() -> None:
    """Messages that let others go first go before it."""
    flow: Flow[str] = Flow()
    flow.put("first", 1, 0, verdict(window=5))
    assert flow.due(0) == []
    flow.put_last("close", 0)
    assert flow.due(0) == ["first", "close"]


def test_while_it_is_shut_nothing_goes_on() -> None:
    """And then all that is ready, in order."""
    flow: Flow[str] = Flow()
    flow.shut(5)
    flow.put("a", 1, 0)
    flow.put("b", 1, 1, verdict(delay=1, overtaken=True))
    assert (flow.due(4), flow.next_time) == ([], 5)
    assert flow.due(5) == ["a", "b"]
    assert flow.shut_until == -math.inf


@pytest.mark.parametrize("in_order", [True, False])
def test_what_is_held_goes_on_at_a_word(in_order) -> None:
    """In its place in the line, or where it is by now; once only."""
    flow: Flow[str] = Flow()
    parcel = flow.put("a", 1, 0, verdict(hold=Hold("r", 100, in_order=in_order)))
    flow.put("b", 1, 0)
    assert flow.due(0) == ([] if in_order else ["b"])
    assert flow.settle(parcel, 3)
    assert flow.due(3) == (["a", "b"] if in_order else ["a"])
    assert not flow.settle(parcel, 4)


@pytest.mark.parametrize("limits", [Limits(messages=3), Limits(size=30)])
def test_beyond_the_limits_what_stands_in_front_goes_on(limits) -> None:
    """No more waits than may wait, and what passes before its time is counted."""
    flow: Flow[int] = Flow(limits)
    passed = []
    for number in range(10):
        flow.put(number, 10, 0, verdict(delay=60))
        passed += flow.due(0)
        assert flow.count <= 3
    assert passed == list(range(7))
    assert flow.spilt == 7


def test_places_change_the_same_way_for_the_same_chance() -> None:
    """All of them let others go first: they still go on, at most so far behind, and in the same order each time."""
    orders = []
    for _ in range(2):
        flow: Flow[int] = Flow()
        order, chance = [], random.Random(5)
        for number in range(100):
            flow.put(number, 1, 0, verdict(window=chance.randint(1, 4)))
            order += flow.due(0)
        order += flow.due(SHUFFLE_SECONDS)
        orders.append(order)
    assert orders[0] == orders[1] != sorted(orders[0])
    assert sorted(orders[0]) == list(range(100))
    assert all(place - number <= 8 for place, number in enumerate(orders[0][:90]))


times = st.floats(0, 3)
verdicts = st.none() | st.builds(
    Verdict,
    st.just(b""),
    delay=times,
    overtaken=st.booleans(),
    window=st.integers(0, 5),
    throttle=st.none() | st.builds(Throttle, st.sampled_from("rs"), st.floats(0, 100), st.floats(0, 1e6)),
    hold=st.none() | st.builds(Hold, st.just("h"), times, st.booleans()),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(times, verdicts, st.booleans()), max_size=40), st.integers(1, 50), st.booleans())
def test_nothing_is_lost_or_doubled(steps, most, ends) -> None:
    """Whatever is put in comes out once, in bounded time, and the alarm is never late or in vain for long."""
    flow: Flow[int] = Flow(Limits(messages=most))
    now, out = 0.0, []
    for number, (later, how, settle) in enumerate(steps):
        now += later / 10
        parcel = flow.put(number, number, now, how)
        if settle:
            flow.settle(parcel, now)
        out += flow.due(now)
        assert flow.count <= most
    if ends:
        flow.put_last(-1, now)
        out += flow.due(now)
    for _ in range(10 * len(steps) + 10):
        if flow.is_empty:
            break
        assert flow.next_time is not None
        now = max(now, flow.next_time)
        out += flow.due(now)
    assert flow.is_empty
    assert flow.size == 0
    assert sorted(out) == sorted([*range(len(steps)), *([-1] if ends else [])])
    assert not ends or out[-1] == -1
    plain = [number for number, (_, how, _) in enumerate(steps) if how is None]
    assert [number for number in out if number in plain] == plain


def test_what_is_timed() -> None:
    """All that makes a message wait."""
    assert not is_timed(verdict(copies=3, stall=2))
    assert all(
        is_timed(verdict(**{name: value}))
        for name, value in {"delay": 1, "window": 1, "hold": Hold("r"), "throttle": Throttle("r", 1)}.items()
    )


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_what_is_due_may_be_had_in_parts(most) -> None:
    """The same in the same order, whatever lets others go first, and a close frame behind it."""

    def filled() -> Flow[str]:
        flow: Flow[str] = Flow()
        for number in range(12):
            flow.put(str(number), 1, 0, Verdict(b"", window=number % 3, overtaken=number % 4 == 0))
        flow.put_last("close", 0)
        return flow

    flow, parts = filled(), []
    while part := flow.due(1, most):
        assert len(part) <= most + 12
        parts += part
    assert parts == filled().due(1)
    assert parts[-1] == "close"
