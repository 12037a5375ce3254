"""Bounds of what is counted."""

from paperknife.stats import counts as counts_module
from paperknife.stats.counts import Counts
from paperknife.stats.numbering import numberings_of
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def test_payloads_are_bounded(monkeypatch):
    """Beyond so many they are counted together, in each direction; the totals are right."""
    monkeypatch.setattr(counts_module, "MOST_PAYLOADS", 2)
    counts = Counts()
    for number in range(5):
        counts.rate_of(CLIENT, f"p{number}").add(1, 10, 10, 0)
    counts.rate_of(SERVER, "q").add(1, 7, 7, 0)
    assert [(each.payload, each.messages) for each in counts.report().amounts] == [
        ("(others)", 3),
        ("p0", 1),
        ("p1", 1),
        ("(others)", 1),
    ]
    assert counts.totals() == ({CLIENT: 5, SERVER: 1}, {CLIENT: 50, SERVER: 7})


def test_heartbeats_are_bounded(monkeypatch):
    """A peer can make up names."""
    monkeypatch.setattr(counts_module, "MOST_BEATS", 1)
    counts = Counts()
    for name in ("a", "b", "c"):
        counts.beats_of(CLIENT, name).see(1, 0)
    assert [(each.name, each.regularity.count) for each in counts.report().heartbeats] == [("(others)", 2), ("a", 1)]


def test_series_are_bounded(feed, monkeypatch):
    """What is beyond them is followed by nobody."""
    monkeypatch.setattr(counts_module, "MOST_SERIES", 1)
    counts = Counts()
    for payload in ("plain", "tick"):
        (numbering,) = numberings_of(feed.types["Down"], payload)
        counts.series_of(SERVER, numbering).see(1, 0, 5, ())
    assert [each.payload for each in counts.report().numbers] == ["plain"]


def test_times():
    """From the earliest to the latest, in whatever order they come."""
    counts = Counts()
    for time_ns in (50, 20, 90, 60):
        counts.see(time_ns)
    assert (counts.start_ns, counts.end_ns) == (20, 90)
