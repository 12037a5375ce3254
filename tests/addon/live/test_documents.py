"""JSON and YAML for programs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from paperknife.live.documents import (
    envelope_object,
    envelope_yaml,
    event_object,
    event_yaml,
    json_line,
    missed_object,
    missed_yaml,
)
from paperknife.live.events import Closed, Control, Notice, Opened
from paperknife.live.line import Shown
from paperknife.traffic import Close, Connection
from paperknife_decoders.correlation import Answer
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.secrets import Secrets

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
NOON = 1_900_000_000_482_000_000
TIME = "2030-03-17T17:46:40.482000000Z"
CONNECTION = Connection(1, "wss://venue.example/v1", "127.0.0.1:51234", NOON)


def shown(message, **known):
    return Shown(message, message.envelopes[0], Secrets(), **known)


def test_envelope_object(venue):
    """An envelope says when, where, who, what, and what it answers."""
    fields = {"request_id": 7, "status": "ACCEPTED", "order_id": "A-1001"}
    message = venue.message(SERVER, venue.encode(SERVER, "order_response", fields), ms=622)
    answer = Answer("order", 2_900_000)
    assert envelope_object(shown(message, answer=answer, marks=("odd",))) == {
        "time": "2030-03-17T17:46:40.622000000Z",
        "connection": 1,
        "direction": "server",
        "opcode": "binary",
        "form": "decoded",
        "payload": "order_response",
        "size": len(message.content),
        "answers": {"payload": "order", "latency_ms": 2.9, "first": True},
        "marks": ["odd"],
        "message": {"order_response": {"request_id": "7", "status": "ACCEPTED", "order_id": "A-1001"}},
    }


def test_unknown_fields_have_values(venue):
    """JSON has no place for them in the message, so they stand beside it, with secrets left out."""
    message = venue.message(SERVER, venue.encode(SERVER, "order_response", {"request_id": 7}) + b"\x98\x06\x07")
    found = envelope_object(shown(message, marks=("unknown field 99",)))
    assert found["message"] == {"order_response": {"request_id": "7"}}
    assert found["unknown"] == [{"path": "", "number": 99, "type": "varint", "value": 7}]
    assert "unknown" not in envelope_object(shown(venue.order(), marks=("odd",)))


def test_what_is_not_known_is_left_out(venue):
    """An envelope without marks or an answer has no such keys; its payload is null where none is known."""
    found = envelope_object(shown(venue.message(CLIENT, b"hello", Opcode.TEXT)))
    assert found.keys() == {"time", "connection", "direction", "opcode", "form", "payload", "size", "message"}
    assert (found["payload"], found["form"], found["opcode"]) == (None, "text", "text")


def test_one_of_several_envelopes(venue):
    """Where a message holds several envelopes, each says which it is."""
    assert envelope_object(shown(venue.order(), position=1, of=3))["envelope"] == {"index": 1, "of": 3}


def test_secrets_are_masked(venue):
    """A password is in neither document."""
    login = venue.conversation()[0]
    for text in (json_line(envelope_object(shown(login))), envelope_yaml(shown(login))):
        assert "hunter2" not in text
        assert "[redacted]" in text


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            Opened(CONNECTION),
            {
                "event": "opened",
                "connection": 1,
                "url": "wss://venue.example/v1",
                "client": "127.0.0.1:51234",
                "subprotocol": None,
                "read": True,
            },
        ),
        (
            Closed(CONNECTION, Close(1001, "bye", SERVER, NOON), 3, 4),
            {
                "event": "closed",
                "connection": 1,
                "code": 1001,
                "meaning": "going away",
                "reason": "bye",
                "by": "server",
                "messages": {"client": 3, "server": 4},
            },
        ),
        (Notice("Loaded.", False, NOON), {"event": "notice", "text": "Loaded."}),
        (Notice("Bad.", True, NOON), {"event": "warning", "text": "Bad."}),
    ],
)
def test_event_object(event, expected):
    """Events are told from envelopes by the key `event`."""
    assert event_object(event) == {"time": TIME} | expected


def test_control_frames(venue):
    """A ping is an event of its own."""
    ping = Control(venue.message(CLIENT, b"hi", Opcode.PING))
    found = event_object(ping)
    assert {key: found[key] for key in ("event", "direction", "text", "size")} == {
        "event": "ping",
        "direction": "client",
        "text": "hi",
        "size": 2,
    }


@given(st.text())
def test_json_lines_are_safe(text):
    """Whatever a text holds, its JSON is one line of printable ASCII that reads back as the same."""
    line = json_line({"text": text})
    assert line.endswith("\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    assert json.loads(line) == {"text": text}


def test_yaml_of_a_conversation(venue):
    """Each envelope is a document of its own, and events between them are comments."""
    text = event_yaml(Opened(CONNECTION))
    text += "".join(envelope_yaml(shown(message, marks=("odd\x1b",))) for message in venue.conversation()[:8])
    text += missed_yaml(5) + event_yaml(Closed(CONNECTION, Close(1000, "", CLIENT, NOON), 3, 4))
    documents = list(YAML(typ="safe").load_all(text))
    assert [next(iter(document)) for document in documents if document] == [
        "login",
        "login_response",
        "subscribe",
        "subscribe_response",
        "market_data",
        "order",
        "order_response",
        "heartbeat",
    ]
    assert "# ! odd\\x1b\n" in text
    assert "# ! 5 lines not shown\n" in text


@pytest.mark.parametrize(
    ("content", "opcode"),
    [
        (b"", Opcode.BINARY),
        (b"hello: [\x1b\n- }", Opcode.TEXT),
        (b'{"op": "ping"}', Opcode.TEXT),
        (b"\x1a\x03abc", Opcode.BINARY),
        (b"\xff\xfe", Opcode.BINARY),
        (b"\x98\x06\x01", Opcode.BINARY),
    ],
    ids=["empty", "text", "json", "wire", "bytes", "nothing set"],
)
def test_odd_messages_are_documents_too(venue, content, opcode):
    """What is not decoded still gives valid YAML and JSON."""
    one = shown(venue.message(SERVER, content, opcode), marks=("odd",))
    assert len(list(YAML(typ="safe").load_all(envelope_yaml(one)))) == 1
    assert json.loads(json_line(envelope_object(one)))["form"] == one.envelope.form.value


def test_missed_object():
    """A gap in the JSON is an object that says how much is missing."""
    assert missed_object(5) == {"event": "missed", "lines": 5}
