"""Every system's messages through its preset, or a definition as users write it: read, shown, recorded, changed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.addon.presets.exchanges import (
    CLIENT,
    MORE,
    OTHERS,
    PRESETS,
    SERVER,
    UNKNOWN,
    Exchange,
    Maker,
    Other,
    own_pack,
)

from paperknife.cli.expressions import compile_for
from paperknife.live.interest import Interest
from paperknife.live.renderer import FormatName, Renderer, ViewOptions
from paperknife.live.tally import Tally
from paperknife.recording.counter import Counter
from paperknife.recording.exchange.tables import Folder, Tables
from paperknife.recording.items import Closed, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.writer import RecordingWriter
from paperknife.settings.catalogue import preset_entries
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.traffic import Batch, Close, Connection
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.expression import ExpressionError
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.redaction.redactor import Redactor
from paperknife_decoders.wire.walker import WireType, walk
from paperknife_decoders.wire.writing import varint

HERE = Path(__file__).parent
OLD = "ESZ6-the-old-text"
NEW = "NQH7 and so much more that lengths take a byte more than before: " + "x" * 200
SENT_NS = 1_900_000_000_000_000_000


def foreign_pack(codec: str, content: bytes) -> bytes:
    """Compressed in another way than ours, as a peer's library does."""
    if codec == "gzip":
        return gzip.compress(content, 1, mtime=7)
    if codec == "deflate":
        stream = zlib.compressobj(0, wbits=-15)
        return stream.compress(content) + stream.flush()
    return own_pack(codec, content)


@pytest.fixture(scope="session")
def loaded_for() -> Callable[[str, str], Loaded]:
    """The protocol of a name with the schema of a system, each loaded once."""
    known: dict[tuple[str, str], Loaded] = {}

    def loaded(system: str, schema: str) -> Loaded:
        key = (system, schema or system)
        if key not in known:
            path = HERE / "protos" / f"{key[1]}.proto"
            known[key] = load(Reading(schema=(str(path),), protocol=system, config=str(HERE / "definitions.yaml")))
        return known[key]

    return loaded


@dataclass(frozen=True)
class Scene:
    """One message of a connection, after those before it, and how it is read."""

    exchange: Exchange
    loaded: Loaded
    content: bytes
    changed: bytes
    before: tuple[Message, ...]
    message: Message


@pytest.fixture
def scene(loaded_for) -> Callable[[Exchange], Scene]:
    """Sets the scene for an exchange."""

    def set_up(exchange: Exchange) -> Scene:
        loaded = loaded_for(exchange.system, exchange.schema)
        assert loaded.schema is not None
        peer, ours = Maker(loaded.schema, foreign_pack), Maker(loaded.schema)
        reader = loaded.protocol.reader(exchange.path)

        def message(side: Direction, content: bytes) -> Message:
            return Message(1, side, SENT_NS, exchange.opcode, content, reader)

        before = () if exchange.first is None else (message(exchange.side.other, exchange.first(peer)),)
        assert all(each.envelopes for each in before)
        content = exchange.build(peer, OLD)
        return Scene(exchange, loaded, content, exchange.build(ours, NEW), before, message(exchange.side, content))

    return set_up


def lines(*messages: Message, form: FormatName = "line") -> str:
    """What is shown of messages."""
    renderer = Renderer(ViewOptions(form, width=10_000), lambda: 10_000)
    return "".join(text for message in messages for text in renderer.message(message))


def spliced(data: bytes, old: bytes, new: bytes) -> bytes:
    """The message with one field's content changed at any depth, the lengths around it new, all else as it is."""
    pieces = []
    for field in walk(data):
        piece, content = data[field.start : field.end], data[field.content : field.content_end]
        if field.wire_type is WireType.LENGTH and old in content:
            content = new if content == old else spliced(content, old, new)
            piece = data[field.start : field.body] + varint(len(content)) + content
        pieces.append(piece)
    return b"".join(pieces)


