"""The count of what passed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.demo.files import given_schema
from paperknife.live import tally as tally_module
from paperknife.live.tally import Tally
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Batch
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.paint import ANSI
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import FEW
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def rows(tally):
    """The lines of the summary, spaces squeezed."""
    return [" ".join(line.split()) for line in tally.summary_text().splitlines()]


def test_nothing_passed():
    """A run without traffic says so in one line."""
    assert rows(Tally()) == ["-> 0 messages (0 B), <- 0 messages (0 B) on 0 connections in 0 ms"]


def test_conversation(play, venue):
    """Messages and bytes are counted by direction and payload; unknown fields are listed with how often they came."""
    tally = Tally()
    play(tally)
    sizes = dict.fromkeys(Direction, 0)
    for message in venue.conversation():
        sizes[message.direction] += len(message.content)
    assert rows(tally) == [
        f"-> 4 messages ({sizes[CLIENT]} B), <- 5 messages ({sizes[SERVER]} B) on 1 connection in 3.0 s",
        "",
        "payload messages bytes",
        "-> login 1 28 B",
        "-> subscribe 1 18 B",
        "-> order 1 34 B",
        "-> heartbeat 1 4 B",
        "<- login_response 1 25 B",
        "<- subscribe_response 1 16 B",
        "<- market_data 1 136 B",
        "<- order_response 1 33 B",
        "<- (nothing set) 1 36 B",
        "",
        "! fields that the schema does not know (the peer has a newer one?)",
        "<- order_response.12 1 time",
        "<- field 10 1 time",
    ]


def test_most_frequent_first(venue):
    """Within a direction the payload that came most often is first, and undecoded messages are counted apart."""
    tally = Tally()
    orders = [venue.order() for _ in range(3)]
    heartbeat = venue.message(CLIENT, venue.encode(CLIENT, "heartbeat", {}))
    odd = [
        venue.message(SERVER, content, opcode) for content, opcode in [(b"hi", Opcode.TEXT), (b"\xff", Opcode.BINARY)]
    ]
    ping = venue.message(SERVER, b"", Opcode.PING)
    tally.messages([heartbeat, *orders, *odd, ping])
    found = rows(tally)
    assert found[3:7] == ["-> order 3 12 B", "-> heartbeat 1 2 B", "<- (text) 1 2 B", "<- (bytes) 1 1 B"]
    assert found[-1] == "! 2 messages could not be decoded by the schema"


def test_without_a_schema_nothing_fails(venue):
    """Where there is no schema, messages are counted as what they look like, and none as a failure."""
    tally = Tally()
    tally.messages([venue.message(CLIENT, b"\x08\x01", reader=Protocol().reader())])
    assert rows(tally)[3:] == ["-> (wire) 1 2 B"]


def test_columns_line_up(play):
    """The table's numbers are aligned, in colour too."""
    tally = Tally()
    play(tally)
    lines = tally.summary_text().splitlines()
    table = lines[lines.index("") + 1 :]
    assert len({len(line) for line in table[: table.index("")]}) == 1
    coloured = tally.summary_text(ANSI)
    for role in filter(None, (ANSI.client, ANSI.server, ANSI.dim, ANSI.mark, ANSI.reset)):
        coloured = coloured.replace(role, "")
    assert coloured == tally.summary_text()


def test_unknown_fields_are_bounded(venue, monkeypatch):
    """A peer that makes up field numbers costs a bounded amount of memory, and no count is lost."""
    monkeypatch.setattr(tally_module, "MOST_UNKNOWN", 20)
    tally = Tally()
    for number in range(100, 150):
        tag = bytes([(number << 3 & 0x7F) | 0x80, number >> 4])
        tally.messages([venue.message(SERVER, tag + b"\x01")])
    found = rows(tally)
    assert sum("field 1" in line for line in found) == 12
    assert found[-1] == "and others, 38 times"


@pytest.mark.parametrize("count", [0, 1, 5])
def test_batches_of_any_size(venue, count):
    """A batch may hold any number of messages."""
    tally = Tally()
    tally.messages([venue.order() for _ in range(count)])
    assert rows(tally)[0].startswith(f"-> {count} message{'' if count == 1 else 's'} (")


CONTENTS = (
    b"",
    b"\n\x00",
    b"\n\x02\x10\x05",
    b"\n\x02\xf8\x7f",
    b"\xff",
    b"\xa2\x7f\x00",
    b"\n\x80\x00",
    b"text",
    b"{}",
)
"""Empty, with an empty payload, with a number, with an unknown one of field 2047, broken, unknown alone, over-long."""


@given(
    st.lists(st.tuples(st.sampled_from(CONTENTS), st.sampled_from((Opcode.BINARY,) * 8 + tuple(Opcode))), max_size=8)
    | st.lists(st.tuples(st.sampled_from(CONTENTS), st.just(Opcode.BINARY)), min_size=FEW, max_size=FEW + 4)
    | st.lists(st.tuples(st.sampled_from(CONTENTS[:3]), st.just(Opcode.BINARY)), min_size=FEW, max_size=FEW + 4)
)
def test_a_batch_is_counted_as_its_messages_are(reader, pairs):
    """The quick way for a feed comes to the same as looking at each message."""
    at_once, one_by_one = Tally(), Tally()
    batch = Batch(1, SERVER, 5, [opcode for _, opcode in pairs], [content for content, _ in pairs], reader)
    at_once.messages(batch)
    one_by_one.messages(list(batch))
    assert sorted(rows(at_once)) == sorted(rows(one_by_one))


def test_a_required_field_that_is_missing_is_no_fault_of_ours(tmp_path):
    """A peer may leave it out; the message is counted as any other."""
    (tmp_path / "p.proto").write_text("""
        syntax = "proto2";
        message Body { required int32 id = 1; }
        message Envelope { oneof payload { Body body = 1; } }
    """)
    kind = EnvelopeType(load_schema([tmp_path]).message("Envelope"))
    reader = Protocol(server=kind).reader()
    for count in (1, FEW):
        tally = Tally()
        tally.messages(Batch(1, SERVER, 5, [Opcode.BINARY] * count, [b"\n\x00"] * count, reader))
        tally.messages(list(Batch(1, SERVER, 5, [Opcode.BINARY], [b"\n\x00"], reader)))
        assert rows(tally)[3:] == [f"<- body {count + 1} {2 * count + 2} B"]


@pytest.fixture(scope="session")
def reader():
    """How the demo's messages are read."""
    return load(Reading(schema=(str(given_schema()),))).protocol.reader()
