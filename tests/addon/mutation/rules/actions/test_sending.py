"""Messages of our own, to either side."""

from __future__ import annotations

import pytest

from paperknife.mutation.verdict import Emission
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.splice import Set, splice
from paperknife_decoders.steps.length_prefix import LengthPrefix

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def test_reply(desk):
    """An answer goes back to the sender, with what the message at hand has; what has no value is left out."""
    direction, message = desk.sent(
        '{on: client order, do: [drop, {reply: {order_response: {request_id: "{order.request_id}", status: REJECTED, '
        'client_tag: "{order.client_tag}", text: "no {order.symbol} at {order.price}", time: "{now}", '
        "last_fill: {price: 5.25, quantity: 2}}}}]}",
        desk.order(quantity=5),
    )
    response = message.order_response
    assert direction is SERVER
    assert (response.request_id, response.status, response.text) == (7, -1, "no ESZ6 at ")
    assert not response.HasField("client_tag")
    assert response.time.ToJsonString() == "2026-01-01T12:00:00Z"
    assert (response.last_fill.price.value, response.last_fill.quantity) == ("5.25", 2)


CASES = [
    ("{inject: {heartbeat: {}}}", CLIENT, 1),
    ("{inject: {heartbeat: }, to: server}", CLIENT, 1),
    ("{inject: {heartbeat: {}}, to: client, times: 3}", SERVER, 3),
    ("{reply: {heartbeat: {}}, in: 20ms}", SERVER, 1),
]


@pytest.mark.parametrize(("action", "direction", "count"), CASES)
def test_inject(desk, action, direction, count):
    """By itself it goes where the message goes, else to the side that is named; so many times, and then."""
    verdict = desk.verdict(f"{{on: client order, do: {action}}}")
    delay = 0.02 if "in:" in action else 0.0
    assert verdict.emissions == (Emission(direction, Opcode.BINARY, b"\x22\x00", delay, "rule 1"),) * count


def test_lists_and_copies(desk):
    """Lists of messages and values, and whole parts of the message at hand, go into one of our own."""
    order = desk.order(labels={"a": "b"}, price={"value": "7"})
    _, message = desk.sent(
        """{on: client order, do: {reply: {snapshot: {orders: {items: [
        {symbol: "{order.symbol}", price: "{order.price}"}, {quantity: 3}]}}}}}""",
        order,
    )
    items = message.snapshot.orders.items
    assert [(each.symbol, each.price.value, each.quantity) for each in items] == [("ESZ6", "7", 0), ("", "", 3)]
    _, message = desk.sent("{on: client order, do: {inject: {order: '{order}'}}}", order)
    assert message.order.labels == {"a": "b"}
    assert message.order.price.value == "7"


def test_raw_bytes(desk):
    """A message may be any bytes, in hex."""
    verdict = desk.verdict("{do: {reply: '0aff'}}")
    assert verdict.emissions == (Emission(SERVER, Opcode.BINARY, b"\x0a\xff", rule="rule 1"),)


def test_when_a_connection_opens(desk):
    """There is no message to refer to, but the time and chance there are."""
    changer = desk.changer('{on: open, do: {inject: {heartbeat: {time: "{now}"}}, to: server, in: 1s}}')
    verdict = changer.opened(100.0)
    (emission,) = verdict.emissions
    assert (emission.direction, emission.delay) == (CLIENT, 1.0)
    assert desk.envelope(CLIENT, emission.content).message.heartbeat.time.seconds


def framed(desk) -> Protocol:
    """The same messages behind a length."""
    plain = desk.loaded.protocol
    return Protocol("framed", plain.client, plain.server, steps=(LengthPrefix(4, "big"),))


def test_messages_are_framed_as_others_are(desk):
    """Where there are steps, a message goes out in a frame of its own, before any other has passed too."""
    protocol = framed(desk)
    reader = protocol.reader()
    rules = desk.rules("{on: client heartbeat, do: {reply: {error: {text: no}}}}", [protocol])
    changer = rules.for_connection(1, reader)

    def message(direction, payload):
        content = getattr(desk.api, direction.value).encode(payload, {})
        return Message(1, direction, 0, Opcode.BINARY, len(content).to_bytes(4, "big") + content, reader)

    assert changer.heeds(SERVER)
    assert not changer.wants(SERVER, ["market_data"])
    wanted = splice(b"", protocol.server.descriptor, [Set("error.text", "no")])
    for _ in range(2):
        (emission,) = changer.consider(message(CLIENT, "heartbeat"), 0).emissions
        assert emission.content == len(wanted).to_bytes(4, "big") + wanted
        assert changer.consider(message(SERVER, "market_data"), 0) is None


FAULTS = [
    ("{reply: {order_respons: {}}}", "did you mean order_response?"),
    ("{reply: {order: {}}}", "trading.v1.ServerMessage has no field order"),
    ("{reply: {order_response: {status: REJCTED}}}", "did you mean REJECTED?"),
    ("{reply: {order_response: {}, error: {}}}", "are never both set"),
    ("{reply: {snapshot: {orders: {items: [1]}}}}", "items"),
    ("{reply: {'snapshot.orders.items[0].quantity': 1}}", "is not there in a new message; write the whole list"),
    ("{reply: zz}", "or in hex, was expected, and 'zz' was found"),
    ("{inject: {heartbeat: {}}, to: venue}", "to, client or server, was expected"),
    ("{inject: {heartbeat: {}}, times: 0}", "a whole number from 1 to 1,000"),
    ("{inject: {heartbeat: {}}, in: 5}", "say the unit"),
    ("{inject: }", "inject takes a message by its fields, or hex, as in"),
]


@pytest.mark.parametrize(("action", "fault"), FAULTS)
def test_faults(desk, action, fault):
    """A message that the other side's type does not have is told where it is wrong."""
    (line,) = desk.faults(f"{{on: client order, do: {action}}}")
    assert fault in line
