"""What scripts decide for one connection."""

from __future__ import annotations

import pytest

from paperknife.mutation.verdict import CloseOrder
from paperknife_decoders.message import Direction, Message, Opcode

CLIENT, SERVER = Direction
ORDER = {"request_id": 7, "symbol": "ESZ6", "side": "BUY", "quantity": 300}


def after(message: Message, content: bytes | None) -> Message:
    assert content is not None
    return Message(message.connection, message.direction, 0, message.opcode, content, message.reader)


def test_what_is_set_is_spliced(written, tape) -> None:
    """Unknown fields and over-long numbers stay as they were, beside what was set."""
    script = written("""
        def client_order(order, connection):
            if order.quantity > 100:
                order.quantity = 100
                order.price.value = "5.25"
    """)
    order = tape.message(CLIENT, "order", ORDER)
    odd = after(order, order.content + b"\x7a\x03abc" + b"\xa0\x06\x85\x80\x00")
    verdict = script.changer.consider(odd, 0.0)
    assert verdict.hits == ("script client_order",)
    assert verdict.content.endswith(b"\x7a\x03abc" + b"\xa0\x06\x85\x80\x00")
    found = after(order, verdict.content).envelopes[0].message.order
    assert (found.quantity, found.price.value, found.symbol) == (100, "5.25", "ESZ6")
    assert odd.envelopes[0].message.order.quantity == 300  # what others read is not touched


def test_what_no_function_is_for_is_not_wanted(written, tape) -> None:
    """Neither another payload, nor the other direction."""
    script = written("def client_order(order, connection): pass")
    assert script.changer.heeds(CLIENT)
    assert not script.changer.heeds(SERVER)
    assert script.changer.wants(CLIENT, ["login", "order"])
    assert not script.changer.wants(CLIENT, ["login", "heartbeat"])
    assert script.changer.consider(tape.message(CLIENT, "login", {"user": "x"}), 0.0) is None
    assert script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0) is None


def test_whole_envelopes(written, tape) -> None:
    """``server`` is for all payloads, and is given the envelope."""
    script = written("""
        def server(message, connection):
            if message.HasField("heartbeat"):
                message.heartbeat.sequence += 1
    """)
    beat = tape.message(SERVER, "heartbeat", {"sequence": 4})
    verdict = script.changer.consider(beat, 0.0)
    assert after(beat, verdict.content).envelopes[0].message.heartbeat.sequence == 5
    assert script.changer.wants(SERVER, ["market_data"])


def test_what_is_not_decoded_passes(written, tape) -> None:
    """No function is called with what is no message."""
    script = written("def client(message, connection): raise AssertionError")
    assert script.changer.consider(tape.raw(CLIENT, b"\xff\xfe"), 0.0) is None
    assert script.changer.consider(tape.raw(CLIENT, b"{}", opcode=Opcode.TEXT), 0.0) is None


ACTIONS = {
    "connection.drop()": lambda verdict: verdict.content is None,
    "connection.delay(0.5)": lambda verdict: verdict.delay == 0.5,
    "connection.hold(9)": lambda verdict: verdict.hold.seconds == 9,
    "connection.close(4000, 'enough')": lambda verdict: verdict.close == CloseOrder(4000, "enough"),
    "connection.abort()": lambda verdict: verdict.close == CloseOrder(abort=True),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_actions(written, tape, action) -> None:
    """Each is in the verdict."""
    script = written(f"def client_order(order, connection): {action}")
    assert ACTIONS[action](script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0))


def test_functions_in_the_order_of_the_file(written, tape) -> None:
    """Each sees what those before it have done; none sees a message that is dropped."""
    script = written("""
        def client(message, connection):
            message.order.quantity += 1

        def client_order(order, connection):
            connection.log(order.quantity, connection.direction, connection.payload, connection.number)
            connection.drop()

        def client_cancel(cancel, connection): raise AssertionError
    """)
    verdict = script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0)
    assert verdict.logs == ("301 client order 1",)
    assert verdict.content is None


def test_opened_and_closed(written, tape) -> None:
    """They are given the connection alone; what is remembered is gone with it."""
    script = written("""
        def opened(connection):
            connection.remember("orders", 0)
            connection.send("server", "heartbeat", sequence=1)

        def client_order(order, connection):
            connection.remember("orders", connection.recall("orders") + 1)

        def closed(connection):
            connection.log(connection.recall("orders"), "orders", connection.recall("other", "-"))
    """)
    opened = script.changer.opened(0.0)
    assert [emission.direction for emission in opened.emissions] == [CLIENT]
    for _ in range(3):
        script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0)
    assert script.changer.closed(9.0).logs == ("3 orders -",)
    assert script.scripts.memories == {}


def test_framed_messages_are_sent_framed(written, tape) -> None:
    """A direction with steps is looked at once, to see how its messages are framed."""
    script = written("def opened(connection): pass")
    assert not script.changer.heeds(CLIENT)
    assert not script.changer.lacks_mould(CLIENT)
