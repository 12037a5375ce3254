"""From what passes to MCAP records."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.exceptions import EndOfFile
from mcap.records import Channel, McapRecord, Message, Schema
from mcap.stream_reader import StreamReader

from paperknife.recording import encoder as module
from paperknife.recording.channels import ChannelKey, Kind
from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Opened
from paperknife.recording.reading import Recording
from paperknife.traffic import Batch, Close, Piece
from paperknife_decoders import message as messages
from paperknife_decoders.message import Direction, Fate, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import FEW

SERVER = Direction.SERVER
NOW = 1_900_000_000_123_456_789


def walk(data: bytes) -> list[McapRecord]:
    """What another reader of MCAP finds, up to the end of a plain file."""
    found = []
    with contextlib.suppress(EndOfFile):
        for record in StreamReader(io.BytesIO(data)).records:
            found.append(record)  # noqa: PERF402 - the end is an exception
    return found


def items(data: bytes) -> list:
    """What our own reader finds."""
    read = io.BytesIO(data).read
    return list(Recording("x", read=read))


def batch(tape, *contents: bytes, opcodes=None, **more) -> Batch:
    """Messages of the server."""
    opcodes = opcodes or [Opcode.BINARY] * len(contents)
    return Batch(1, SERVER, NOW, opcodes, contents, more.pop("reader", tape.loaded.protocol.reader()), **more)


def test_a_batch_of_envelopes_is_one_channel_with_the_schema(tape) -> None:
    """The channel says protobuf; contents, order and time are those of the batch."""
    contents = [tape.message(SERVER, "market_data", {"sequence": n}).content for n in range(1, 50)]
    encoder = Encoder()
    found = walk(encoder.begin({}) + encoder.batch(batch(tape, *contents)) + encoder.batch(batch(tape, *contents)))
    (channel,) = [each for each in found if isinstance(each, Channel) and each.id]
    (schema,) = [each for each in found if isinstance(each, Schema) and each.id == channel.schema_id]
    assert (channel.topic, channel.message_encoding, schema.name) == (
        "/1/server",
        "protobuf",
        "trading.v1.ServerMessage",
    )
    told = [each for each in found if isinstance(each, Message) and each.channel_id == channel.id]
    assert [each.data for each in told] == contents * 2
    assert {(each.log_time, each.publish_time) for each in told} == {(NOW, NOW)}
    assert [each.sequence for each in found if isinstance(each, Message)] == list(range(1, len(told) + 2))


WORDS = st.one_of(
    st.tuples(
        st.just(Opcode.BINARY), st.sampled_from([b"", b"\n\x00", b"\n\x02\x10\x05", b"\xff", b'{"a": 1}', b"\x08"])
    ),
    st.tuples(st.just(Opcode.TEXT), st.sampled_from([b"", b"text", b"\n\x00"])),
    st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG, Opcode.CLOSE]), st.sampled_from([b"", b"\x03\xe8bye"])),
)
"""An opcode and a content."""

FEED = st.lists(
    st.tuples(st.just(Opcode.BINARY), st.sampled_from([b"\n\x00"] * 9 + [b"\n\x02\x10\x05", b"", b"\xff"])),
    min_size=FEW,
    max_size=FEW + 4,
)
"""Envelopes, with one now and then that is none."""


@given(
    batches=st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=5) | FEED, st.sampled_from(Fate)), max_size=6),
    bare=st.booleans(),
)
def test_whatever_comes_comes_back(tape, batches, bare) -> None:
    """Content, opcode, direction, order, fate and time of each message; with a schema or without."""
    reader = Protocol().reader() if bare else tape.loaded.protocol.reader()
    encoder, data, sent = Encoder(), [], []
    data.append(encoder.begin({}))
    data.append(encoder.opened(Opened(tape.connection())))
    for words, fate in batches:
        opcodes, contents = zip(*words, strict=True)
        data.append(encoder.batch(batch(tape, *contents, opcodes=opcodes, fate=fate, reader=reader)))
        sent += [(opcode, content, fate) for opcode, content in words]
    found = [each for each in items(b"".join(data)) if isinstance(each, messages.Message)]
    assert [(each.opcode, each.content, each.fate) for each in found] == sent
    assert all((each.time_ns, each.direction, each.connection) == (NOW, SERVER, 1) for each in found)


KINDS = {
    "envelope": (b"\n\x02\x10\x05", Opcode.BINARY, "protobuf"),
    "empty": (b"", Opcode.BINARY, "protobuf"),
    "does not parse": (b"\xff", Opcode.BINARY, "paperknife"),
    "text": (b"\n\x02\x10\x05", Opcode.TEXT, "paperknife"),
    "ping": (b"", Opcode.PING, "paperknife"),
}


@pytest.mark.parametrize(("content", "opcode", "encoding"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(
    "others", [(), ((b"\n\x00", Opcode.BINARY), (b"x", Opcode.TEXT)), ((b"\n\x00", Opcode.BINARY),) * FEW]
)
def test_only_a_bare_envelope_is_called_protobuf(tape, content, opcode, encoding, others) -> None:
    """Everything else says that it is ours to explain, whatever comes with it."""
    pairs = [(content, opcode), *others]
    encoder = Encoder()
    made = encoder.begin({}) + encoder.batch(batch(tape, *[c for c, _ in pairs], opcodes=[o for _, o in pairs]))
    found = walk(made)
    channels = {each.id: each for each in found if isinstance(each, Channel)}
    first = next(each for each in found if isinstance(each, Message) and each.channel_id)
    assert channels[first.channel_id].message_encoding == encoding


def test_masked_parts_and_originals_come_back_with_their_message(tape) -> None:
    """In whichever way the message came."""
    encoder = Encoder()
    reader = tape.loaded.protocol.reader()
    changed = tape.message(SERVER, "market_data", {"sequence": 2}, fate=Fate.CHANGED, original=b"before")
    changed.masked = ((1, 2),)
    made = encoder.begin({}) + encoder.batch(
        batch(tape, b"abc", b"\n\x00", b"abc", masked={1: ((0, 1),)}, reader=reader)
    )
    made += encoder.batch(Batch.of(changed))
    found = [each for each in items(made) if isinstance(each, messages.Message)]
    assert [tuple(each.masked) for each in found] == [(), ((0, 1),), (), ((1, 2),)]
    assert [each.original for each in found] == [None, None, None, b"before"]


def test_a_schema_that_is_loaded_anew_is_a_new_protocol(tape) -> None:
    """Its messages are on a channel of their own; the old ones stay readable by the old one."""
    encoder, reader = Encoder(), tape.loaded.protocol.reader()
    made = encoder.begin({}) + encoder.batch(batch(tape, b"\n\x00", reader=reader))
    reader.use(Protocol(server=tape.loaded.protocol.client))
    made += encoder.batch(batch(tape, b"\n\x00", reader=reader))
    found = [each for each in items(made) if isinstance(each, messages.Message)]
    assert [each.reader.protocol.server.name for each in found] == [
        "trading.v1.ServerMessage",
        "trading.v1.ClientMessage",
    ]
    keys = [ChannelKey.from_metadata(each.metadata) for each in walk(made) if isinstance(each, Channel) and each.id]
    assert [(key.protocol, key.kind) for key in keys] == [(1, Kind.ENVELOPE), (2, Kind.ENVELOPE)]


def test_a_large_message_goes_on_in_the_next_file(tape) -> None:
    """Which says how much of it came before."""
    pieces = [
        Piece(1, SERVER, NOW, Opcode.BINARY, b"x" * 40, 0, False),
        Piece(1, SERVER, NOW, Opcode.BINARY, b"y" * 2, 40, False),
        Piece(1, SERVER, NOW, Opcode.BINARY, b"", 42, True),
    ]
    first, second = Encoder(), Encoder()
    assert items(first.begin({}) + first.piece(pieces[0])) == pieces[:1]
    assert items(second.begin({}) + b"".join(map(second.piece, pieces[1:]))) == pieces[1:]


def test_it_asks_for_a_new_file_before_ids_run_out(tape, monkeypatch) -> None:
    """Channels and schemas have ids of 16 bits, the sequence 32."""
    monkeypatch.setattr(module, "IDS", 20)
    encoder = Encoder()
    encoder.begin({})
    connections = 0
    while not encoder.is_full:
        connections += 1
        message = tape.raw(SERVER, b"\n\x00", connection=connections)
        encoder.message(message)
        encoder.closed(Closed(tape.connection(connections), Close(1000, "", None, NOW)))
    assert connections == 20
    assert not encoder.channels  # those of connections that ended are not held
    monkeypatch.setattr(module, "IDS", 1 << 16)
    assert not encoder.is_full
    encoder.sequence = (1 << 32) - 1000
    assert encoder.is_full


@pytest.mark.parametrize(("time_ns", "kept"), [(-5, 0), (1 << 70, (1 << 64) - 1)])
def test_a_time_that_no_record_can_have_is_the_nearest(tape, time_ns, kept) -> None:
    """An import may bring any."""
    message = tape.raw(SERVER, b"x")
    message.time_ns = time_ns
    encoder = Encoder()
    assert items(encoder.begin({}) + encoder.message(message))[-1].time_ns == kept
