"""HARs of other programs."""

from __future__ import annotations

import json
import zlib

import pytest

from paperknife.recording.exchange.har_source import HarSource
from paperknife.recording.exchange.sources import SourceError
from paperknife.recording.items import Opened
from paperknife.settings.reading import Reading
from paperknife_decoders.message import Message

SAID = [
    {"type": "send", "time": 1800000000.820626, "opcode": 1, "data": "h\u00e9llo \ud83d\ude00"},
    {"type": "send", "time": 1800000000.821029, "opcode": 2, "data": "CgRFU1o2EAc="},
    {"type": "receive", "time": 1800000000.822049, "opcode": 2, "data": "CAH/"},
]
HEADERS = [{"name": "Upgrade", "value": "websocket"}, {"name": "Connection", "value": "Upgrade"}]
MADE = {"name": "WebInspector", "version": "537.36"}

CHROME = {
    "_initiator": {"type": "other"},
    "_priority": "VeryHigh",
    "_resourceType": "websocket",
    "_webSocketMessages": [*SAID, {"type": "error", "time": 1800000001.5, "opcode": -1, "data": "closed"}],
    "cache": {},
    "request": {"method": "GET", "url": "wss://venue.example/v1?x=1", "headers": HEADERS},
    "response": {"status": 101, "headers": HEADERS[:1], "content": {"size": 0, "mimeType": "x-unknown"}},
    "startedDateTime": "2027-01-15T08:00:00.813Z",
    "time": 1500.1,
}
"""As Chrome writes an entry, and Edge, Brave and Opera with it: messages first, a failure among them."""

MITMPROXY = {
    "startedDateTime": "2027-01-15T08:00:00.813000+00:00",
    "time": 12,
    "request": {"method": "GET", "url": "https://venue.example/v1?x=1", "headers": HEADERS},
    "response": {"status": 101, "headers": HEADERS[:1], "content": {"size": 0}},
    "serverIPAddress": "192.0.2.7",
    "_resourceType": "websocket",
    "_webSocketMessages": SAID,
}
"""As mitmproxy does: the URL is that of the upgrade."""

OTHER = {
    "startedDateTime": "2027-01-15T08:00:00.813",
    "request": {"url": "wss://venue.example/v1?x=1", "headers": [["Upgrade", "websocket"]]},
    "response": None,
    "_webSocketMessages": [
        {"type": message["type"], "time": message["time"] * 1000, "opcode": message["opcode"], "data": message["data"]}
        for message in SAID
    ],
}
"""As others might: times in milliseconds and without a zone, no response, headers as lists."""

PAGE = {
    "startedDateTime": "2027-01-15T08:00:00Z",
    "request": {"url": "https://x/", "headers": []},
    "response": {"status": 200},
}
SILENT = {
    "startedDateTime": "2027-01-15T08:00:00Z",
    "request": {"url": "https://venue.example/", "headers": HEADERS},
    "response": {"status": 101, "headers": HEADERS},
}
"""A WebSocket as Firefox writes it: the handshake, and no messages."""


@pytest.fixture
def source(tmp_path):
    """A source of these entries: `source(entry, ...)`."""

    def make(*entries) -> HarSource:
        path = tmp_path / "x.har"
        path.write_text(json.dumps({"log": {"version": "1.2", "creator": MADE, "pages": [], "entries": entries}}))
        return HarSource(path)

    return make


@pytest.mark.parametrize("entry", [CHROME, MITMPROXY, OTHER], ids=["Chrome", "mitmproxy", "other"])
def test_programs_differ(source, brought, entry):
    """Whoever wrote it, the same was said."""
    opened, *messages = brought(source(PAGE, entry))
    assert isinstance(opened, Opened)
    assert opened.connection.url == "wss://venue.example/v1?x=1"
    assert opened.connection.time_ns == 1_800_000_000_813_000_000
    assert [message.content for message in messages] == [
        "héllo \U0001f600".encode(),
        bytes.fromhex("0a0445535a361007"),
        b"\x08\x01\xff",
    ]
    assert [message.direction.value for message in messages] == ["client", "client", "server"]
    assert [
        abs(message.time_ns - round(said["time"] * 1e9)) < 1000 for message, said in zip(messages, SAID, strict=True)
    ]


def test_connections_take_turns_again(source, brought):
    """What was said on several connections at a time comes in the order of time, numbered as they were opened."""
    early = {**MITMPROXY, "startedDateTime": "2027-01-15T08:00:00Z"}
    items = brought(source(CHROME, early))
    assert [item.connection.number for item in items if isinstance(item, Opened)] == [1, 2]
    messages = [item for item in items if isinstance(item, Message)]
    assert [message.time_ns for message in messages] == sorted(message.time_ns for message in messages)
    assert {message.connection for message in messages[:2]} == {1, 2}


