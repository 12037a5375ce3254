"""What the schema lacks is told once for each field and value, and not without end."""

import pytest

from paperknife.live.novelties import ENOUGH, HINT, MOST, Novelties
from paperknife_decoders.message import Direction
from paperknife_decoders.unknown import varint

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

CASES = {
    "nothing": (CLIENT, "order", {"symbol": "ESZ6"}, []),
    "a field": (
        SERVER,
        "order_response",
        {"queue_ahead": 4},
        ["The server sends field 12 in order_response, which the schema lacks."],
    ),
    "a payload": (
        SERVER,
        "notice",
        {"headline": "x"},
        ["The server sends field 10 in ServerMessage, which the schema lacks."],
    ),
    "a value": (
        SERVER,
        "order_response",
        {"status": "HELD"},
        ["The server sends 6 as order_response.status, which the schema has no name for."],
    ),
}


@pytest.mark.parametrize(("direction", "payload", "fields", "told"), CASES.values(), ids=CASES)
def test_sentences(venue, direction, payload, fields, told):
    """The first time there is a sentence, with what to do at the first of all; the second time there is none."""
    novelties = Novelties()
    message = venue.message(direction, venue.encode(direction, payload, fields))
    assert list(novelties.sentences(message)) == [*told, *([HINT] if told else [])]
    assert list(novelties.sentences(message)) == []


def test_there_is_an_end(venue):
    """A peer that sends ever new fields fills no screen."""
    novelties = Novelties()
    told = []
    for number in range(100, 500):
        told += novelties.sentences(venue.message(CLIENT, varint(number << 3) + b"\x01"))
    assert len(told) <= MOST + 2
    assert told[-1] == ENOUGH
