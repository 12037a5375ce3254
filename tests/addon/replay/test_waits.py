"""What the recorded client had heard, and has not come yet."""

from __future__ import annotations

from paperknife.replay.comparison import Heard
from paperknife.replay.waits import Waits

TICK = Heard(("stream", "server", "tick"), "tick")
NOTICE = Heard(("alone", "server", "notice", frozenset()), "notice")
OTHER_NOTICE = Heard(("alone", "server", "notice", frozenset({("symbol", "X")})), "notice")


def answer(number: int) -> Heard:
    return Heard(("answer", number), "response")


def test_what_has_come_is_waited_for_no_more() -> None:
    """Answers by their request, all else by its payload; streams are counted by themselves."""
    waits = Waits()
    for each in (answer(1), answer(1), NOTICE, TICK):
        waits.recorded(each)
    assert (waits.open, waits.open_in_streams) == (3, 1)
    assert waits.came(answer(1))
    assert not waits.came(answer(2))
    assert waits.came(OTHER_NOTICE)
    assert waits.came(TICK)
    assert (waits.open, waits.open_in_streams) == (1, 0)
    assert waits.first() == ("answer", 1)
    assert waits.is_open(("answer", 1))
    assert waits.came(answer(1))
    assert waits.first() is None


def test_what_came_early_is_not_waited_for() -> None:
    """A server may be ahead of the recording."""
    waits = Waits()
    assert not waits.came(TICK)
    assert not waits.came(TICK)
    waits.recorded(TICK)
    waits.recorded(TICK)
    assert waits.open_in_streams == 0
    waits.recorded(TICK)
    assert waits.open_in_streams == 1


def test_an_answer_is_overtaken_by_what_was_recorded_behind_it() -> None:
    """By two messages of a stream, not by those that were recorded before it."""
    waits = Waits()
    for each in (TICK, TICK, TICK, answer(1), TICK, TICK, TICK):
        waits.recorded(each)
    seen = []
    for _ in range(6):
        waits.came(TICK)
        seen.append(waits.are_overtaken)
    assert seen == [False, False, False, False, True, True]


def test_what_is_given_up_is_waited_for_no_more() -> None:
    """All of it, or streams alone."""
    waits = Waits()
    for each in (answer(1), TICK):
        waits.recorded(each)
    waits.write_off(streams_only=True)
    assert (waits.open, waits.open_in_streams) == (1, 0)
    waits.write_off()
    assert waits.open == 0
    assert not waits.came(answer(1))


def test_memory_is_bounded() -> None:
    """The oldest are forgotten, and not waited for."""
    waits = Waits()
    for number in range(20_000):
        waits.recorded(answer(number))
    assert waits.open == 16_384


def test_what_is_done_with_is_not_kept() -> None:
    """There are few kinds to go through, however many there were."""
    waits = Waits()
    for number in range(100):
        waits.recorded(answer(number))
        waits.came(answer(number))
        waits.came(TICK)
        waits.recorded(TICK)
    assert not waits._counts