def test_times_from_the_start_of_an_entry(source, brought):
    """Few seconds are counted from when the entry began."""
    said = [{**SAID[0], "time": 1.5}]
    assert brought(source({**CHROME, "_webSocketMessages": said}))[1].time_ns == 1_800_000_002_313_000_000


def test_only_what_is_matched(source, brought):
    """Of other connections nothing is imported."""
    har = source(CHROME, MITMPROXY)
    assert brought(har, Reading(match=("venue.example/v1",)))
    assert brought(har, Reading(match=("other.example",))) == []


def test_what_the_file_does_not_tell(source, brought):
    """WebSockets without messages, and failures, are told of in a sentence."""
    har = source(SILENT, CHROME, PAGE)
    brought(har)
    first, second = har.notes()
    assert first.startswith("1 WebSocket in ")
    assert first.endswith("x.har comes without its messages (WebInspector wrote it).")
    assert "1 entry in " in second
    assert "only says that a connection failed" in second


def test_compressed(tmp_path, brought):
    """mitmproxy's .zhar is inflated on the way."""
    path = tmp_path / "x.zhar"
    path.write_bytes(zlib.compress(json.dumps({"log": {"entries": [MITMPROXY]}}).encode()))
    assert len(brought(HarSource(path))) == 4


def test_a_bomb_takes_no_room(tmp_path):
    """A compressed file that inflates to one long value is refused at the limit."""
    squeeze = zlib.compressobj(1)
    bomb = squeeze.compress(b'{"log": {"entries": [{"x": "') + b"".join(
        squeeze.compress(b"a" * (1 << 20)) for _ in range(200)
    )
    path = tmp_path / "x.zhar"
    path.write_bytes(bomb + squeeze.flush())
    with pytest.raises(SourceError, match="a value of more than"):
        HarSource(path)


FAULTS = {
    "{}": "without an object named log",
    "[]": "'{' was expected",
    "": "the file ends early",
    '{"log": {"entries": [': "the file ends early",
    '{"log": {"entries": [3]}}': "'{' was expected, and '3' was found",
}


@pytest.mark.parametrize(("text", "what"), FAULTS.items())
def test_no_har(tmp_path, text, what):
    """What is no HAR, or not all of one, is refused in a sentence that names the file."""
    path = tmp_path / "x.har"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"x\.har ") as raised:
        HarSource(path)
    assert what in str(raised.value)


MESSAGE_FAULTS = {
    "no direction": ({"type": "sideways"}, 'the type should be "send" or "receive"'),
    "no type": ({"type": None}, "not 'None'"),
    "an opcode that is none": ({"opcode": 77}, "77 is not a valid Opcode"),
    "data that are no text": ({"data": [1]}, "the data should be text, not list"),
    "data that are no base64": ({"opcode": 2, "data": "\u20ac"}, "should be base64"),
    "bad base64": ({"opcode": 2, "data": "a!b="}, "should be base64"),
    "no time": ({"time": "soon"}, "ConversionSyntax"),
    "a time that is none": ({"time": -1}, "no number of seconds since 1970"),
    "a time that is no number": ({"time": float("nan")}, "no number of seconds"),
    "a time without end": ({"time": 1e300}, "no number of seconds since 1970"),
    "a fate that is none": ({"_paperknifeFate": "eaten"}, "is not a valid Fate"),
    "masks that are none": ({"_paperknifeMasked": 7}, "not iterable"),
    "masks outside": ({"_paperknifeMasked": [[0, 1 << 40]]}, "not inside the message"),
}


@pytest.mark.parametrize(("changes", "what"), MESSAGE_FAULTS.values(), ids=MESSAGE_FAULTS)
def test_messages_that_are_none(source, changes, what):
    """Each is told with its place."""
    har = source(PAGE, {**CHROME, "_webSocketMessages": [SAID[0], {**SAID[1], **changes}]})
    with pytest.raises(SourceError) as raised:
        list(har.messages())
    assert "log.entries[1]._webSocketMessages[1] is no message of a WebSocket: " in str(raised.value)
    assert what in str(raised.value)


ENTRY_FAULTS = {
    "no request": {"request": None},
    "no URL": {"request": {}},
    "no time": {"startedDateTime": "yesterday"},
    "no start": {"startedDateTime": 5},
    "before 1970": {"startedDateTime": "1960-01-01T00:00:00Z"},
    "a close that is none": {"_paperknife": {"close": {"code": 1 << 70, "time": "2027-01-15T08:00:00Z"}}},
}


@pytest.mark.parametrize("changes", ENTRY_FAULTS.values(), ids=ENTRY_FAULTS)
def test_entries_that_are_none(source, changes):
    """Each is told with its place."""
    with pytest.raises(SourceError, match=r"log.entries\[0\] is a WebSocket, but not as HAR has them: "):
        source({**CHROME, **changes})
