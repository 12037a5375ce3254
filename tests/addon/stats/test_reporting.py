"""From counts to a report."""

import pytest

from paperknife.stats import reporting
from paperknife.stats.answers import Answers
from paperknife.stats.beats import Beats
from paperknife.stats.courses import Room
from paperknife.stats.numbering import numberings_of
from paperknife.stats.rates import Rate
from paperknife.stats.series import Series
from paperknife.stats.sketch import Sketch
from paperknife_decoders.message import Direction
from paperknife_decoders.secrets import Secrets

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def test_the_client_comes_first_and_what_there_is_most_of():
    """In tables and in JSON alike."""
    rates = {}
    for key, count in {(SERVER, "b"): 9, (CLIENT, "a"): 1, (CLIENT, "c"): 5}.items():
        rates[key] = Rate()
        rates[key].add(count, count, 1, 0)
    assert [(row.payload, row.of) for row in reporting.amounts(rates)] == [("c", 6), ("a", 6), ("b", 9)]
    answers = Answers()
    for key in ((SERVER, "x", "y"), (CLIENT, "q", "r"), (CLIENT, "o", "p")):
        answers.latencies[key] = Sketch({1: 1})
    assert [row.request for row in reporting.latencies(answers)] == ["o", "q", "x"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("ESZ6", "ESZ6"), ("\x1b[31m", "\\x1b[31m"), (b"\x00\x01", "0001"), (7, "7"), ("A" * 500, None)],
)
def test_what_a_peer_wrote_is_safe_to_print(feed, value, text):
    """Escaped, and not longer than a line."""
    series = Series(numberings_of(feed.types["Down"], "tick")[0], Room())
    for number in (1, 9):
        series.see(1, 0, number, (value,))
    (row,) = reporting.numbers({(SERVER, "tick", "seq_no"): series}, Secrets())
    ((name, shown),) = row.first_gap.about
    assert name == "symbol"
    assert shown == text if text else len(shown) <= 60


def test_a_secret_is_not_told(feed):
    """Where the definition says that a symbol is one."""
    series = Series(numberings_of(feed.types["Down"], "tick")[0], Room())
    for number in (1, 9):
        series.see(1, 0, number, ("hunter2",))
    (row,) = reporting.numbers({(SERVER, "tick", "seq_no"): series}, Secrets(frozenset({"tick.symbol"})))
    assert row.first_gap.about == (("symbol", "[redacted]"),)


def test_what_counted_nothing_is_left_out(feed):
    """A field that was never set, heartbeats that do not count."""
    series = Series(numberings_of(feed.types["Down"], "tick")[0], Room())
    assert list(reporting.numbers({(SERVER, "tick", "seq_no"): series}, Secrets())) == []
    assert list(reporting.heartbeats({(CLIENT, "heartbeat"): Beats()}, 0)) == []


def test_one_count_for_all_says_by_nothing(feed):
    """Where it was found out that all symbols are counted together."""
    series = Series(numberings_of(feed.types["Down"], "tick")[0], Room())
    for number in range(1, 40):
        series.see(1, 0, number, ("ABC"[number % 3],))
    (row,) = reporting.numbers({(SERVER, "tick", "seq_no"): series}, Secrets())
    assert (row.by, row.subjects, row.gaps) == ((), 1, 0)
