"""Functions that await something."""

from __future__ import annotations

import asyncio

import pytest

from paperknife.mutation.held import ENDED, ENDING, Held
from paperknife.mutation.scripts import walk
from paperknife.mutation.verdict import CloseOrder
from paperknife_decoders.message import Direction, Message

CLIENT = Direction.CLIENT
ORDER = {"request_id": 7, "symbol": "ESZ6", "quantity": 300}
ENOUGH = 60


def held_by(verdict, message: Message, settled: list[bytes | None]) -> Held:
    rule, in_order, by = verdict.hold.rule, verdict.hold.in_order, verdict.hold.by
    held = Held(message, rule, 60.0, in_order, lambda last: settled.append(last.content), by)
    verdict.hold.by.held(held)
    return held


async def until(condition) -> None:
    async with asyncio.timeout(ENOUGH):
        while not condition():
            await asyncio.sleep(0)


def test_a_message_waits_for_what_its_function_awaits(written, tape) -> None:
    """And all behind it; then it goes on as all functions have left it, and what they sent has gone out by itself."""
    script = written("""
        import asyncio

        async def client_order(order, connection):
            connection.send("server", "heartbeat", sequence=1)
            await asyncio.sleep(0)
            order.quantity = 1
            connection.send("server", "heartbeat", sequence=2)
            connection.log("done")
            connection.close(4000)

        async def client(message, connection):
            await asyncio.sleep(0)
            message.order.symbol += "!"
    """)
    message = tape.message(CLIENT, "order", ORDER)

    async def run() -> list[bytes | None]:
        settled: list[bytes | None] = []
        verdict = script.changer.consider(message, 0.0)
        assert verdict.content is message.content
        assert verdict.hold.in_order
        assert len(verdict.emissions) == 1
        held_by(verdict, message, settled)
        await until(lambda: settled)
        return settled

    (content,) = asyncio.run(run())
    assert len(script.link.sent) == 1
    assert script.link.lines == ["done"]
    assert script.link.closed == [CloseOrder(4000)]
    order = Message(1, CLIENT, 0, message.opcode, content, message.reader).envelopes[0].message.order
    assert (order.quantity, order.symbol) == (1, "ESZ6!")


def test_async_functions_that_await_nothing(written, tape) -> None:
    """Their messages wait for nothing."""
    script = written("async def client_order(order, connection): order.quantity = 2")

    async def run() -> object:
        return script.changer.consider(tape.message(CLIENT, "order", ORDER), 0.0)

    verdict = asyncio.run(run())
    assert verdict.hold is None
    assert verdict.hits == ("script client_order",)


def test_dropped_after_all(written, tape) -> None:
    """A function may make up its mind later."""
    script = written("""
        import asyncio
        async def client_order(order, connection):
            await asyncio.sleep(0)
            connection.drop()
    """)

    async def run() -> list[bytes | None]:
        settled: list[bytes | None] = []
        message = tape.message(CLIENT, "order", ORDER)
        held_by(script.changer.consider(message, 0.0), message, settled)
        await until(lambda: settled)
        return settled

    assert asyncio.run(run()) == [None]


def test_a_fault_later(written, tape) -> None:
    """The message passes as those before have left it, and it is said why."""
    script = written("""
        import asyncio
        async def client_order(order, connection):
            await asyncio.sleep(0)
            order.quantity = 9
            connection.drop()
            1 / 0
    """)
    message = tape.message(CLIENT, "order", ORDER)

    async def run() -> list[bytes | None]:
        settled: list[bytes | None] = []
        held_by(script.changer.consider(message, 0.0), message, settled)
        await until(lambda: settled)
        return settled

    assert asyncio.run(run()) == [message.content]
    assert "mine.py:7: client_order: ZeroDivisionError" in script.link.lines[0]


