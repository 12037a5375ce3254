"""What happened, as JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.happenings import closed_object, notice_object, opened_object, read_item
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.traffic import ABNORMAL, Close, Connection, Handshake
from paperknife_decoders.message import Direction

TIMES = st.integers(0, (1 << 64) - 1)
HEADERS = st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple)
CONNECTIONS = st.builds(
    Connection,
    st.integers(0, 1 << 40),
    st.text(),
    st.text(),
    TIMES,
    st.text(),
    st.booleans(),
    st.builds(Handshake, HEADERS, HEADERS),
)
CLOSES = st.builds(Close, st.integers(0, 65535), st.text(), st.none() | st.sampled_from(Direction), TIMES)


def through_json(happening):
    """The object as a reader finds it."""
    return json.loads(json.dumps(happening))


@given(CONNECTIONS, st.booleans(), CLOSES)
def test_connections(connection, resumed, close):
    """A connection that opened and closed is as it was, and forgotten after its end."""
    opened, closed = Opened(connection, resumed), Closed(connection, close)
    known = {}
    assert read_item(through_json(opened_object(opened)), known) == opened
    assert known == {connection.number: connection}
    assert read_item(through_json(closed_object(closed)), known) == closed
    assert known == {}


@given(st.builds(Noticed, st.text(), st.booleans(), TIMES))
def test_notices(item):
    """A sentence is as it was."""
    assert read_item(through_json(notice_object(item)), {}) == item


def test_an_end_without_a_beginning():
    """A connection that opened in another file is known by its number."""
    item = read_item({"event": "closed", "connection": 7, "time_ns": "5"}, {})
    assert item == Closed(Connection(7, "", "", 5), Close(ABNORMAL, "", None, 5))


@pytest.mark.parametrize("happening", [{}, {"event": "new in version 9"}, {"event": None}])
def test_events_of_later_versions(happening):
    """They are passed over."""
    assert read_item(happening, {}) is None
