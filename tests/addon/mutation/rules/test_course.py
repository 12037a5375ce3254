"""One message on its way: several envelopes, framing, and what it brings about."""

from __future__ import annotations

import base64
import json

import pytest
from tests.addon.mutation.lists import listed_orders

from paperknife.mutation.rules.course import Course
from paperknife.mutation.rules.standing import Standing
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import Set, SpliceError, splice
from paperknife_decoders.steps.base64_text import Base64Text
from paperknife_decoders.steps.json_field import JsonField

CLIENT = Direction.CLIENT


@pytest.fixture
def listed(desk):
    """A protocol whose messages are lists of envelopes, and one such message."""
    return listed_orders(desk.api, desk.loaded)


def test_each_envelope_has_its_rules(desk, listed):
    """Each envelope of a message is looked at; what is changed in one leaves the others as they were."""
    protocol, message = listed
    rules = desk.rules("{on: client order, when: order.quantity > 100, do: {set: {order.quantity: 7}}}", [protocol])
    changer = rules.for_connection(1, message.reader)
    assert changer.wants(CLIENT, ["heartbeat"])
    verdict = changer.consider(message, 0.0)
    before, after = message.content, verdict.content
    read = message.reader.read(CLIENT, Opcode.BINARY, after)
    assert [each.message.order.quantity for each in read] == [7, 0, 50]
    assert after.endswith(before[8:])
    every = desk.rules("{on: client order, do: {set: {order.quantity: '{counter}'}}}", [protocol])
    content = every.for_connection(1, message.reader).consider(message, 0.0).content
    assert [each.message.order.quantity for each in message.reader.read(CLIENT, Opcode.BINARY, content)] == [1, 0, 2]
    assert every.for_connection(1, message.reader).consider(message, 0.0).hits == ("rule 1",)
    assert [each.hits for each in every.report().rules] == [4]


DROPS = [
    ("{on: client heartbeat, do: drop}", [1, 2]),
    ("{on: client order, do: drop}", [0]),
    ("{on: client order, when: order.quantity > 100, do: drop}", [0, 2]),
    ("{on: client, do: drop}", None),
    ("rules: [{on: client order, limit: 1, do: drop}, {on: client order, do: {set: {order.request_id: 5}}}]", [0, 5]),
    ("rules: [{on: client heartbeat, do: drop}, {on: client heartbeat, do: {log: never}}]", [1, 2]),
    ("rules: [{on: client order, do: [drop, {close: 1000}]}, {on: client heartbeat, do: {log: never}}]", [0, 2]),
]


@pytest.mark.parametrize(("rule", "left"), DROPS)
def test_an_envelope_is_dropped_alone(desk, listed, rule, left):
    """The others of its message pass, and have their rules; where none is left, nothing passes."""
    protocol, message = listed
    verdict = desk.rules(rule, [protocol]).for_connection(1, message.reader).consider(message, 0.0)
    assert verdict.logs == ()
    if left is None:
        assert verdict.content is None
        return
    read = message.reader.read(CLIENT, Opcode.BINARY, verdict.content)
    assert [each.message.order.request_id for each in read] == left


def test_what_cannot_be_taken_out(desk, listed):
    """Where a message has to hold all of them it passes as it was, which is said."""
    plain, _ = listed
    protocol = Protocol("json", plain.client, plain.server, steps=(JsonField("m"), Base64Text()), in_text=True)
    content = json.dumps([{"m": base64.b64encode(part).decode()} for part in (b"\x22\x00", b"\x12\x00")]).encode()
    message = Message(1, CLIENT, 0, Opcode.TEXT, content, protocol.reader())
    rules = desk.rules("{on: client order, do: drop}", [protocol])
    verdict = rules.for_connection(1, message.reader).consider(message, 0.0)
    assert verdict.content is content
    assert "cannot be taken out" in verdict.logs[0]
    assert [each.hits for each in rules.report().rules] == [0]


def test_what_cannot_be_sent_when_a_connection_opens(desk):
    """It is said, and nothing of a message, as there is none."""
    plain = desk.loaded.protocol
    protocol = Protocol("json", plain.client, plain.server, steps=(JsonField("m"), Base64Text()), in_text=True)
    rules = desk.rules("{on: open, do: {inject: {heartbeat: {}}, to: server}}", [protocol])
    (said,) = rules.for_connection(1, protocol.reader()).opened(0.0).logs
    assert said.endswith("only one shows what json-field has around it.")


def test_too_many_messages(desk):
    """One message does not bring about more than so many others."""
    course = Course(Standing(1, desk.reader), desk.order())
    with pytest.raises(SpliceError, match="at most 1,000"):
        for _ in range(1001):
            course.emit([course.emission_of(CLIENT, b"")])
    assert len(course.outcome.emissions) == 1000


def test_untouched_is_the_very_same(desk):
    """An edit that changes nothing leaves the bytes that came, and so do edits that undo each other."""
    order = desk.order()
    kind = desk.loaded.protocol.client.descriptor
    course = Course(Standing(1, desk.reader), order)
    course.edit(lambda data: data)
    assert course.content() is order.content
    course.edit(lambda data: splice(data, kind, [Set("order.symbol", "NQZ6")]))
    assert course.envelope.message.order.symbol == "NQZ6"
    course.edit(lambda data: splice(data, kind, [Set("order.symbol", "ESZ6")]))
    assert course.content() is order.content


def test_text_has_no_fields(desk):
    """JSON, and what is no message, can be dropped and delayed, but has no fields to change."""
    for content, opcode in [(b'{"a": 1}', Opcode.TEXT), (b"hello", Opcode.TEXT)]:
        message = desk.raw(CLIENT, content, opcode)
        course = Course(Standing(1, desk.reader), message)
        with pytest.raises(SpliceError, match="no field can be changed"):
            course.edit(lambda data: data)
        assert desk.verdict("{on: client, do: drop}", message).content is None
    with pytest.raises(SpliceError, match="there is no message here"):
        Course(Standing(1, desk.reader)).edit(lambda data: data)
