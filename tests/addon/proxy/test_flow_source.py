"""Flow files of mitmproxy, as its own programs write them."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mitmproxy.io import FlowWriter, tnetstring
from mitmproxy.test import tflow

from paperknife.proxy.flow_source import FlowSource, nanoseconds
from paperknife.recording.exchange.sources import SourceError
from paperknife_decoders.message import Direction, Opcode

CLIENT, SERVER = Direction


def written(*flows) -> bytes:
    """A file of these flows."""
    out = io.BytesIO()
    writer = FlowWriter(out)
    for flow in flows:
        writer.add(flow)
    return out.getvalue()


@pytest.fixture
def source(tmp_path):
    """A source of these bytes."""

    def make(data: bytes) -> FlowSource:
        path = tmp_path / "x.flow"
        path.write_bytes(data)
        return FlowSource(path)

    return make


def test_a_websocket_of_mitmproxy(source):
    """Messages, handshake and close code; flows of other kinds are counted."""
    flow = tflow.twebsocketflow()
    found = source(written(tflow.tflow(resp=True), flow, tflow.ttcpflow(), tflow.tdnsflow()))
    assert [(told.direction, told.opcode, told.content) for told in found.messages()] == [
        (CLIENT, Opcode.BINARY, b"hello binary"),
        (CLIENT, Opcode.TEXT, b"hello text"),
        (SERVER, Opcode.TEXT, b"it's me"),
    ]
    (session,) = found.sessions
    assert session.connection.url == "ws://example.com/ws"
    assert ("upgrade", "websocket") in [(name.lower(), value) for name, value in session.connection.handshake.request]
    assert (session.close.code, session.close.reason) == (1000, "")
    assert found.notes() == [f"3 flows in {found.name} are no WebSockets."]


def old_flow() -> bytes:
    """The same flow as an older version of mitmproxy wrote it."""
    state = tflow.twebsocketflow().get_state()
    state["version"] = 19
    state["client_conn"]["tls_version"] = "QUIC"
    return tnetstring.dumps(state)


def test_older_versions(source):
    """mitmproxy itself makes a newer flow of it."""
    found = source(old_flow())
    assert [told.content for told in found.messages()] == [b"hello binary", b"hello text", b"it's me"]


def test_an_open_connection(source):
    """A flow that was saved before its end has no close."""
    flow = tflow.twebsocketflow()
    flow.websocket.close_code = flow.websocket.close_reason = flow.websocket.timestamp_end = None
    assert source(written(flow)).sessions[0].close is None


FAULTS = {
    "empty": (b"", "is empty"),
    "text": (b"hello", "flow at byte 0: the size of a value was expected"),
    "cut": (written(tflow.twebsocketflow())[:500], "is cut off"),
    "cut behind a flow": (written(tflow.twebsocketflow()) + b"99:", "is cut off"),
    "no flow": (tnetstring.dumps({"a": 1}), "flow at byte 0"),
    "no object": (tnetstring.dumps([1]), "an object was expected"),
    "a newer version": (tnetstring.dumps({"version": 999, "type": "http"}), "please update mitmproxy"),
    "nested": (b"".join(b"%d:" % 10**9 for _ in range(9)), "is cut off"),
}


@pytest.mark.parametrize(("data", "what"), FAULTS.values(), ids=FAULTS)
def test_files_that_are_none(source, data, what):
    """Each is refused in a sentence that says where and what."""
    with pytest.raises(SourceError, match=r"x\.flow ") as raised:
        source(data)
    assert what in str(raised.value)


def changed(**websocket) -> bytes:
    """A flow with other members in its WebSocket."""
    state = tflow.twebsocketflow().get_state()
    state["websocket"] = {**state["websocket"], **websocket}
    return tnetstring.dumps(state)


MESSAGE_FAULTS = {
    "an opcode that is none": [(7, True, b"", 1.0, False, False)],
    "no bytes": [(1, True, "text", 1.0, False, False)],
    "no time": [(1, True, b"", None, False, False)],
    "a negative time": [(1, True, b"", -1.0, False, False)],
    "a time without end": [(1, True, b"", 1e300, False, False)],
    "a control frame": [(0, True, b"", 1.0, False, False)],
    "too few": [(1,)],
    "no list": [b"x"],
}


@pytest.mark.parametrize("messages", MESSAGE_FAULTS.values(), ids=MESSAGE_FAULTS)
def test_messages_that_are_none(source, messages):
    """Each is refused with the place of its flow."""
    with pytest.raises(SourceError, match="messages of the flow at byte"):
        list(source(changed(messages=messages)).messages())


def test_a_flow_that_is_too_large_besides_its_messages(source, monkeypatch):
    """What mitmproxy would be given at once is bounded; messages are not."""
    monkeypatch.setattr("paperknife.proxy.flow_source.LARGEST_FLOW", 10_000)
    many = changed(messages=[(1, True, b"x" * 9000, 1.0, False, False)] * 9)
    assert len(list(source(many).messages())) == 9
    with pytest.raises(SourceError, match="where 10,000 are allowed"):
        source(changed(close_reason="x" * 20_000))


def test_what_was_read_is_let_go(source, monkeypatch):
    """A file that is larger than what may be held is read in full, and read again."""
    monkeypatch.setattr("paperknife.proxy.flow_source.HELD", 20_000)
    contents = [bytes([place]) * 9000 for place in range(50)]
    found = source(changed(messages=[(2, True, content, 1.0, False, False) for content in contents]))
    assert [told.content for told in found.messages()] == contents
    assert [told.content for told in found.messages()] == contents


VALID = written(tflow.twebsocketflow())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, len(VALID) - 1), st.binary(min_size=1, max_size=3))
def test_any_damage_is_read_or_refused(source, at, patch):
    """Nothing but `SourceError` is raised for a file with other bytes somewhere."""
    try:
        list(source(VALID[:at] + patch + VALID[at + len(patch) :]).messages())
    except SourceError as error:
        assert json.dumps(str(error)).isascii()


@pytest.mark.parametrize(
    ("seconds", "time_ns"), {0: 0, 1.5: 1_500_000_000, 1800000000.1234567: 1_800_000_000_123_456_700}.items()
)
def test_times(seconds, time_ns):
    """Floats are read as the decimal numbers that they were."""
    assert nanoseconds(seconds) == time_ns
