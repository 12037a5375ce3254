"""The user's scripts in the proxy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from textwrap import dedent

import pytest
from mitmproxy import exceptions
from tests.addon.saving import save
from websockets.asyncio.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife_decoders.message import Fate

API = Api(given_schema())


def order(quantity: int, request_id: int = 7) -> bytes:
    return API.client.encode("order", {"request_id": request_id, "quantity": quantity})


def keeping(received: list[bytes]):
    """A server that keeps what comes."""

    async def keep(connection) -> None:
        while True:
            received.append(await connection.recv())

    return keep


async def use(at, path: Path, text: str) -> None:
    path.write_text(dedent(text))
    at.proxy.master.options.update(paperknife_script=[str(path)])


def test_a_script_changes_answers_and_awaits(stage, tmp_path) -> None:
    """What it sets is what the server gets; what it sends comes to the client, at once or later."""

    async def run() -> None:
        async with stage() as at:
            await use(at, tmp_path / "mine.py", """
                import asyncio

                def client_order(order, connection):
                    if order.quantity > 100:
                        order.quantity = 100
                    if order.quantity == 0:
                        connection.drop()
                        connection.reply("order_response", request_id=order.request_id, status="REJECTED")

                async def client(message, connection):
                    if message.order.quantity == 50:
                        connection.log("before")
                        await asyncio.sleep(0.05)
                        connection.send("client", "heartbeat", sequence=1)
                        message.order.quantity = 51
                        connection.log("after")
            """)  # fmt: skip
            async with connect(at.url) as client:
                await client.send(order(300))
                assert await client.recv() == order(100)
                await client.send(order(0))
                expected = {"request_id": 7, "status": "REJECTED"}
                assert await client.recv() == API.server.encode("order_response", expected)
                await client.send(order(50))
                await client.send(order(3))
                assert await client.recv() == API.server.encode("heartbeat", {"sequence": 1})
                assert await client.recv() == order(51)
                assert await client.recv() == order(3)
            told = [text for text, _ in at.witness.notices]
            assert any(text.endswith("before") for text in told)
            assert any(text.endswith("after") for text in told)
            assert any("Script " in text and "client_order" in text for text in told)

    asyncio.run(run())


def test_saving_it_counts_at_once(stage, tmp_path) -> None:
    """On open connections too; with a mistake in it the old one stays, and it is said where the mistake is."""
    path = tmp_path / "mine.py"

    async def run() -> None:
        async with stage() as at:
            await use(at, path, "def client_order(order, connection): order.quantity = 1")
            async with connect(at.url) as client:

                async def sent() -> bytes:
                    await client.send(order(300))
                    return await client.recv()

                assert await sent() == order(1)
                save(path, "def client_order(order, connection): order.quantity = 22")
                async with asyncio.timeout(60):
                    while await sent() != order(22):
                        await asyncio.sleep(0.05)
                save(path, "def client_ordr(order, connection): pass")
                await at.witness.until(
                    lambda: any("did you mean client_order?" in text for text, _ in at.witness.notices), "the notice"
                )
                assert await sent() == order(22)
                at.proxy.master.options.update(paperknife_script=[])
                assert await sent() == order(300)

    asyncio.run(run())


def test_rules_call_functions_of_scripts(stage, tmp_path) -> None:
    """By their names, which are checked."""
    rules = tmp_path / "rules.yaml"
    save(rules, "rules:\n  - name: mine\n    on: client order\n    do: [{script: cap}]\n")

    async def run() -> None:
        async with stage() as at:
            await use(at, tmp_path / "mine.py", "def cap(message, connection): message.order.quantity = 9")
            at.proxy.master.options.update(paperknife_rules=[str(rules)])
            async with connect(at.url) as client:
                await client.send(order(300))
                assert await client.recv() == order(9)
            save(rules, rules.read_text().replace("cap", "cup"))
            await at.witness.until(
                lambda: any("did you mean cap?" in text for text, _ in at.witness.notices), "the notice on the name"
            )

    asyncio.run(run())


def test_a_script_that_cannot_be_loaded(stage, tmp_path) -> None:
    """It is an error of the option."""

    async def run() -> None:
        async with stage() as at:
            with pytest.raises(exceptions.OptionsError, match=r"mine\.py:1: nothing is called client_ordr here"):
                await use(at, tmp_path / "mine.py", "def client_ordr(order, connection): pass")

    asyncio.run(run())


def test_rules_wait_for_functions_that_await(stage, tmp_path) -> None:
    """The message and all behind it; what the function sets comes on top of what the rules have done meanwhile, and a
    second function is called once the first one is done.
    """
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "rules:\n  - name: mine\n    on: client order\n    when: order.quantity > 100\n"
        "    do: [{script: slow}, {script: more}, {set: {order.symbol: NQZ6}}]\n"
    )

    async def run() -> None:
        async with stage() as at:
            await use(at, tmp_path / "mine.py", """
                import asyncio

                async def slow(message, connection):
                    await asyncio.sleep(0.05)
                    message.order.quantity = 9
                    connection.reply("heartbeat", sequence=1)

                def more(message, connection):
                    message.order.request_id += message.order.quantity
            """)  # fmt: skip
            at.proxy.master.options.update(paperknife_rules=[str(rules)])
            async with connect(at.url) as client:
                await client.send(order(300))
                await client.send(order(3))
                assert await client.recv() == API.server.encode("heartbeat", {"sequence": 1})
                changed = {"request_id": 16, "quantity": 9, "symbol": "NQZ6"}
                assert API.client.decode(await client.recv()) == API.client.decode(API.client.encode("order", changed))
                assert await client.recv() == order(3)
            assert ("mine", "script more") in [message.hits for message in at.witness.seen]

    asyncio.run(run())


def test_what_a_function_awaited_can_be_held_then(stage, tmp_path) -> None:
    """By a condition that it fits then, and as the function has left it; by the function itself, and late."""
    received: list[bytes] = []

    async def run() -> None:
        async with stage(keeping(received)) as at:
            await use(at, tmp_path / "mine.py", """
                import asyncio

                async def client_order(order, connection):
                    await asyncio.sleep(0)
                    if order.quantity == 2:
                        order.quantity = 200
                    if order.quantity == 3:
                        connection.hold()
                        connection.delay(0.1)
                        order.request_id = 8
            """)  # fmt: skip
            at.proxy.addon.hands.answer()
            execute = at.proxy.master.commands.execute
            at.proxy.master.options.update(paperknife_hold="order.quantity > 100")
            waiting = at.proxy.addon.hands.holding.waiting
            async with connect(at.url) as client:
                for quantity in (1, 2, 3, 4):
                    await client.send(order(quantity))
                await at.witness.until(lambda: received == [order(1), order(4)], "the passing of the others")
                assert [each.message.content for each in waiting.values()] == [order(200), order(3, 8)]
                assert [each.held.rule for each in waiting.values()] == ["hold order.quantity > 100", "script"]
                execute("paperknife.release all")
                await at.witness.until(lambda: received[2:] == [order(200), order(3, 8)], "the release")

    asyncio.run(run())


def test_a_close_comes_behind_what_waits(stage, tmp_path) -> None:
    """Also where a function asks for it late: the message at hand, and what is to be sent, go before it."""
    received: list[bytes] = []

    async def run() -> None:
        async with stage(keeping(received)) as at:
            await use(at, tmp_path / "mine.py", """
                import asyncio

                async def client_order(order, connection):
                    await asyncio.sleep(0)
                    connection.reply("heartbeat", sequence=1, delay=0.05)
                    connection.close(4000, "enough")
            """)  # fmt: skip
            async with connect(at.url) as client:
                await client.send(order(1))
                assert await client.recv() == API.server.encode("heartbeat", {"sequence": 1})
                await client.wait_closed()
            assert (client.close_code, client.close_reason) == (4000, "enough")
            assert received == [order(1)]

    asyncio.run(run())


def test_the_proxy_ends_while_a_function_awaits(stage, tmp_path) -> None:
    """Its message passes as it was, and so does what waits behind it; it is told so."""
    received: list[bytes] = []

    async def run() -> None:
        async with stage(keeping(received)) as at:
            await use(at, tmp_path / "mine.py", """
                import asyncio
                async def client_order(order, connection):
                    order.quantity = 1
                    await asyncio.sleep(60)
            """)  # fmt: skip
            async with connect(at.url) as client:
                await client.send(order(5))
                await client.send(API.client.encode("heartbeat", {}))
                await (await client.ping())
                at.proxy.master.shutdown()
                await at.proxy.running
                await at.witness.until(lambda: len(received) == 2, "the passing of both")
            assert received == [order(5), API.client.encode("heartbeat", {})]
            assert [message.fate for message in at.witness.seen] == [Fate.PASSED, Fate.PASSED]
            assert any("the proxy ends; it passes as it was" in text for text, _ in at.witness.notices)
            assert not any("Cancelled" in text for text, _ in at.witness.notices)

    asyncio.run(run())


KEEPING = """
    import asyncio

    kept = []

    async def client_login(login, connection):
        kept.append(login.password)
        {then}

    def client_order(order, connection):
        connection.log("it is", kept[-1])
        raise ValueError(f"and {{kept[-1]}}")

    async def server(message, connection):
        await asyncio.sleep(0)
        connection.log(f"still {{kept[-1]}}")
