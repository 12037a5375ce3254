"""What is said every few seconds."""

from paperknife.stats.meter import Meter
from paperknife.stats.pulse import MOST_ROWS, Pulse
from paperknife_decoders.message import Direction


def squeezed(text):
    """Lines with one space where there are several."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_what_passed_since_the_last_time(feed):
    """Rates, latencies and gaps are those of the time between two ticks."""
    said = []
    pulse = Pulse(Meter(), 2.0, said.append)
    pulse.tick(100.0)
    for number in (1, 2, 5):
        pulse.meter.message(feed.down(number, "tick", symbol="A", seq_no=number))
    pulse.meter.message(feed.up(0, "ask", request_id=1))
    pulse.meter.message(feed.up(0, "ask", request_id=2))
    pulse.meter.message(feed.down(10, "ask_response", request_id=2))
    pulse.tick(101.9)
    assert said == []
    pulse.tick(102.0)
    assert squeezed(said.pop()) == [
        "In the last 2.0 s:",
        "-> ask 1/s 4 B/s ask_response p50 9.92 ms p99 9.92 ms, 1 unanswered",
        "<- tick 1.50/s 10 B/s ! 1 gap in seq_no, 2 missing",
        "<- ask_response 0.50/s 2 B/s",
    ]
    pulse.meter.message(feed.down(20, "tick", symbol="A", seq_no=6))
    pulse.tick(104.0)
    assert squeezed(said.pop()) == ["In the last 2.0 s:", "<- tick 0.50/s 4 B/s"]


def test_an_answer_after_the_next_tick_is_told_too(feed):
    """The slowest answers are those that matter most; their requests passed in an earlier time."""
    said = []
    pulse = Pulse(Meter(), 1.0, said.append)
    pulse.tick(0.0)
    pulse.meter.message(feed.up(0, "ask", request_id=1))
    pulse.tick(1.0)
    assert squeezed(said.pop()) == ["In the last 1.0 s:", "-> ask 1/s 4 B/s 1 unanswered"]
    pulse.meter.message(feed.down(1500, "ask_response", request_id=1))
    pulse.tick(2.0)
    assert squeezed(said.pop()) == [
        "In the last 1.0 s:",
        "-> ask 0/s 0 B/s ask_response p50 1.50 s p99 1.50 s",
        "<- ask_response 1/s 4 B/s",
    ]


def test_what_comes_before_the_first_tick_counts(feed):
    """A message may be faster than the clock."""
    said = []
    pulse = Pulse(Meter(), 1.0, said.append)
    pulse.meter.message(feed.up(0, "ask", request_id=1))
    pulse.tick(0.0)
    pulse.tick(1.0)
    assert squeezed(said.pop()) == ["In the last 1.0 s:", "-> ask 1/s 4 B/s 1 unanswered"]


def test_silence_is_said_once(feed):
    """Until something passes again."""
    said = []
    pulse = Pulse(Meter(), 1.0, said.append)
    for second in range(5):
        pulse.tick(float(second))
    assert said == ["Nothing passed in the last 1.0 s."]
    pulse.meter.message(feed.up(0, "ask", request_id=1))
    for second in range(5, 8):
        pulse.tick(float(second))
    assert len(said) == 3


def test_many_payloads_are_summed_up():
    """A table that nobody can read in time is none."""
    said = []
    pulse = Pulse(Meter(), 1.0, said.append)
    pulse.tick(0.0)
    for number in range(50):
        pulse.meter.counts.rate_of(Direction.CLIENT, f"\x1bpayload{number}").add(1, 1, 1, 0)
    pulse.tick(1.0)
    lines = said[0].splitlines()
    assert len(lines) == MOST_ROWS + 2
    assert lines[-1] == f"   and {50 - MOST_ROWS} messages of {50 - MOST_ROWS} others"
    assert "\x1b" not in said[0]
