"""What is looked at, and what is only counted."""

import pytest

from paperknife.stats.courses import Room
from paperknife.stats.rates import Rate
from paperknife.stats.series import Series
from paperknife.stats.watches import Watches
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def watches(protocol, direction):
    """Watches that count with what is at hand."""
    return Watches(protocol, direction, lambda _, numbering: Series(numbering, Room()), lambda *_: Rate())


@pytest.mark.parametrize(
    ("direction", "payload", "numbered", "asks", "beats", "renews"),
    [
        (SERVER, "tick", True, False, False, False),
        (SERVER, "book_snapshot", False, False, False, True),
        (SERVER, "ask_response", False, True, False, False),
        (SERVER, "heartbeat", False, False, True, False),
        (CLIENT, "ask", False, True, False, False),
    ],
)
def test_what_is_looked_at(feed, direction, payload, numbered, asks, beats, renews):
    """Numbers, requests and answers, heartbeats, snapshots."""
    watch = watches(feed.protocol, direction).of(feed.protocol.type_for(direction), payload)
    assert (bool(watch.followed), watch.role is not None, watch.beats, watch.renews) == (numbered, asks, beats, renews)
    assert watch.is_simple is (payload == "tick")


def test_most_is_not_looked_at(feed):
    """A payload in which there is nothing, and what no schema knows."""
    found = watches(Protocol(client=feed.types["Up"], server=feed.types["Counted"]), SERVER)
    assert found.of(None, "") is None
    assert watches(feed.protocol, CLIENT).of(feed.types["Down"], "nothing") is None
    assert found.of(feed.types["Counted"], "heartbeat").is_simple  # the envelope numbers it


def test_bare_envelopes_are_known_by_name(feed):
    """The rate and the watch are found once."""
    found = watches(feed.protocol, SERVER)
    assert found.of_bare("tick") is found.of_bare("tick")
    assert found.of_bare("tick").is_simple
    assert not found.of_bare("ask_response").is_simple