"""


@pytest.mark.parametrize(("password", "part"), [("hunter2-and-more", "hunter2"), ("9QZ7", "is 9QZ7")])
@pytest.mark.parametrize("then", ["pass", "await asyncio.sleep(0.05)", "connection.drop()", "connection.delay(0.05)"])
def test_what_a_script_remembers_is_secret_there_too(stage, tmp_path, then, password, part) -> None:
    """It tells no secret of an earlier message, however close before and whatever became of that one; a short one
    where it is a word of what it logs.
    """
    log = tmp_path / "log.txt"
    login = API.client.encode("login", {"user": "trader", "password": password})

    async def run() -> None:
        async with stage() as at:
            at.proxy.master.options.update(paperknife_log=str(log))
            await use(at, tmp_path / "mine.py", KEEPING.format(then=then))
            async with connect(at.url) as client:
                frames: list[bytes] = []
                write = client.transport.write
                client.transport.write = frames.append
                await client.send(login)
                await client.send(order(1))
                client.transport.write = write
                write(b"".join(frames))  # both at once
                await at.witness.until(lambda: any("still" in text for text, _ in at.witness.notices), "the answer")
        told = [text for text, _ in at.witness.notices]
        assert any("it is [redacted]" in text for text in told)
        assert any("and [redacted]" in text for text in told) is (password != "9QZ7")
        assert part not in "".join(told) + log.read_text()
        assert "ValueError" in log.read_text()

    asyncio.run(run())
