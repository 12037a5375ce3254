"""HTTP Archive 1.2 with WebSocket messages."""

from __future__ import annotations

import base64
import io
import json

import pytest

from paperknife.recording.exchange.conversations import Conversations
from paperknife.recording.exchange.har import HarForm, seconds
from paperknife.recording.exchange.har_source import HarSource
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife_decoders.message import Message, Opcode


@pytest.fixture
def har(session, tmp_path):
    """The text of a HAR: `har(items)`."""

    def write(items) -> str:
        out = io.BytesIO()
        writer = Conversations(HarForm(out), folder=tmp_path)
        for item in items:
            writer.write(item)
        writer.close()
        return out.getvalue().decode("ascii")

    return write


def facts(item):
    """All that an item is, to compare."""
    if not isinstance(item, Message):
        return item
    known = item.connection, item.direction, item.time_ns, item.opcode, item.content, item.fate, item.original
    return (*known, tuple(item.masked))


def test_there_and_back(session, har, brought, tmp_path):
    """All but notices comes back as it was: bytes, opcodes, directions, order, times to the nanosecond, handshakes,
    close codes, fates, originals and what was masked."""
    path = tmp_path / "session.har"
    path.write_text(har(session.items))
    kept = [facts(item) for item in session.items if not isinstance(item, Noticed)]
    assert [facts(item) for item in brought(HarSource(path))] == kept


def test_what_dev_tools_want(session, har):
    """DevTools refuse a file in which a member that they read is missing, or no number where they want one
    (front_end/models/har/HARFormat.ts of Chrome's DevTools)."""
    log = json.loads(har(session.items))["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) == {"name", "version"}
    for entry in log["entries"]:
        assert entry["startedDateTime"].endswith("Z")
        request, response = entry["request"], entry["response"]
        numbers = (
            entry["time"],
            request["headersSize"],
            request["bodySize"],
            response["status"],
            *entry["timings"].values(),
        )
        numbers += response["headersSize"], response["bodySize"], response["content"]["size"]
        assert all(isinstance(number, int | float) for number in numbers)
        assert (request["method"], response["status"], entry["_resourceType"]) == ("GET", 101, "websocket")
        assert request["url"].startswith(("ws://", "wss://"))
        assert "text" not in response["content"]
        for message in entry["_webSocketMessages"]:
            assert message["type"] in ("send", "receive")
            assert isinstance(message["time"], float)
            assert isinstance(message["data"], str)


def test_data(session, har):
    """Text is text, all else is base64."""
    entries = json.loads(har(session.items))["log"]["entries"]
    found = [message for entry in entries for message in entry["_webSocketMessages"]]
    wanted = [
        item for number in (1, 2) for item in session.items if isinstance(item, Message) and item.connection == number
    ]
    for item, message in zip(wanted, found, strict=True):
        assert message["opcode"] == item.opcode
        data = message["data"]
        assert (data.encode() if item.opcode is Opcode.TEXT else base64.b64decode(data)) == item.content


def test_query(session, har):
    """The parameters of the URL are listed as HAR wants them."""
    entry = json.loads(har(session.items))["log"]["entries"][0]
    assert entry["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": " "}]


def test_nothing_at_all(har):
    """A recording without connections is a HAR without entries."""
    assert json.loads(har([]))["log"]["entries"] == []


def test_a_connection_on_which_nothing_was_said(session, har):
    """It is an entry all the same."""
    items = [item for item in session.items if isinstance(item, Opened | Closed)]
    assert [entry["_webSocketMessages"] for entry in json.loads(har(items))["log"]["entries"]] == [[], []]


@pytest.mark.parametrize(
    ("time_ns", "text"), {0: "0.000000000", 1: "0.000000001", 1_800_000_000_123_456_789: "1800000000.123456789"}.items()
)
def test_seconds_are_exact(time_ns, text):
    """Times are written with all their digits: a float has not enough of them."""
    assert seconds(time_ns) == text
