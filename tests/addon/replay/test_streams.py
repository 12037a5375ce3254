"""Streams are known by a rule, and compared by their fields and their rate."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import Line

from paperknife.replay.findings import Kind
from paperknife.replay.streams import Streams, streams_in
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
LINE = Line()
KEY = SERVER, "market_data"

RULE = [
    # payloads with how many were unasked, requests, streams
    ({(SERVER, "tick"): 11}, 3, {"tick"}),
    ({(SERVER, "tick"): 10}, 3, set()),
    ({(SERVER, "tick"): 50}, 50, set()),
    ({(SERVER, "tick"): 51, (SERVER, "fill"): 20}, 50, {"tick"}),
    ({(CLIENT, "position"): 500}, 3, set()),
]


@pytest.mark.parametrize(("unasked", "requests", "streams"), RULE)
def test_a_stream_is_what_comes_unasked_and_often(unasked, requests, streams) -> None:
    """More than ten, and more than there were requests."""
    assert {name for _, name in streams_in(unasked, requests)} == streams


def update(number: int, **fields: object):
    return LINE.server(0, "market_data", symbol="ESZ6", sequence=number + 1, **fields).envelopes[0]


def faults(ours, theirs, seconds=(10, 10), with_rates=True):
    streams = Streams(frozenset({KEY}))
    for side, envelopes, span in ((streams.expected, ours, seconds[0]), (streams.found, theirs, seconds[1])):
        side.clock(0)
        side.clock(span * 10**9)
        for each in envelopes:
            side.add(KEY, each)
    return list(streams.faults(with_rates=with_rates))


def many(count, **fields):
    return [update(number, **fields) for number in range(count)]


BID = {"bid": {"price": {"value": "5"}, "size": 3}}
ASK = {"ask": {"price": {"value": "6"}, "size": 4}}

FAULTS = [
    # recorded, live, seconds of both, kinds and paths
    (many(30, **BID), many(30, **BID), (10, 10), []),
    (many(30, **BID), many(30, bid={"price": {"value": "7"}, "size": 9}), (10, 10), []),
    (many(30, **BID), many(25, **BID), (10, 10), []),
    ([], [], (10, 10), []),
    (many(2), [], (10, 10), []),
    (many(3), [], (10, 10), [(Kind.MISSING, "")]),
    ([], many(3), (10, 10), [(Kind.EXTRA, "")]),
    (many(30, **BID, **ASK), many(30, **BID), (10, 10), [(Kind.MISSING, "market_data.ask")]),
    (many(30, **BID), many(30, **BID, **ASK), (10, 10), [(Kind.EXTRA, "market_data.ask")]),
    ([*many(28), update(30, **BID)], many(30), (10, 10), []),
    (many(30), many(14), (10, 10), [(Kind.RATE, "")]),
    (many(30), many(61), (10, 10), [(Kind.RATE, "")]),
    (many(30), many(60), (10, 20), []),
    (many(19), many(5), (10, 10), []),
    (many(30), many(3), (10, 0.5), []),
    (many(5), [*many(5), update(4)], (10, 10), [(Kind.DOUBLED, "")]),
]


@pytest.mark.parametrize(("ours", "theirs", "seconds", "found"), FAULTS)
def test_fields_and_rates_count_and_values_do_not(ours, theirs, seconds, found) -> None:
    """A rare field says nothing, and neither does the rate of a few."""
    assert [(each.kind, each.path) for each in faults(ours, theirs, seconds)] == found


def test_rates_say_nothing_at_another_speed() -> None:
    """Then they are not compared."""
    assert faults(many(30), many(300), with_rates=False) == []
