"""What scripts decide for one connection."""

from __future__ import annotations

import asyncio

import pytest
from tests.addon.mutation.lists import listed_orders

from paperknife.mutation.held import Held
from paperknife.mutation.rules.course import Course
from paperknife.mutation.rules.standing import Standing
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
    """A direction with steps is looked at, to see how its messages are framed; no other is."""
    script = written("def opened(connection): pass")
    assert not script.changer.heeds(CLIENT)
    assert not script.changer.is_framed(CLIENT)


# several envelopes in a message

SEVERAL = [
    ("what one function drops", "def client_order(order, connection): connection.drop()", ["heartbeat"]),
    ("all of them", "def client(message, connection): connection.drop()", None),
    (
        "the second one, of which no other function hears",
        """
        def client_order(order, connection):
            if order.quantity < 100: connection.drop()
        def client(message, connection):
            if message.order.quantity == 50: message.order.quantity = connection.number / 0
        """,
        ["order", "heartbeat"],
    ),
    (
        "what a function drops and then fails",
        "def client_order(order, connection): connection.drop(); connection.number / 0",
        ["order", "heartbeat", "order"],
    ),
    (
        "late",
        """
        import asyncio
        async def client_order(order, connection):
            await asyncio.sleep(0)
            order.quantity += 1
            if order.request_id == 1: connection.drop()
        """,
        ["heartbeat", "order"],
    ),
    (
        "late, before it fails",
        """
        import asyncio
        def client_heartbeat(heartbeat, connection): connection.drop()
        async def client_order(order, connection):
            await asyncio.sleep(0)
            connection.drop()
            connection.number / 0
        """,
        ["order", "order"],
    ),
]


@pytest.fixture
def listed(tape) -> Message:
    """An order, a heartbeat and another order in one message."""
    return listed_orders(tape.api, tape.loaded)[1]


@pytest.mark.parametrize(("text", "left"), [case[1:] for case in SEVERAL], ids=[case[0] for case in SEVERAL])
def test_an_envelope_of_several_is_dropped_alone(written, listed, text, left) -> None:
    """As by a rule; the whole message where nothing is left in it."""
    message = listed

    async def run() -> bytes | None:
        changer = written(text).scripts.for_connection(1, message.reader)
        verdict = changer.consider(message, 0.0)
        if verdict is None or verdict.hold is None:
            return message.content if verdict is None else verdict.content
        settled: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        settle = lambda last: settled.set_result(last.content)  # noqa: E731
        verdict.hold.by.held(Held(message, verdict.hold.rule, 60.0, True, settle, verdict.hold.by))
        return await asyncio.wait_for(settled, 5)

    after = asyncio.run(run())
    read = None if after is None else message.reader.read(CLIENT, Opcode.BINARY, after)
    assert (None if read is None else [each.payload for each in read]) == left


def test_a_function_that_awaits_has_its_own_envelope(written, listed) -> None:
    """Also where a rule calls it and goes on to other envelopes of the message meanwhile."""
    script = written("""
        import asyncio
        async def slow(message, connection):
            await asyncio.sleep(0)
            message.order.quantity = 1
            connection.log("of", message.order.request_id)
    """)
    course = Course(Standing(1, listed.reader), listed)

    async def run() -> bytes | None:
        script.scripts.act("slow")(course)
        course.place = 2
        verdict = course.verdict()
        settled: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        settle = lambda last: settled.set_result(last.content)  # noqa: E731
        verdict.hold.by.held(Held(listed, verdict.hold.rule, 60.0, True, settle, verdict.hold.by))
        return await asyncio.wait_for(settled, 5)

    read = listed.reader.read(CLIENT, Opcode.BINARY, asyncio.run(run()))
    assert [each.message.order.quantity for each in read] == [1, 0, 50]
    assert script.link.lines == ["of 1"]
