"""How late messages are, and what is made of that."""

import pytest
from bench.contenders import RECORDING_SPLIT, SUMMARY
from bench.pauses import Lateness, pause_row

MS = 1_000_000


def test_percentiles():
    """Of a thousand messages the last but one stands for 99.9 %; over turns the medians, and the longest of all."""
    first = Lateness.of(range(1000, 0, -1))
    assert first == Lateness(501, 1000, 1000)
    assert Lateness.over([first, Lateness(5, 6, 7), Lateness(600, 800, 9000)]) == Lateness(501, 800, 9000)


ROWS = [
    ({}, None, "not measured"),
    ({SUMMARY: Lateness(1, 2, 3)}, None, "not measured"),
    ({SUMMARY: Lateness(MS, 2 * MS, 3 * MS), RECORDING_SPLIT: Lateness(2 * MS, 11 * MS, 90 * MS)}, True, "+9.00 ms"),
    ({SUMMARY: Lateness(MS, 2 * MS, 3 * MS), RECORDING_SPLIT: Lateness(2 * MS, 13 * MS, 90 * MS)}, False, "+11.00 ms"),
    ({SUMMARY: Lateness(MS, 9 * MS, 9 * MS), RECORDING_SPLIT: Lateness(MS, 2 * MS, 2 * MS)}, True, "-7.00 ms"),
]


@pytest.mark.parametrize(("found", "met", "words"), ROWS)
def test_what_recording_adds(found, met, words):
    """It is the difference between two proxies that took turns."""
    row = pause_row(found)
    assert row.met is met
    assert words in row.figure
