"""What a recording holds, counted item by item."""

from paperknife.recording.counter import Counter
from paperknife.recording.items import Opened
from paperknife.traffic import Connection
from paperknife_decoders.message import Direction


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


def test_a_connection_that_was_open_before_does_not_make_a_recording_longer(tape):
    """Rates are those of the time in which messages were recorded."""
    counter = Counter()
    message = tape.message(Direction.SERVER, "market_data", {"sequence": 1}, 5000)
    counter.add(Opened(tape.connection(), resumed=True))
    counter.add(message)
    summary = counter.summary()
    assert (summary.start_ns, summary.end_ns, summary.connection_count) == (message.time_ns, message.time_ns, 1)