ALL = [*PRESETS, *MORE]
EACH = pytest.mark.parametrize("exchange", ALL, ids=lambda exchange: exchange.id)


@EACH
def test_it_is_read(scene, exchange) -> None:
    """Each part is decoded as what it is; the line shows it, and a secret only as masked."""
    set_up = scene(exchange)
    envelopes = set_up.message.envelopes
    assert ", ".join(each.payload for each in envelopes) == exchange.payload
    assert all(each.message is not None for each in envelopes)
    line, document = (lines(*set_up.before, set_up.message, form=form) for form in ("line", "json"))
    assert [
        name for name in exchange.payload.split(", ") if name not in line + document
    ] == []  # long ones are cut on a line
    assert [word for word in exchange.shown if word not in document] == []
    assert (OLD in document) is not exchange.is_secret
    assert not exchange.is_secret or OLD not in line


@EACH
def test_a_change(scene, exchange) -> None:
    """Closed as it was it is the very bytes; with one inner field changed it is what a peer would have sent for that.

    Unknown fields and numbers in more bytes than they need stay on every level of it.
    """
    set_up = scene(exchange)
    message = set_up.message
    if not message.reader.has_steps(exchange.side, exchange.opcode):
        parts, close = (set_up.content,), b"".join
    else:
        opened = message.reader.open(exchange.side, exchange.opcode, set_up.content)
        parts, close = opened.parts, opened.close
    assert close(parts) == set_up.content
    assert sum(OLD.encode() in part for part in parts) == 1
    changed = close([spliced(part, OLD.encode(), NEW.encode()) for part in parts])
    assert changed == set_up.changed
    assert UNKNOWN in parts[-1] or exchange.system == "steam"


@EACH
def test_it_is_recorded(scene, exchange, tmp_path) -> None:
    """A recording has the bytes as they were, and is read like the traffic, without the definition's file."""
    set_up = scene(exchange)
    path = tmp_path / "session.mcap"
    connection = Connection(1, f"wss://venue.example{exchange.path}", "127.0.0.1:5", SENT_NS)
    messages = [*set_up.before, set_up.message]
    with RecordingWriter(path) as writer:
        for item in [Opened(connection), *messages, Closed(connection, Close(1000, "", CLIENT, SENT_NS))]:
            writer.write(item)
    found = [item for item in Recording(path) if isinstance(item, Message)]
    assert [each.content for each in found] == [each.content for each in messages]
    assert lines(*found) == lines(*messages)


@pytest.mark.parametrize("exchange", [each for each in ALL if each.is_secret], ids=lambda exchange: exchange.id)
def test_secrets(scene, exchange) -> None:
    """A declared secret is masked before it reaches a file, wherever it lies."""
    set_up = scene(exchange)
    redactor = Redactor()
    redactor.use(set_up.loaded.protocol)
    redacted = redactor.redact_one(set_up.message.reader, exchange.side, exchange.opcode, set_up.content)
    assert redacted is not None
    assert OLD.encode() not in redacted[0]
    assert len(redacted[0]) == len(set_up.content)


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.id)
def test_what_is_left_alone(loaded_for, other: Other) -> None:
    """JSON is JSON with either opcode, and what is not as the protocol has it is told, and never decoded as if."""
    reader = loaded_for(other.system, other.schema).protocol.reader()
    (envelope,) = reader.read(other.side, other.opcode, other.content)
    assert (envelope.form.value, envelope.message, envelope.data) == (other.form, None, other.content)
    assert other.fault in envelope.fault


