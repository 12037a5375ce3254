"""When a recorded message is due."""

import math

import pytest

from paperknife.replay.pace import FASTEST, Pace

MS = 10**6
NOW = 1000.0

DUE = [
    # speed, longest gap, times of messages (ms after the start), when each is due (s after the start)
    (1.0, math.inf, [0, 10, 40], [0, 0.010, 0.040]),
    (2.0, math.inf, [0, 10, 40], [0, 0.005, 0.020]),
    (0.5, math.inf, [10, 20], [0.020, 0.040]),
    (1.0, 1.0, [0, 60_000, 60_500], [0, 1.0, 1.5]),
    (10.0, 1.0, [60_000], [0.1]),
    (1.0, math.inf, [30, 20, 40], [0.030, 0.030, 0.040]),  # a clock that went back
]


@pytest.mark.parametrize(("speed", "gap", "times", "expected"), DUE)
def test_messages_are_due_as_they_were_recorded(speed, gap, times, expected) -> None:
    """Twice the speed is half the time, and no gap is longer than allowed."""
    pace = Pace(speed, gap)
    pace.begin(0, NOW)
    found = []
    for ms in times:
        due = pace.due(ms * MS)
        pace.sent(ms * MS, due)
        found.append(due - NOW)
    assert found == pytest.approx(expected)


def test_a_late_message_does_not_make_the_next_one_late() -> None:
    """What is due counts from what was due before, not from when that really left."""
    pace = Pace()
    pace.begin(0, NOW)
    for ms in range(1, 1001):
        pace.sent(ms * MS, pace.due(ms * MS))
    assert pace.due(1001 * MS) == pytest.approx(NOW + 1.001)


def test_as_fast_as_can_be_everything_is_due() -> None:
    """Whatever the recorded time, and whatever it waited for."""
    pace = Pace(FASTEST)
    pace.begin(0, NOW)
    assert pace.due(10**15) < NOW
    assert pace.after(NOW, 0, 10**15) < NOW


def test_what_answers_is_due_after_what_it_answers() -> None:
    """It takes as long as it took, from when the request came."""
    pace = Pace(2.0)
    pace.begin(0, NOW)
    assert pace.after(NOW + 5, 100 * MS, 110 * MS) == pytest.approx(NOW + 5.005)
    assert pace.after(NOW + 5, 110 * MS, 100 * MS) == NOW + 5


def test_a_pause_makes_everything_later() -> None:
    """By just as long as it was."""
    pace = Pace()
    pace.begin(0, NOW)
    pace.shift(3.0)
    assert pace.due(10 * MS) == pytest.approx(NOW + 3.01)
