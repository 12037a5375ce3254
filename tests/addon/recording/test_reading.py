"""Recordings as items: what was recorded comes back as it was, from every kind of file and from damaged ones."""

import random
import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.writer import CompressionType, Writer

from paperknife.recording.encoder import Encoder
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.reading import Recording, RecordingError
from paperknife.recording.records import Op, Records, parsed
from paperknife.settings.reading import Reading, load
from paperknife.traffic import Close, Piece
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def told(item):
    """All that a message consists of; other items compare as they are."""
    if not isinstance(item, Message):
        return item
    names = ("connection", "direction", "time_ns", "opcode", "content", "fate", "original")
    return *(getattr(item, name) for name in names), tuple(item.masked), [each.payload for each in item.envelopes]


def rewritten(data, compression=CompressionType.ZSTD, order=list):
    """The recording as another tool writes it, its messages in another `order`."""
    out = BytesIO()
    writer = Writer(out, chunk_size=500, compression=compression)
    writer.start("", "another tool")
    schemas, channels, messages = {0: 0}, {}, []
    for opcode, body in Records(BytesIO(data).read, "a"):
        found = parsed(opcode, body)
        if opcode == Op.SCHEMA:
            schemas[found.id] = writer.register_schema(found.name, found.encoding, found.data)
        elif opcode == Op.CHANNEL:
            schema = schemas[found.schema_id]
            channels[found.id] = writer.register_channel(found.topic, found.message_encoding, schema, found.metadata)
        elif opcode == Op.MESSAGE:
            messages.append((*struct.unpack_from("<HIQ", body), body[22:]))
    for channel, sequence, time_ns, content in order(messages):
        writer.add_message(channels[channel], time_ns, content, time_ns, sequence)
    writer.finish()
    return out.getvalue()


@pytest.mark.parametrize("packed", [False, True])
def test_everything_comes_back(tape, record, packed):
    """Each item is as it was, with opcode, direction, order, time, fate, original and masked parts."""
    recording = Recording(record(packed=packed))
    assert list(map(told, recording)) == list(map(told, tape.session()))
    assert (recording.cut is None) == packed
    assert recording.session["program"] == "paperknife 0.1"
    assert recording.faults == []


def test_the_schema_is_inside(record):
    """Messages decode by the schema in the file, heartbeats are known as such."""
    recording = Recording(record())
    protocol = recording.loaded.protocol
    assert (protocol.client.name, protocol.server.name) == ("trading.v1.ClientMessage", "trading.v1.ServerMessage")
    assert "heartbeat" in protocol.heartbeats
    assert protocol.files
    assert "33 messages in 6 files" in recording.loaded.describe()


def test_a_connection_that_was_open_before_does_not_tell_when_a_recording_begins(tape, record):
    """It may be hours older: what comes next does. Where nothing does, it is the best that there is."""
    opened = Opened(tape.connection(), resumed=True)
    recording = Recording(record([opened, tape.message(SERVER, "market_data", {"sequence": 1}, 5000)]))
    recording.begin()
    assert recording.session["program"] == "paperknife 0.1"
    assert recording.begin_ns == opened.time_ns + 5 * 10**9
    assert len(list(recording)) == 2
    assert Recording(record([opened])).begin_ns == opened.time_ns
    assert Recording(record([])).begin_ns == 0


def test_what_is_asked_for_before_is_not_lost(tape, record):
    """Asking for the protocol and the begin reads ahead; the items come all the same."""
    recording = Recording(record())
    assert recording.begin_ns == tape.session()[0].time_ns
    assert recording.loaded.protocol.client
    assert len(list(recording)) == len(tape.session())
    assert list(recording) == []


def test_a_schema_of_the_users(record):
    """Another schema takes the place of the recording's own, for all of its messages."""
    other = load(Reading())
    recording = Recording(record(), override=other)
    assert recording.loaded is other
    messages = [item for item in recording if isinstance(item, Message)]
    assert {message.reader.protocol for message in messages} == {other.protocol}


def test_secrets_of_the_protocol(record):
    """What is a secret by its name is masked in views; nothing is where the user said so."""
    assert Recording(record()).loaded.protocol.secrets.names
    assert Recording(record(), secrets=NO_SECRETS).loaded.protocol.secrets is NO_SECRETS


