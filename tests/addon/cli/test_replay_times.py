"""How fast a replay goes, and how long it waits."""

import math

import pytest

from paperknife.cli.replay_times import read_duration, read_speed
from paperknife.replay.pace import FASTEST

DURATIONS = [
    ("1s", 1.0),
    ("250ms", 0.25),
    ("2m", 120.0),
    ("2min", 120.0),
    ("1h", 3600.0),
    ("1.5", 1.5),
    (None, math.inf),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_durations(text, seconds) -> None:
    """In seconds."""
    assert read_duration(None, None, text) == pytest.approx(seconds)


@pytest.mark.parametrize(("text", "speed"), [("2", 2.0), ("0.5", 0.5), ("max", FASTEST)])
def test_speeds(text, speed) -> None:
    """2 is twice as fast."""
    assert read_speed(None, None, text) == speed
