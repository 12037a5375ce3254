"""Two recordings side by side."""

from __future__ import annotations

import pytest
from tests.addon.recording.sessions import Line, write
from tests.addon.replay.planted import RECORDINGS

from paperknife.replay.contrast import CannotCompare, ContrastOptions, common_protocol, contrast, pairs_of
from paperknife.replay.findings import Kind
from paperknife.replay.survey import ConnectionSurvey, surveyed
from paperknife.replay.timeline import Recorded, Session, as_server_saw
from paperknife.traffic import Connection
from paperknife_decoders.message import Fate
from paperknife_decoders.protocol import Protocol

LINE = Line()


def compared(one, other, **options):
    """The result for two recordings."""
    sessions = Session([one]), Session([other])
    surveys = tuple(surveyed(session.items(), as_server_saw) for session in sessions)
    return contrast(*sessions, surveys, ContrastOptions(**options))


def talk(shift=0, drop=(), price="5"):
    """A session whose ids and times are others than in another one."""
    items = [LINE.opened(), LINE.client(0, "login", user="alice")]
    for number in range(1, 5):
        if number in drop:
            continue
        at, request = 10 * number + shift, number + shift
        items += [
            LINE.client(at, "order", request_id=request, symbol="ESZ6", quantity=number, client_tag=f"t{request}"),
            LINE.server(at + 1, "order_response", request_id=request, order_id=f"A-{request}", status=1),
            LINE.server(at + 2, "order_response", client_tag=f"t{request}", status=3, average_price={"value": price}),
        ]
    return [*items, LINE.closed(90, "done")]


@pytest.fixture
def recorded(tmp_path):
    """Writes items to a file."""

    def record(items, name):
        path = tmp_path / name
        write(path, items)
        return path

    return record


CASES = [
    (talk(), talk(), []),
    (talk(), talk(shift=3), []),
    (talk(), talk(price="6"), [(Kind.CHANGED, "order_response")] * 4),
    (talk(), talk(drop=(2,)), [(Kind.MISSING, "order")] + [(Kind.MISSING, "order_response")] * 2),
    (talk(drop=(3,)), talk(), [(Kind.EXTRA, "order")] + [(Kind.EXTRA, "order_response")] * 2),
    (talk(), talk()[:-1], []),
]


@pytest.mark.parametrize(("one", "other", "found"), CASES)
def test_requests_by_what_they_say_and_answers_by_their_request(recorded, one, other, found) -> None:
    """A request that is missing does not make all that follow it others."""
    result = compared(recorded(one, "a.mcap"), recorded(other, "b.mcap"))
    assert sorted((each.kind.value, each.label) for each in result.findings.kept) == sorted(
        (kind.value, label) for kind, label in found
    )


def test_a_recording_is_like_itself_by_two_schemas() -> None:
    """Files that hold other revisions of the schema are both read by the first one's."""
    for name in ("calm", "rejects", "newer", "cut"):
        path = RECORDINGS / f"{name}.mcap"
        assert compared(path, path).findings.total == 0
    assert compared(RECORDINGS / "calm.mcap", RECORDINGS / "rejects.mcap").findings.total > 5


def test_what_the_proxy_did_does_not_count(recorded) -> None:
    """A server's message that was changed on its way is compared as the server sent it."""
    items = talk()
    other = talk()
    changed = LINE.server(11, "order_response", request_id=1, order_id="A-1", status=-1)
    changed.fate, changed.original = Fate.CHANGED, items[3].content
    other[3] = changed
    assert compared(recorded(items, "a.mcap"), recorded(other, "b.mcap")).findings.total == 0


def test_ignored_fields_do_not_count(recorded) -> None:
    """By a path."""
    paths = recorded(talk(), "a.mcap"), recorded(talk(price="6"), "b.mcap")
    assert compared(*paths, ignore=("order_response.average_price",)).findings.total == 0


def survey(number, path, protocol=None):
    url = f"ws://a.example{path}"
    return ConnectionSurvey(Recorded(Connection(number, url, "", 0)), protocol)


PAIRS = [
    ([(1, "/a"), (2, "/b")], [(1, "/b"), (2, "/a")], [(1, 2), (2, 1)]),
    ([(1, "/a"), (2, "/a")], [(5, "/a"), (6, "/a")], [(1, 5), (2, 6)]),
    ([(1, "/a")], [(5, "/a"), (6, "/a")], [(1, 5), (None, 6)]),
    ([(1, "/a"), (2, "/a")], [(5, "/a")], [(1, 5), (2, None)]),
    ([(1, "/v1")], [(5, "/v2")], [(1, 5)]),
]


@pytest.mark.parametrize(("ours", "theirs", "pairs"), PAIRS)
def test_connections_of_one_path_belong_together(ours, theirs, pairs) -> None:
    """In their order; what is left is paired as it comes."""
    found = pairs_of([survey(*each) for each in ours], [survey(*each) for each in theirs])
    assert [tuple(each and each.recorded.number for each in pair) for pair in found] == pairs


def test_a_connection_that_is_not_there_is_told(recorded) -> None:
    """With its URL."""
    line = Line(2)
    more = [*talk()[:-1], line.opened(), line.client(5, "order"), *talk()[-1:]]
    result = compared(recorded(more, "a.mcap"), recorded(talk(), "b.mcap"))
    (only,) = result.findings.kept
    assert (only.kind, only.label) == (Kind.MISSING, "connection")
    assert only.text == "to wss://venue.example/v1, with 1 message"


def test_two_protocols_are_told(recorded) -> None:
    """There is nothing to compare."""
    first = Session([recorded(talk(), "a.mcap")])
    known = surveyed(first.items(), as_server_saw).connections[1]
    other = survey(1, "/", Protocol("x", client=known.protocol.server, server=known.protocol.client))
    with pytest.raises(CannotCompare, match=r"two protocols: the client sends trading\.v1\.ClientMessage in the first"):
        common_protocol(known, other)
    assert common_protocol(known, survey(1, "/", Protocol())) is known.protocol
    assert common_protocol(survey(1, "/"), known) is known.protocol