@pytest.mark.parametrize("compression", CompressionType)
def test_a_file_that_another_tool_wrote(tape, compression):
    """A recording that was compressed anew by another tool has the same items."""
    data = BytesIO(rewritten(tape.plain(), compression))
    assert list(map(told, Recording("a", read=data.read))) == list(map(told, tape.session()))


def test_a_file_that_another_tool_sorted(tape):
    """Tools that sort by time, and by channel where times are equal, do not change the order of messages."""

    def by_channel(messages):
        return sorted(messages, key=lambda row: (row[2], -row[0]))

    data = BytesIO(rewritten(tape.plain(), order=by_channel))
    assert list(map(told, Recording("a", read=data.read))) == list(map(told, tape.session()))


def test_two_protocols(tape):
    """Messages are read by the protocol that they were recorded with, also after the schema was loaded anew."""
    bare = Protocol().reader()
    fields = {"symbol": "ESZ6"}
    items = [
        tape.message(SERVER, "market_data", fields),
        tape.message(SERVER, "market_data", fields, reader=bare),
        tape.message(SERVER, "market_data", fields),
    ]
    recording = Recording("a", read=BytesIO(tape.plain(items)).read)
    assert [[each.payload for each in item.envelopes] for item in recording] == [["market_data"], [""], ["market_data"]]


def test_a_message_that_began_in_another_file(tape):
    """Its pieces have the offsets that they had."""
    piece = Piece(1, SERVER, 5, tape.raw(SERVER, b"").opcode, b"abc", 1000, False)
    data = Encoder().begin({}) + b""
    encoder = Encoder()
    data = encoder.begin({}) + encoder.piece(piece)
    assert list(Recording("a", read=BytesIO(data).read)) == [piece]


def test_a_foreign_file():
    """An MCAP file without a channel of ours is refused with a sentence."""
    out = BytesIO()
    writer = Writer(out)
    writer.start("ros2")
    channel = writer.register_channel("/tf", "cdr", writer.register_schema("tf", "ros2msg", b""))
    writer.add_message(channel, 1, b"x", 1)
    writer.finish()
    with pytest.raises(RecordingError, match=r"a is an MCAP file with no channel of paperknife in it. Its profile is"):
        list(Recording("a", read=BytesIO(out.getvalue()).read))


def test_an_empty_recording(tape):
    """A session without a connection is a recording with nothing in it."""
    assert list(Recording("a", read=BytesIO(tape.plain([])).read)) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.mcap", "No such file"), ("", "Is a directory"), ("evil\x1b[2J.mcap", r"evil\\x1b\[2J")],
)
def test_a_file_that_cannot_be_opened(tmp_path, name, words):
    """It is a sentence with what was wrong, the name made printable."""
    with pytest.raises(RecordingError, match=words):
        list(Recording(tmp_path / name))


def hostile_events():
    """Objects on the channel of what happened that are not as ours."""
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["event", "connection", "protocol", "client", "spans", "sequence", "time_ns", "offset"]),
            inner | st.sampled_from(["opened", "closed", "notice", "protocol", "masked", "continued", "client"]),
            max_size=6,
        ),
        max_leaves=12,
    )  # fmt: skip


@given(hostile_events())
def test_hostile_events(event):
    """Any JSON on that channel is read as an item or passed over."""
    encoder = Encoder()
    data = encoder.begin({}) + encoder.happening(event, 1)
    for item in Recording("a", read=BytesIO(data).read):
        assert isinstance(item, Opened | Closed | Noticed)


@settings(max_examples=60)
@given(seed=st.integers(0, 1 << 32))
def test_mutations(tape, seed):
    """A damaged recording gives the items that can be read, or one sentence."""
    chance = random.Random(seed)
    data = bytearray(tape.plain([*tape.session()[:6], Closed(tape.connection(), Close(1000, "", None, 1))]))
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        for item in Recording("a", read=BytesIO(data).read):
            assert not isinstance(item, Message) or item.envelopes is not None
    except RecordingError as error:
        assert str(error)
