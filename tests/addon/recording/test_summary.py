"""What a recording holds: counted item by item, kept as JSON, read back whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.items import Opened
from paperknife.recording.summary import ConnectionSummary, Counter, PayloadCount, Summary
from paperknife.traffic import Connection
from paperknife_decoders.message import Direction

NUMBERS = st.integers(0, 1 << 62)
WORDS = st.text(max_size=10)
SUMMARIES = st.builds(
    Summary,
    *[NUMBERS] * 10,
    st.lists(st.builds(ConnectionSummary, NUMBERS, WORDS, WORDS), max_size=3).map(tuple),
    st.lists(st.builds(PayloadCount, WORDS, WORDS, NUMBERS, NUMBERS), max_size=3).map(tuple),
    st.dictionaries(WORDS, NUMBERS, max_size=2),
    st.lists(WORDS, max_size=2).map(tuple),
)


def counted(items):
    """The summary of items."""
    counter = Counter()
    for item in items:
        counter.add(item)
    return counter.summary()


def test_one_of_everything(tape):
    """Messages, their bytes and payloads, connections, fates, masks and warnings are counted."""
    items = tape.session()
    summary = counted(items)
    assert (summary.start_ns, summary.end_ns) == (items[0].time_ns, items[-1].time_ns)
    assert (summary.messages, summary.controls, summary.oversize, summary.warnings) == (11, 1, 1, 1)
    assert (summary.masked, summary.undecoded) == (1, 2)
    assert summary.fates == {"changed": 1, "dropped": 1}
    assert summary.schemas == ("trading.v1.ClientMessage", "trading.v1.ServerMessage")
    payloads = {(row.direction, row.payload): row.messages for row in summary.payloads}
    assert payloads[("server", "market_data")] == 3
    assert payloads[("server", "(json)")] == 1
    first, second = summary.connections
    assert (first.url, first.code, first.reason, first.by) == ("wss://venue.example/v1", 1000, "bye", "client")
    assert (first.from_client, first.from_server) == (2, 8)
    assert (second.number, second.code, second.from_client) == (2, 0, 1)
    assert summary.size == sum(row.size for row in summary.connections)


def test_many_connections():
    """The first thousand are told one by one; all are counted."""
    summary = counted(Opened(Connection(number, "ws://h/", "c", 1)) for number in range(1, 2001))
    assert len(summary.connections) == 1000
    assert summary.connection_count == 2000


def test_messages_of_connections_beyond_the_list(tape):
    """They are counted, and their connection once."""
    items = [Opened(Connection(number, "ws://h/", "c", 1)) for number in range(1, 1002)]
    items += [tape.raw(Direction.CLIENT, b"", connection=1001)] * 5
    summary = counted(items)
    assert summary.connection_count == 1001
    assert summary.messages == 5


@given(SUMMARIES)
def test_round_trip(summary):
    """A summary comes back from its metadata as it was."""
    assert Summary.from_metadata(summary.to_metadata()) == summary


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["start_ns", "connections", "payloads", "fates", "schemas", "messages"])


@given(JSON | st.dictionaries(MEMBERS, JSON | st.lists(st.dictionaries(st.sampled_from(["number", "url"]), JSON))))
def test_hostile_metadata(value):
    """Any JSON is a summary or a ValueError."""
    try:
        found = Summary.from_metadata({"summary": json.dumps(value)})
    except ValueError:
        return
    assert all(isinstance(row.number, int) for row in found.connections)


@pytest.mark.parametrize("metadata", [{}, {"summary": ""}, {"summary": "[" * 100_000}])
def test_no_summary(metadata):
    """What is no JSON is a ValueError too."""
    with pytest.raises(ValueError, match=r"no summary|JSON|Expecting"):
        Summary.from_metadata(metadata)


def test_a_connection_that_was_open_before_does_not_make_a_recording_longer(tape):
    """Rates are those of the time in which messages were recorded."""
    counter = Counter()
    message = tape.message(Direction.SERVER, "market_data", {"sequence": 1}, 5000)
    counter.add(Opened(tape.connection(), resumed=True))
    counter.add(message)
    summary = counter.summary()
    assert (summary.start_ns, summary.end_ns, summary.connection_count) == (message.time_ns, message.time_ns, 1)
