"""Conversations, and what each message of them answers."""

from dataclasses import replace

import pytest
from google.protobuf import message_factory, text_format
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.correlation import MAX_ID, MAX_QUEUED, Answer, Correlator
from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

PROTO = """
    syntax = "proto3";
    package venue;
    message Empty {}
    message Order { int64 request_id = 1; string client_tag = 2; }
    message Tagged { string tag = 1; }
    message Headed { Header header = 1; }
    message Header { bytes correlation_id = 1; }
    message Counted { int64 message_id = 1; }
    message ClientMessage {
      string cid = 90;
      oneof payload {
        Order order = 1; Order cancel = 2; Empty login_request = 3; Empty heartbeat = 4; Headed query = 5;
        Tagged submit = 6; Empty ping = 7; Empty pong = 8; Counted count = 9; Counted chat = 10; Counted ack = 11;
        int64 number = 12;
      }
    }
    message ServerMessage {
      string cid = 90;
      oneof payload {
        Order order_response = 1; Order error = 2; Empty login_response = 3; Empty heartbeat = 4; Headed rows = 5;
        Tagged submit_ack = 6; Empty ping = 7; Empty pong = 8; Counted count_reply = 9; Counted news = 10;
        Empty login_reject = 11; int64 number_result = 12; Order order = 13;
      }
    }
"""


@pytest.fixture(scope="module")
def protocol(tmp_path_factory):
    folder = tmp_path_factory.mktemp("venue")
    (folder / "venue.proto").write_text(PROTO)
    client, server = direction_types(load_schema([folder]))
    return Protocol(client=client, server=server)


@pytest.fixture
def said(protocol):
    """Feed a conversation, a microsecond between messages, and give what each message answers."""

    def feed(lines, correlator=None, read_by=protocol):
        correlator = correlator or Correlator()
        answers = []
        for time, line in enumerate(lines):
            arrow, _, text = line.partition(" ")
            direction = Direction.CLIENT if arrow[0] == ">" else Direction.SERVER
            connection = int(arrow[1:] or 1)
            kind = protocol.type_for(direction)
            message = text_format.Parse(text, message_factory.GetMessageClass(kind.descriptor)())
            content = message.SerializeToString()
            frame = Message(connection, direction, time * 1000, Opcode.BINARY, content, read_by.reader())
            (envelope,) = frame.envelopes
            answers.append(correlator.observe(frame, envelope))
        return answers

    return feed


CONVERSATIONS = {
    "by id": [
        ("> order { request_id: 7 }", None),
        ("> order { request_id: 8 }", None),
        ("< order_response { request_id: 8 }", Answer("order", 1000)),
        ("< order_response { request_id: 7 }", Answer("order", 3000)),
    ],
    "an answer of any name, by id": [
        ("> cancel { request_id: 7 }", None),
        ("< error { request_id: 7 }", Answer("cancel", 1000)),
    ],
    "more after the first answer": [
        ("> order { request_id: 7 }", None),
        ("< order_response { request_id: 7 }", Answer("order", 1000)),
        ("< order_response { request_id: 7 }", Answer("order", 2000, first=False)),
    ],
    "the latest request with the id": [
        ("> order { request_id: 7 }", None),
        ("> cancel { request_id: 7 }", None),
        ("< order_response { request_id: 7 }", Answer("cancel", 1000)),
    ],
    "an id that nobody asked with": [
        ("> order { request_id: 7 }", None),
        ("< order_response { request_id: 9 }", None),
    ],
    "no id is no answer to what had one": [
        ("> order { request_id: 7 client_tag: 'a' }", None),
        ("< order_response { client_tag: 'a' }", None),
        ("< order_response {}", None),
    ],
    "the less sure id where the surer is missing": [
        ("> order { client_tag: 'a' }", None),
        ("< order_response { request_id: 3 client_tag: 'a' }", Answer("order", 1000)),
    ],
    "an id in the envelope": [
        ("> cid: 'x' heartbeat {}", None),
        ("< cid: 'x' heartbeat {}", Answer("heartbeat", 1000)),
    ],
    "an id one message further in": [
        ("> query { header { correlation_id: '\\001' } }", None),
        ("< rows { header { correlation_id: '\\002' } }", None),
        ("< rows { header { correlation_id: '\\001' } }", Answer("query", 2000)),
        ("< rows {}", None),
    ],
    "by name, the oldest first": [
        ("> login_request {}", None),
        ("> login_request {}", None),
        ("< login_response {}", Answer("login_request", 2000)),
        ("< login_reject {}", Answer("login_request", 2000)),
        ("< login_response {}", None),
    ],
    "a payload that is a number": [
        ("> number: 0", None),
        ("< number_result: 5", Answer("number", 1000)),
    ],
    "heartbeats pair with nothing": [
        ("> heartbeat {}", None),
        ("< heartbeat {}", None),
        ("> heartbeat {}", None),
    ],
    "ping and pong, both ways": [
        ("> ping {}", None),
        ("< ping {}", None),
        ("< pong {}", Answer("ping", 2000)),
        ("> pong {}", Answer("ping", 2000)),
    ],
    "counters of both sides are no ids, unless the names fit": [
        ("> chat { message_id: 1 }", None),
        ("> count { message_id: 2 }", None),
        ("< news { message_id: 1 }", None),
        ("< count_reply { message_id: 2 }", Answer("count", 2000)),
    ],
    "a client's acknowledgement": [
        ("< news { message_id: 5 }", None),
        ("> ack { message_id: 5 }", Answer("news", 1000)),
    ],
    "a client's order is no answer to what the server said": [
        ("< order_response { request_id: 7 }", None),
        ("> order { request_id: 7 }", None),
        ("< order_response { request_id: 7 }", Answer("order", 1000)),
    ],
    "tags need names that fit": [
        ("> submit { tag: 'a' }", None),
        ("< submit_ack { tag: 'a' }", Answer("submit", 1000)),
        ("< submit_ack { tag: 'a' }", Answer("submit", 2000, first=False)),
    ],
    "never across connections": [
        (">1 order { request_id: 7 }", None),
        (">2 login_request {}", None),
        ("<2 order_response { request_id: 7 }", None),
        ("<1 login_response {}", None),
        ("<1 order_response { request_id: 7 }", Answer("order", 4000)),
        ("<2 login_response {}", Answer("login_request", 4000)),
    ],
    "a response before its request": [
        ("< login_response {}", None),
        ("> login_request {}", None),
    ],
    "nothing in the envelope": [
        ("> ", None),
        ("< ", None),
    ],
}


