"""What a recording holds, found in one pass."""

from __future__ import annotations

from tests.addon.recording.sessions import Line
from tests.addon.replay.planted import RECORDINGS

from paperknife.recording.items import Opened
from paperknife.replay.survey import surveyed
from paperknife.replay.timeline import Session, as_server_saw
from paperknife_decoders.message import Direction

LINE, SECOND_LINE = Line(), Line(2)


def test_the_session_with_the_demo() -> None:
    """One stream, two secrets to be asked for, and no token: that the server gives."""
    session = Session([RECORDINGS / "rejects.mcap"])
    survey = surveyed(session.items(), as_server_saw)
    (only,) = survey.connections.values()
    assert survey.streams == {(Direction.SERVER, "market_data")}
    assert [each.path for each in only.secrets] == ["login.password", "login.api_key"]
    assert only.protocol is not None
    assert survey.protocols == [only.protocol]
    assert (only.requests, survey.requests) == (42, 42)
    assert 1.9 < only.period < 2.1
    assert only.closed_ns is not None


def test_only_the_connections_that_are_wanted() -> None:
    """All where none is named; what was dropped on its way is not there."""
    items = [
        LINE.opened(),
        SECOND_LINE.opened(),
        LINE.client(1, "order", request_id=1),
        SECOND_LINE.client(2, "order", request_id=1),
        LINE.closed(3),
    ]
    assert list(surveyed(items, as_server_saw).connections) == [1, 2]
    survey = surveyed(items, as_server_saw, [2])
    assert list(survey.connections) == [2]
    assert survey.connections[2].messages == 1
    assert surveyed(items, lambda message: False).connections[1].messages == 0


def test_a_connection_that_goes_on_in_another_file_counts_once() -> None:
    """It is opened anew there."""
    items = [LINE.opened(), LINE.client(1, "order"), Opened(LINE.connection, True), LINE.client(2, "order")]
    assert surveyed(items, as_server_saw).connections[1].messages == 2


def test_the_client_s_heartbeats_have_a_period() -> None:
    """The time between the first two; with one alone, that since the beginning."""
    one = [LINE.opened(), LINE.client(0, "order"), LINE.client(3000, "heartbeat", sequence=1)]
    assert surveyed(one, as_server_saw).connections[1].period == 3.0
    two = [*one, LINE.client(5000, "heartbeat", sequence=2)]
    assert surveyed(two, as_server_saw).connections[1].period == 2.0
    assert surveyed(one[:2], as_server_saw).connections[1].period is None


def test_what_follows_many_answers_to_one_request_is_unasked() -> None:
    """A subscription whose id is in each update."""
    items = [LINE.opened(), LINE.client(0, "order", request_id=1)]
    items += [LINE.server(ms, "order_response", request_id=1) for ms in range(50)]
    assert surveyed(items, as_server_saw).unasked[Direction.SERVER, "order_response"] == 30


def test_a_pong_is_an_answer_and_no_heartbeat_of_its_own(centrifugo) -> None:
    """Of no bytes, as the ping before it; also in a message with requests."""
    request = {"id": 1, "subscribe": {"channel": "a"}}
    for pong in ([{}], [{}, request], [request, {}]):
        items = [LINE.opened(), centrifugo(0, Direction.SERVER, {}), centrifugo(5, Direction.CLIENT, *pong)]
        (only,) = surveyed(items, as_server_saw).connections.values()
        assert only.heartbeats.answer is not None
        assert (only.period, only.heartbeats.beat) == (None, None)
        assert only.requests == len(pong) - 1
