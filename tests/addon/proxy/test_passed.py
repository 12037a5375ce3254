"""Messages that have passed, by their numbers."""

from __future__ import annotations

import asyncio

import pytest
from mitmproxy import exceptions
from websockets.asyncio.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

API = Api(given_schema())


def order(quantity: int) -> bytes:
    return API.client.encode("order", {"request_id": 7, "symbol": "ESZ6", "quantity": quantity})


LOGIN = API.client.encode("login", {"user": "alice", "password": "hunter2-hunter2"})


def test_they_are_listed_and_sent_again(stage) -> None:
    """Each with the number by which it is sent again, in a few words, which tell no secret."""

    async def run() -> None:
        async with stage() as at:
            execute = at.proxy.master.commands.execute
            at.proxy.master.options.update(paperknife_messages=0)  # as where an interface looks
            async with connect(at.url) as client:
                for content in (LOGIN, order(1), order(22)):
                    await client.send(content)
                    assert await client.recv() == content
                lines = execute("paperknife.messages 1")
                assert [line.partition(":")[0] for line in lines] == ["0", "1", "2", "3", "4", "5"]
                assert lines[4].startswith("4: -> order 7 ESZ6 quantity=22, ")
                assert "alice" in lines[0]
                assert "hunter2" not in " ".join(lines)
                assert execute("paperknife.messages 1 2") == lines[-2:]
                execute("paperknife.inject 1 2 order.quantity=5")
                assert await client.recv() == order(5)

    asyncio.run(run())


WRONG = [
    ("paperknife.messages 9", "The number of an open connection was expected, not 9. Open are: 1."),
    ("paperknife.messages 1 many", "How many messages to list was expected, not many."),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_not_there(stage, text, told) -> None:
    """It is said what there is."""

    async def run() -> str:
        async with stage() as at, connect(at.url) as client:
            await client.send(order(1))
            await client.recv()
            with pytest.raises(exceptions.CommandError) as caught:
                at.proxy.master.commands.execute(text)
            return str(caught.value)

    assert told in asyncio.run(run())