@pytest.mark.parametrize("lines", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_conversation(said, lines):
    """Each message answers what it should, after the time that has passed."""
    assert said([line for line, _ in lines]) == [answer for _, answer in lines]


def test_requests_are_forgotten_beyond_the_limit(said):
    """Of unanswered requests the first ones are forgotten; memory is bounded."""
    asked = [f"> order {{ request_id: {number} }}" for number in range(1, 6)]
    answers = said(
        [*asked, "< order_response { request_id: 1 }", "< order_response { request_id: 5 }"], Correlator(limit=3)
    )
    assert answers[-2:] == [None, Answer("order", 2000)]


def test_queue_of_a_name_is_bounded(said):
    """Requests without an id wait in a queue of a fixed length."""
    answers = said(["> login_request {}"] * (MAX_QUEUED + 5) + ["< login_response {}"])
    assert answers[-1] == Answer("login_request", MAX_QUEUED * 1000)


def test_long_id_is_none(said):
    """A peer cannot fill the memory with long ids; the names may still pair."""
    long = "x" * (MAX_ID + 1)
    answers = said([f"> submit {{ tag: '{long}' }}", f"< submit_ack {{ tag: '{long}' }}"])
    assert answers == [None, Answer("submit", 1000)]
    assert said([f"> cid: '{long}' heartbeat {{}}", f"< cid: '{long}' heartbeat {{}}"]) == [None, None]


def test_time_never_runs_backwards(protocol):
    """A clock that was set back gives no negative latency."""
    correlator, reader = Correlator(), protocol.reader()
    ask = Message(1, Direction.CLIENT, 5000, Opcode.BINARY, b"\x1a\x00", reader)
    answer = Message(1, Direction.SERVER, 4000, Opcode.BINARY, b"\x1a\x00", reader)
    assert correlator.observe(ask, ask.envelopes[0]) is None
    assert correlator.observe(answer, answer.envelopes[0]) == Answer("login_request", 0)


@given(st.lists(st.tuples(st.sampled_from(Direction), st.sampled_from(Opcode), st.binary(max_size=20)), max_size=8))
def test_no_content_raises(protocol, messages):
    """Whatever is sent, each envelope answers something or nothing; without a schema nothing."""
    for reader in (protocol.reader(), Protocol().reader()):
        correlator = Correlator()
        for direction, opcode, content in messages:
            message = Message(1, direction, 0, opcode, content, reader)
            for envelope in message.envelopes:
                answer = correlator.observe(message, envelope)
                assert answer is None or (answer.latency_ns == 0 and reader.protocol.client is not None)


DECLARED_CONVERSATIONS = {
    "by the declared fields, whatever they are called": [
        ("> submit { tag: 'a' }", None),
        ("< order { client_tag: 'b' }", None),
        ("< order { client_tag: 'a' }", Answer("submit", 2000)),
        ("< order { client_tag: 'a' }", Answer("submit", 3000, first=False)),
    ],
    "the declared pair comes before the guessed one": [
        ("> submit { tag: 'a' }", None),
        ("> submit { tag: 'b' }", None),
        ("< submit_ack { tag: 'b' }", Answer("submit", 1000)),
        ("< order { client_tag: 'a' }", Answer("submit", 3000)),
    ],
    "asked by the server": [
        ("< count_reply { message_id: 5 }", None),
        ("> count { message_id: 4 }", None),
        ("> chat { message_id: 5 }", Answer("count_reply", 2000)),
    ],
    "an id of the envelope": [
        ("> cid: 'x' number: 1", None),
        ("< cid: 'x' news {}", Answer("number", 1000)),
    ],
}
PAIRS = (
    DeclaredPair("submit.tag", "order.client_tag"),
    DeclaredPair("count_reply.message_id", "chat.message_id", Direction.SERVER),
    DeclaredPair("cid", "cid"),
    DeclaredPair("nothing.here", "cid"),
)


@pytest.mark.parametrize("lines", DECLARED_CONVERSATIONS.values(), ids=DECLARED_CONVERSATIONS)
def test_declared_pairs(protocol, said, lines):
    """What a definition declares pairs first; all else is guessed as before."""
    declared = replace(protocol, pairs=PAIRS)
    answers = said([text for text, _ in lines], read_by=declared)
    assert answers == [answer for _, answer in lines]


@pytest.mark.parametrize("lines", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_pairs_that_are_declared_change_no_others(protocol, said, lines):
    """A pair of fields that do not occur leaves every conversation as it is."""
    declared = replace(protocol, pairs=(DeclaredPair("chat.message_id", "order.client_tag"),))
    assert said([text for text, _ in lines], read_by=declared) == [answer for _, answer in lines]
