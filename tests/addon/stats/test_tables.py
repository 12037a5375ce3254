"""Tables to read."""

import pytest

from paperknife.stats.meter import Meter
from paperknife.stats.tables import MOST_ROWS, conduct_lines, duration_text, rate_text, report_lines
from paperknife_decoders.columns import width_of
from paperknife_decoders.message import Direction
from paperknife_decoders.paint import ANSI


@pytest.fixture
def report(feed):
    """One with something of everything."""
    meter = Meter()
    for number in (1, 2, 9):
        meter.message(feed.down(number, "tick", symbol="A", seq_no=number))
    for ms, request_id in [(0, 1), (10, 2)]:
        meter.message(feed.up(ms, "ask", request_id=request_id))
    meter.message(feed.down(20, "ask_response", request_id=2))
    for second in (0, 1, 2, 4):
        meter.message(feed.up(second * 1000, "heartbeat"))
    return meter.report()


def squeezed(lines):
    """Lines with one space where there are several."""
    return [" ".join(line.split()) for line in lines]


def test_all_of_it(report):
    """Totals, then a table for each kind of figure; what is odd is said in a line."""
    lines = squeezed(report_lines(report))
    assert lines[0] == "-> 6 messages (16 B), <- 4 messages (25 B) on 1 connection in 4.0 s"
    assert "payload messages share bytes mean largest msg/s peak" in lines
    assert "-> heartbeat 4 67% 8 B 2 B 2 B 0.75 1" in lines
    assert "<- tick 3 75% 21 B 7 B 7 B 250 3" in lines
    assert "-> ask, ask_response 1 10 ms 10 ms 10 ms 10 ms" in lines
    assert "<- tick.seq_no 3 1 1 6 0 0" in lines
    assert "-> heartbeat 4 1.00 s 0 us 2.00 s 1 1" in lines
    assert any(line.startswith("! -> ask: 1 of 2 has no answer, the oldest from ") for line in lines)
    (gap,) = [line for line in lines if line.startswith("! <- tick.seq_no: first gap at ")]
    assert gap.endswith(" #1 A: 9 after 2")


def test_tables_fit_80_columns(report):
    """With colours or without."""
    for line in report_lines(report, ANSI):
        if "! " not in line:
            assert width_of(line) <= 80, line
    assert any("\x1b[33m" in line for line in report_lines(report, ANSI))
    assert not any("\x1b" in line for line in report_lines(report))


def test_nothing():
    """A run without traffic is one line, and nothing is said of how it went."""
    assert len(list(report_lines(Meter().report()))) == 1
    assert list(conduct_lines(Meter().report())) == []


def test_long_tables_end(feed):
    """A person reads no hundred rows; the rest is counted."""
    meter = Meter()
    for number in range(100):
        meter.counts.rate_of(Direction.CLIENT, f"payload_{number}" + "x" * 90).add(1, 1, 1, 0)
    lines = list(report_lines(meter.report()))
    assert len(lines) == MOST_ROWS + 4
    assert lines[-1].startswith("   and 60 more")
    assert all(width_of(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 us"),
        (31_400, "31 us"),
        (99_499, "99 us"),
        (99_500, "0.10 ms"),
        (9_994_000, "9.99 ms"),
        (9_996_000, "10 ms"),
        (999_400_000, "999 ms"),
        (999_600_000, "1.00 s"),
        (59_900_000_000, "59.90 s"),
        (200_000_000_000, "3m20s"),
    ],
)
def test_durations(nanoseconds, text):
    """In at most eight characters."""
    assert duration_text(nanoseconds) == text
    assert len(text) <= 8


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "-"),
        (0.5, "0.50"),
        (3, "3"),
        (12.4, "12"),
        (99_999, "99999"),
        (123_456, "123k"),
        (5e6, "5000k"),
        (1e9, "1000M"),
        (100_000, "100k"),
    ],
)
def test_rates(rate, text):
    """In five characters."""
    assert rate_text(rate) == text
