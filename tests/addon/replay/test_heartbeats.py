"""Heartbeats of a recorded server, kept up by a live clock."""

import pytest
from tests.addon.recording.sessions import Line

from paperknife.replay.conditions import Reply
from paperknife.replay.heartbeats import LONGEST, SHORTEST, Heartbeats

line = Line()


def beat(ms: int, *answers) -> Reply:
    return Reply(line.server(ms, "heartbeat", sequence=1), answers=answers)


PERIODS = [(2000, 2.0), (1, SHORTEST), (10**7, LONGEST)]


@pytest.mark.parametrize(("ms", "seconds"), PERIODS)
def test_the_period_is_that_of_the_recording(ms, seconds) -> None:
    """Between the first two, within bounds."""
    beats = Heartbeats()
    assert not beats.recorded(beat(0))
    assert beats.due(100.0) is None
    assert beats.recorded(beat(ms))
    assert beats.due(100.0) == pytest.approx(100.0 + seconds)
    beats.sent(100.5)
    assert beats.due(100.6) == pytest.approx(100.5 + seconds)


def test_an_answer_is_kept_for_the_client_s_own() -> None:
    """It has no period: it comes when it is asked for."""
    beats = Heartbeats()
    answer = beat(10, line.client(9, "heartbeat", sequence=1).envelopes[0])
    assert beats.recorded(answer)
    assert beats.answer is answer
    assert beats.due(1.0) is None
