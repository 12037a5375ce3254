"""The user's scripts in the proxy."""

from __future__ import annotations

import asyncio
from pathlib import Path
from textwrap import dedent

import pytest
from mitmproxy import exceptions
from websockets.asyncio.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

API = Api(given_schema())


def order(quantity: int, request_id: int = 7) -> bytes:
    return API.client.encode("order", {"request_id": request_id, "quantity": quantity})


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
                path.write_text("def client_order(order, connection): order.quantity = 22")
                async with asyncio.timeout(10):
                    while await sent() != order(22):
                        await asyncio.sleep(0.05)
                path.write_text("def client_ordr(order, connection): pass")
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
    rules.write_text("rules:\n  - name: mine\n    on: client order\n    do: [{script: cap}]\n")

    async def run() -> None:
        async with stage() as at:
            await use(at, tmp_path / "mine.py", "def cap(message, connection): message.order.quantity = 9")
            at.proxy.master.options.update(paperknife_rules=[str(rules)])
            async with connect(at.url) as client:
                await client.send(order(300))
                assert await client.recv() == order(9)
            rules.write_text(rules.read_text().replace("cap", "cup"))
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
