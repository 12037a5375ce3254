"""Small connections that are read together."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import CLIENT, SERVER, START_NS, Line, write

from paperknife.recording.items import Closed
from paperknife.replay import bundles
from paperknife.replay.bundles import bundled, held_acts
from paperknife.replay.survey import ConnectionSurvey, surveyed
from paperknife.replay.timeline import Recorded, Session, as_client_saw, as_server_saw
from paperknife.traffic import Piece
from paperknife_decoders.message import Fate, Opcode

LINES = [Line(number) for number in (1, 2, 3)]


def mixed():
    """Three connections whose messages alternate: pings, drops, pieces, one without an end, one that says more."""
    one, two, three = LINES
    pieces = [(b"ab", 0, False), (b"c", 2, False), (b"", 3, True)]
    return [
        *(line.opened() for line in LINES),
        *(line.raw(at, CLIENT, b"%d" % at) for at in range(5) for line in LINES),
        one.raw(6, CLIENT, b"", Opcode.PING),
        *(Piece(line.number, SERVER, START_NS, Opcode.TEXT, *piece) for piece in pieces for line in (one, two)),
        three.raw(7, CLIENT, b"dropped", fate=Fate.DROPPED),
        one.closed(8),
        one.raw(9, CLIENT, b"behind the end"),
        two.raw(9, SERVER, b"changed", fate=Fate.CHANGED, original=b"to change"),
        three.closed(10),
    ]


@pytest.mark.parametrize("numbers", [[], [2], [1, 2], [3, 1], [1, 2, 3], [1, 9]])
@pytest.mark.parametrize("choose", [as_client_saw, as_server_saw])
def test_together_as_one_by_one(tmp_path, numbers, choose) -> None:
    """Each connection's own acts, in their order, up to its end."""

    def told(acts):
        return [act.close if isinstance(act, Closed) else (act.direction, act.content, act.original) for act in acts]

    session = Session([write(tmp_path / "s.mcap", mixed())])
    together = held_acts(session, numbers, choose)
    assert {number: told(acts) for number, acts in together.items()} == {
        number: told(session.acts(number, choose)) for number in numbers
    }


def sized(*sizes):
    """Pairs of connections with so many messages and bytes on each side; None is a connection that is not there."""
    return [
        tuple(each and ConnectionSurvey(Recorded(LINES[0].connection), messages=each[0], size=each[1]) for each in pair)
        for pair in sizes
    ]


SMALL, MANY, LONG = (1, 1), (60, 1), (1, 600)
BUNDLES = [
    ([], []),
    ([(SMALL, SMALL)] * 3, [3]),
    ([(SMALL, None), (None, SMALL), (SMALL, SMALL)], [3]),
    ([(SMALL, SMALL), (MANY, MANY), (SMALL, SMALL)], [1, 1, 1]),
    ([(SMALL, SMALL), (SMALL, LONG), (SMALL, LONG), (SMALL, SMALL)], [2, 2]),
    ([((10, 1), (10, 1))] * 12, [5, 5, 2]),
]


@pytest.mark.parametrize(("sizes", "counts"), BUNDLES)
def test_no_more_is_held_than_the_bounds(monkeypatch, sizes, counts) -> None:
    """Both sides count; none is left out, and what is beyond a bound by itself is alone."""
    monkeypatch.setattr(bundles, "MOST_MESSAGES", 100)
    monkeypatch.setattr(bundles, "MOST_BYTES", 1000)
    pairs = sized(*sizes)
    found = list(bundled(pairs))
    assert [len(each) for each in found] == counts
    assert [pair for each in found for pair in each] == pairs


def test_what_counts_as_the_size_of_a_connection() -> None:
    """Messages, what they were before they were changed, and those beyond the limit."""
    survey = surveyed(mixed(), as_server_saw)
    assert {number: each.size for number, each in survey.connections.items()} == {
        1: 5 + 3 + len(b"behind the end"),
        2: 5 + 3 + len(b"changed") + len(b"to change"),
        3: 5,
    }
