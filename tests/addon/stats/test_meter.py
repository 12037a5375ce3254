"""The meter, fed as the proxy and as recordings feed it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.stats import meter as meter_module
from paperknife.stats.meter import Meter
from paperknife.traffic import Batch, Piece
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def planted(feed):
    """A session in which all is known that is to be found."""
    ticks = [1, 2, 3, 5, 5, 6, 10, 4, 11]  # gaps before 5 and 10 (1 + 3 missing), 5 again, 4 too late
    for place, number in enumerate(ticks):
        yield feed.down(10 * place, "tick", symbol="A", seq_no=number)
        yield feed.down(10 * place + 1, "tick", symbol="B", seq_no=place + 100)
    for request_id, took in [(1, 1), (2, 2), (3, 3), (4, None), (5, 40), (6, None)]:
        yield feed.up(200 + 50 * request_id, "ask", request_id=request_id)
        if took:
            yield feed.down(200 + 50 * request_id + took, "ask_response", request_id=request_id)
    for beat in [0, 1, 2, 5, 6]:  # two stayed out
        yield feed.up(1000 + 100 * beat, "heartbeat")


def fed(messages):
    """What a meter says of messages."""
    meter = Meter()
    for message in messages:
        meter.message(message)
    return meter.report()


def test_each_planted_fault_is_reported_exactly(feed):
    """Gaps, repeats, steps back, missed heartbeats, unanswered requests."""
    report = fed(planted(feed))
    (ticks,) = report.numbers
    assert (ticks.payload, ticks.field, ticks.by, ticks.subjects) == ("tick", "seq_no", ("symbol",), 2)
    assert (ticks.counted, ticks.gaps, ticks.missing, ticks.repeats, ticks.back) == (18, 2, 4, 1, 1)
    gap = ticks.first_gap
    assert (gap.about, gap.last, gap.found, gap.connection) == ((("symbol", "A"),), 3, 5, 1)
    assert gap.time_ns == feed.down(30, "tick").time_ns
    (latency,) = report.latencies
    assert (latency.request, latency.answer, latency.count) == ("ask", "ask_response", 4)
    assert (latency.smallest_ns, latency.largest_ns) == (1_000_000, 40_000_000)
    assert latency.p50_ns == pytest.approx(2_000_000, rel=0.01)
    (missing,) = report.unanswered
    assert (missing.request, missing.asked, missing.unanswered) == ("ask", 6, 2)
    assert missing.oldest_ns == feed.up(400, "ask").time_ns
    (beats,) = report.heartbeats
    found = beats.regularity
    assert (beats.direction, beats.name, found.count, found.period_ns) == (CLIENT, "heartbeat", 5, 100_000_000)
    assert (found.gaps, found.missed, found.longest_ns, found.jitter_ns) == (1, 2, 300_000_000, 0)


def test_rates_and_sizes(feed):
    """Of each payload: how many, which share, how large, how fast."""
    report = fed(planted(feed))
    rows = {(row.direction, row.payload): row for row in report.amounts}
    ticks = rows[SERVER, "tick"]
    assert (ticks.messages, ticks.of, ticks.peak) == (18, 22, 18)
    assert ticks.size == sum(len(each.content) for each in planted(feed) if each.envelopes[0].payload == "tick")
    assert ticks.rate == pytest.approx(17 / 0.081)
    assert ticks.share == pytest.approx(18 / 22)
    assert report.messages == {CLIENT: 11, SERVER: 22}
    assert report.sizes[CLIENT] == sum(len(each.content) for each in planted(feed) if each.direction is CLIENT)
    assert report.span_ns == 1_600_000_000


@pytest.mark.parametrize("size", [1, 3, 50])
def test_batches_say_the_same_as_messages(feed, size):
    """However they are cut."""
    messages = list(planted(feed))
    meter = Meter()
    reader = feed.protocol.reader()
    at = 0
    while at < len(messages):
        first = messages[at]
        alike = [
            each
            for each in messages[at : at + size]
            if each.direction is first.direction and each.time_ns == first.time_ns
        ][:1]
        meter.messages(Batch(1, first.direction, first.time_ns, (2,), [each.content for each in alike], reader))
        at += 1
    assert meter.report() == fed(planted(feed))


def test_a_large_batch(feed):
    """A hundred ticks and something between them, at one time, as a feed sends them."""
    contents = [feed.encode(SERVER, "tick", symbol="A", seq_no=number) for number in range(1, 101) if number != 50]
    contents.insert(10, feed.encode(SERVER, "ask_response", request_id=1))
    contents.insert(20, b"\xff\xff")
    time_ns = feed.up(0, "ask").time_ns
    meter = Meter()
    meter.messages(Batch(1, SERVER, time_ns, (2,) * len(contents), contents, feed.protocol.reader()))
    report = meter.report()
    assert report.messages[SERVER] == 101
    assert report.sizes[SERVER] == sum(map(len, contents))
    assert (report.numbers[0].counted, report.numbers[0].missing) == (99, 1)
    assert {row.payload: row.messages for row in report.amounts} == {"tick": 99, "ask_response": 1, "(bytes)": 1}


def test_what_is_all_alike_is_not_decoded(feed):
    """A batch of one payload in which there is nothing to see is counted by its sizes."""
    protocol = Protocol(client=feed.types["Up"], server=feed.types["Up"])
    contents = [feed.encode(CLIENT, "heartbeat")] * 40
    meter = Meter()
    batch = Batch(1, CLIENT, 5, (2,) * 40, contents, protocol.reader())
    meter.messages(batch)
    assert not batch.has_messages
    assert meter.report().messages[CLIENT] == 40


def test_a_snapshot_begins_the_numbers_of_its_symbol_anew(feed):
    """And only of that one."""
    report = fed(
        [
            feed.down(0, "tick", symbol="A", seq_no=1),
            feed.down(0, "tick", symbol="B", seq_no=1),
            feed.down(1, "book_snapshot", symbol="A", sequence=40),
            feed.down(2, "tick", symbol="A", seq_no=41),
            feed.down(2, "tick", symbol="B", seq_no=4),
        ]
    )
    (ticks,) = report.numbers
    assert (ticks.gaps, ticks.missing, ticks.first_gap.about) == (1, 2, (("symbol", "B"),))


def test_a_new_connection_begins_anew(feed):
    """Closed and opened again, or under a number that another one has had; a recording that goes on does not."""
    meter = Meter()
    first, other = feed.connection(), feed.connection(ms=500)
    numbers = [(Opened(first), 1), (Closed(first, feed.close(10)), 0), (Opened(other), 70), (Opened(first), 30)]
    for item, number in numbers:
        meter.add(item)
        if number:
            meter.add(feed.down(20, "tick", symbol="A", seq_no=number))
    meter.add(Opened(first, resumed=True))
    meter.add(feed.down(30, "tick", symbol="A", seq_no=32))
    meter.add(Noticed("Careful.", True, 0))
    (ticks,) = meter.report().numbers
    assert (ticks.gaps, ticks.missing, ticks.back) == (1, 1, 0)


def test_control_frames_are_heartbeats(feed):
    """Pings and pongs; a close frame is none."""
    report = fed(
        [feed.raw(CLIENT, 100 * place, b"", opcode=Opcode.PING) for place in range(4)]
        + [feed.raw(SERVER, 401, b"", opcode=Opcode.PONG), feed.raw(SERVER, 402, b"", opcode=Opcode.CLOSE)]
    )
    assert [(each.direction, each.name, each.regularity.count) for each in report.heartbeats] == [
        (CLIENT, "(ping)", 4),
        (SERVER, "(pong)", 1),
    ]
    assert report.amounts == ()


def test_what_is_not_decoded_is_counted(feed):
    """By what it looks like; a message beyond the limit by its size."""
    meter = Meter()
    meter.messages([feed.raw(SERVER, 0, b"hi", opcode=Opcode.TEXT), feed.raw(SERVER, 1, b"\xff")])
    for last, offset in [(False, 0), (True, 5000)]:
        meter.piece(Piece(1, SERVER, feed.up(2, "ask").time_ns, Opcode.BINARY, b"", offset, last))
    rows = {row.payload: (row.messages, row.size) for row in meter.report().amounts}
    assert rows == {"(text)": (1, 2), "(bytes)": (1, 1), "(beyond the limit)": (1, 5000)}
    assert meter.report().messages[SERVER] == 3


def test_only_what_is_wanted_counts(feed):
    """All is followed: latencies of requests that match, the gap before a tick that matches."""
    meter = Meter(lambda message, envelope: message.direction is CLIENT)
    for message in planted(feed):
        meter.message(message)
    report = meter.report()
    assert report.messages == {CLIENT: 11, SERVER: 0}
    assert {row.payload for row in report.amounts} == {"ask", "heartbeat"}
    assert report.latencies[0].count == 4
    assert report.numbers == ()


def test_connections_are_bounded(feed, monkeypatch):
    """The oldest of too many is taken for ended, and begins anew where it goes on."""
    monkeypatch.setattr(meter_module, "MOST_CONNECTIONS", 2)
    report = fed(
        feed.down(0, "tick", connection, symbol="A", seq_no=seq) for connection, seq in [(1, 1), (2, 1), (3, 1), (1, 9)]
    )
    assert (report.connections, report.numbers[0].gaps) == (4, 0)


def test_another_connection_under_the_same_number_counts(feed):
    """As the next session's does, where the one before was cut off."""
    meter = Meter()
    meter.opened(feed.connection())
    meter.opened(feed.connection())
    assert meter.report().connections == 1
    meter.opened(feed.connection(ms=5))
    assert meter.report().connections == 2


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(Direction), st.sampled_from(Opcode), st.binary(max_size=40), st.integers(0, 10**6))
    )
)
def test_a_peer_cannot_break_it(feed, sent):
    """Any bytes, in any direction, at any time, one by one and in batches; both say the same of what was counted."""
    meter, other = Meter(), Meter()
    for direction, opcode, content, ms in sent:
        message = feed.raw(direction, ms, content, opcode=opcode)
        meter.message(message)
        other.messages(Batch(1, direction, message.time_ns, (int(opcode),), (content,), feed.protocol.reader()))
    assert meter.report() == other.report()
    counted = [each for each in sent if each[1] < Opcode.CLOSE]
    assert sum(meter.report().messages.values()) == len(counted)