@pytest.mark.parametrize(("ends", "goes_on"), [("pass", False), ("1 / 0", True)])
def test_dropped_before_it_awaits(written, tape, ends: str, goes_on: bool) -> None:
    """The message waits all the same: a function that fails in the end has dropped nothing."""
    script = written(f"""
        import asyncio
        async def client_order(order, connection):
            connection.drop()
            await asyncio.sleep(0)
            {ends}
    """)
    message = tape.message(CLIENT, "order", ORDER)

    async def run() -> list[bytes | None]:
        settled: list[bytes | None] = []
        verdict = script.changer.consider(message, 0.0)
        assert verdict.content is message.content
        held_by(verdict, message, settled)
        await until(lambda: settled)
        return settled

    assert asyncio.run(run()) == [message.content if goes_on else None]


def test_what_would_end_the_process_later(written, tape) -> None:
    """A script ends nothing but itself, also where it has awaited something."""
    script = written("""
        import asyncio, sys
        async def client_order(order, connection):
            await asyncio.sleep(0)
            sys.exit(3)
    """)
    message = tape.message(CLIENT, "order", ORDER)

    async def run() -> list[bytes | None]:
        settled: list[bytes | None] = []
        held_by(script.changer.consider(message, 0.0), message, settled)
        await until(lambda: settled)
        return settled

    assert asyncio.run(run()) == [message.content]
    assert "mine.py:5: client_order: RuntimeError: SystemExit: 3" in script.link.lines[0]


REASONS = [
    ("its time was over", "its time was over; it passes as it was."),
    (ENDED, "the connection has ended; it is dropped."),
    (ENDING, "the proxy ends; it passes as it was, if nothing else keeps it."),
]


@pytest.mark.parametrize(("why", "told"), REASONS)
def test_a_message_that_did_not_wait(written, tape, why, told) -> None:
    """What a function would do with it is not done any more, and what becomes of it is said."""
    script = written("""
        import asyncio
        async def client_order(order, connection):
            await asyncio.sleep(60)
            connection.log("too late")
    """)

    async def run() -> None:
        settled: list[bytes | None] = []
        message = tape.message(CLIENT, "order", ORDER)
        verdict = script.changer.consider(message, 0.0)
        held = held_by(verdict, message, settled)
        verdict.hold.by.gone(held, why)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert settled == []

    asyncio.run(run())
    assert len(script.link.lines) == 1
    assert script.link.lines[0].endswith(f"did not wait for it any longer: {told}")


def test_a_function_that_awaits_for_long_is_named(written, tape, monkeypatch) -> None:
    """Once for many messages that wait for it, with what is behind the first one; again once that has gone on."""
    monkeypatch.setattr(walk, "REMIND_SECONDS", 0.01)
    script = written("""
        import asyncio
        async def client_order(order, connection):
            await asyncio.Event().wait()
    """)

    async def run() -> None:
        message = tape.message(CLIENT, "order", ORDER)
        for behind in (1, 0):
            holds = []
            for _ in range(3):
                verdict = script.changer.consider(message, 0.0)
                hold = verdict.hold
                held = Held(message, hold.rule, 60.0, True, lambda last: None, hold.by, lambda: behind)  # noqa: B023
                hold.by.held(held)
                holds.append((hold, held))
            await asyncio.sleep(0.05)
            for hold, held in holds:
                hold.by.gone(held, ENDED)
            await asyncio.sleep(0.05)

    asyncio.run(run())
    late = [line for line in script.link.lines if "still awaits" in line]
    start = f"! script {script.path}:3: client_order still awaits something, and its message waits for it"
    assert late == [
        f"{start}; 1 behind it waits too. After 60 s in all it passes as it was.",
        f"{start}. After 60 s in all it passes as it was.",
    ]


def test_opened_may_await(written) -> None:
    """Nothing waits for it; what it sends goes out when it does."""
    script = written("""
        import asyncio
        async def opened(connection):
            await asyncio.sleep(0)
            connection.send("client", "heartbeat", sequence=1)
    """)

    async def run() -> None:
        verdict = script.changer.opened(0.0)
        assert verdict.hold is None
        await until(lambda: script.link.sent)

    asyncio.run(run())