@given(st.sampled_from(ALL), st.integers(0, 200), st.integers(0, 200), st.binary(max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_damage(scene, exchange, start, size, new) -> None:
    """Whatever a message was damaged to, it is read without an exception, and what is opened closes to the same."""
    set_up = scene(exchange)
    content = set_up.content[:start] + new + set_up.content[start + size :]
    reader = set_up.message.reader
    assert all(each.form for each in reader.read(exchange.side, exchange.opcode, content))
    if reader.has_steps(exchange.side, exchange.opcode):
        try:
            opened = reader.open(exchange.side, exchange.opcode, content)
        except DecodeError as error:
            assert error.offset >= 0
            return
        assert opened.close(opened.parts) == content


HEARTBEATS = [
    ("t4", CLIENT, b"\x0a\x02\x08\x05", True),
    ("t4", CLIENT, b"\x1a\x00", False),
    ("centrifugo", SERVER, b"\x00", True),
    ("centrifugo", CLIENT, b"\x00", True),
    ("centrifugo", SERVER, b"\x02\x08\x05", False),
    ("nakama", CLIENT, b"\x0a\x011\x82\x02\x00", True),
    ("nakama", SERVER, b"\x0a\x011\x8a\x02\x00", True),
    ("livekit", CLIENT, b"\x70\x05", True),
    ("livekit", SERVER, b"\x90\x01\x05", True),
    ("livekit", CLIENT, b"\x2a\x00", False),
    ("ctrader", CLIENT, b"\x08\x33", True),
    ("ctrader", SERVER, b"\x08\x33\x1a\x01x", True),
    ("ctrader", CLIENT, b"\x08\x34", False),
    ("rithmic", CLIENT, bytes.fromhex("00000004 98b64b 12"), True),
    ("rithmic", CLIENT, bytes.fromhex("00000004 98b64b 0a"), False),
    ("cqg", CLIENT, b"\xda\x06\x03\x0a\x01t", True),
    ("cqg", SERVER, b"\xda\x06\x03\x0a\x01t\x12\x02\x08\x01", False),
]


@pytest.mark.parametrize(("system", "side", "content", "is_heartbeat"), HEARTBEATS)
def test_heartbeats(loaded_for, system, side, content, is_heartbeat) -> None:
    """What only keeps a connection alive is known as that."""
    protocol = loaded_for(system, "").protocol
    (envelope,) = protocol.reader().read(side, Opcode.BINARY, content)
    assert envelope.message is not None
    assert protocol.is_heartbeat(envelope) is is_heartbeat


ANSWERS = [
    ("t4", b"\x1a\x04\x0a\x02r7", b"\x1a\x07\x0a\x02r7\x12\x01t"),
    ("centrifugo", b"\x06\x08\x07\x2a\x02\x0a\x00", b"\x02\x08\x07"),
    ("nakama", b"\x0a\x0217\x1a\x00", b"\x0a\x0217\x32\x00"),
    ("ctrader", b"\x08\xb4\x10\x12\x04\x12\x00\x1a\x00\x1a\x02c1", b"\x08\xb5\x10\x1a\x02c1"),
]


@pytest.mark.parametrize(("system", "request_content", "response_content"), ANSWERS)
def test_answers(loaded_for, system, request_content, response_content) -> None:
    """A response is shown with the time that it took, found by the id that the preset declares."""
    reader = loaded_for(system, "").protocol.reader()
    sent = Message(1, CLIENT, SENT_NS, Opcode.BINARY, request_content, reader)
    received = Message(1, SERVER, SENT_NS + 3_000_000, Opcode.BINARY, response_content, reader)
    assert "+3.0 ms" in lines(sent, received)


QUOTES = b"\x32\x05\x08\x05\x12\x01q"
PING = b"\xda\x06\x03\x0a\x01t"
SEEN = [PING, QUOTES, QUOTES + QUOTES, PING + QUOTES, b"", PING + UNKNOWN]
NAMED = ["ping", "real_time_market_data", "real_time_market_data", "real_time_market_data+ping", "ServerMsg", "ping"]

SETS = [
    ("payload == ping", [0, 5]),
    ("payload == real_time_market_data", [1, 2]),
    ('payload == "real_time_market_data+ping"', [3]),
    ("payload in (ping, ServerMsg)", [0, 4, 5]),
    ("real_time_market_data", [1, 2, 3]),
    ("has(ping)", [0, 3, 5]),
    ("any(q.contract_id == 5 for q in real_time_market_data)", [1, 2, 3]),
    ("payload != ping", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("where", "places"), SETS)
def test_set_fields_are_asked_for(loaded_for, where, places) -> None:
    """An expression means the payload's name as it is shown, and a field wherever it is set; both by the quick way."""
    loaded = loaded_for("cqg", "")
    expression = compile_for(where, loaded)
    found = Message(1, SERVER, SENT_NS, Opcode.BINARY, b"", loaded.protocol.reader())
    messages = [Message(1, SERVER, SENT_NS, Opcode.BINARY, each, found.reader) for each in SEEN]
    assert [each.envelopes[0].payload for each in messages] == NAMED
    assert [at for at, each in enumerate(messages) if expression.matches(each, each.envelopes[0])] == places
    interest = Interest(expression, correlate=True)
    assert set(places) <= {at for at, each in enumerate(messages) if interest.has(each)}


def test_a_name_that_no_field_has(loaded_for) -> None:
    """A payload's name is checked, and the one that was meant is told; also within joined ones."""
    for where in ("payload == pang", 'payload == "ping+pang"'):
        with pytest.raises(ExpressionError, match="ping"):
            compile_for(where, loaded_for("cqg", ""))


def test_set_fields_are_counted(loaded_for) -> None:
    """The tally and `info` count by the fields that are set, at once or one by one."""
    reader = loaded_for("cqg", "").protocol.reader()
    contents = SEEN * 3
    at_once, one_by_one, counter = Tally(), Tally(), Counter()
    batch = Batch(1, SERVER, SENT_NS, [Opcode.BINARY] * len(contents), contents, reader)
    at_once.messages(batch)
    one_by_one.messages(list(batch))
    counter.add_envelopes(batch)
    assert at_once.summary_text() == one_by_one.summary_text()
    words = at_once.summary_text().split()
    assert words[words.index("real_time_market_data+ping") + 1] == "3"
    counts = {row.payload: row.messages for row in counter.summary().payloads}
    assert counts == {"ping": 6, "real_time_market_data": 6, "real_time_market_data+ping": 3, "ServerMsg": 3}


def test_set_fields_that_are_answered(loaded_for) -> None:
    """Requests and responses are paired by their fields' names, though others are set beside them."""
    reader = loaded_for("cqg", "").protocol.reader()
    logon = b"\xa2\x06\x03\x0a\x01u"
    sent = Message(1, CLIENT, SENT_NS, Opcode.BINARY, logon, reader)
    received = Message(1, SERVER, SENT_NS + 3_000_000, Opcode.BINARY, b"\xaa\x06\x02\x08\x00" + QUOTES, reader)
    assert received.envelopes[0].payload == "real_time_market_data+logon_result"
    assert "+3.0 ms" in lines(sent, received)


def test_set_fields_as_tables(loaded_for, tmp_path) -> None:
    """Each combination is a table with columns of what is set in it, and of what stands beside."""
    folder = Folder(tmp_path)
    tables = Tables(folder)
    reader = loaded_for("cqg", "").protocol.reader()
    for content in SEEN:
        tables.write(Message(1, SERVER, SENT_NS, Opcode.BINARY, content, reader))
    folder.close()
    heads = {path.name: path.read_text().split("\n")[0] for path in tmp_path.iterdir()}
    assert set(heads) == {f"server.{name.replace('+', '_')}.csv" for name in NAMED}
    assert "ping.token" in heads["server.real_time_market_data_ping.csv"]
    assert "real_time" not in heads["server.ping.csv"]


def test_every_preset_is_here() -> None:
    """No preset is shipped that nothing of it was tried."""
    assert {entry.name for entry in preset_entries()} == {exchange.system for exchange in PRESETS}
    assert all(entry.definition.about for entry in preset_entries())


def test_without_a_schema() -> None:
    """A preset alone reads the framing, so that the fields can be seen."""
    for entry in preset_entries():
        assert load(Reading(protocol=entry.name)).schema is None
