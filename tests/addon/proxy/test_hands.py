"""Holding and editing by hand, as a user does it in mitmproxy's console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.addon.proxy.terminal import Terminal
from websockets.sync.client import connect

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema

API = Api(given_schema())
HELD = ("--hold", "order.quantity > 100")


def order(quantity: int, symbol: str = "ESZ6") -> bytes:
    return API.client.encode("order", {"request_id": 7, "symbol": symbol, "quantity": quantity})


@pytest.fixture
def console(in_terminal: Callable[..., Terminal]) -> Terminal:
    """mitmproxy's console."""
    return in_terminal("--ui", "console", *HELD)


def test_hold_edit_with_a_mistake_correct_and_release(console: Terminal, received, eventually) -> None:
    """The held message opens as YAML; a mistake opens it again, with the fault above its line and all that was typed;
    what is saved then is what the server gets, while everything else passes.
    """
    port = console.until(r"\[127\.0\.0\.1:(\d+)\]")[1]
    with connect(f"ws://127.0.0.1:{port}/") as client:
        client.send(order(300))
        console.until("1 held; 1: #1 -> order")
        client.send(order(5))
        eventually(lambda: received == [order(5)], "the passing of what is not held")
        console.until(r"quantity: 300 .*\n(.*\n)*edit>", ":paperknife.edit\r")
        client.send(order(6))
        eventually(lambda: received == [order(5), order(6)], "traffic beside the editor")
        console.until(r"quantiti: 77 .*\n(.*\n)*edit>", "quantity: 300=>quantiti: 77\r")
        console.until(r"# !!! OrderRequest has no field quantiti; did you mean quantity\?\n.*quantiti: 77", "\r")
        console.until(r"  quantity: 77 ", "quantiti:=>quantity:\r")
        console.program.send("\r")
        eventually(lambda: received[2:] == [order(77)], "the edit at the server")
        console.until("WS")


def test_list_release_and_drop(console: Terminal, received, eventually) -> None:
    """Commands take the messages' numbers; none is the one that has waited longest."""
    port = console.until(r"\[127\.0\.0\.1:(\d+)\]")[1]
    with connect(f"ws://127.0.0.1:{port}/") as client:
        for quantity in (101, 102, 103, 104):
            client.send(order(quantity))
        console.until("4 held; 1: #1 -> order")
        line = r"4: #1 -> order 7 ESZ6 quantity=104, 12 B, by hold order.quantity > 100, \d+ s"
        console.until(line, ":paperknife.held\r")
        console.program.send("q")
        console.until("Flows")
        console.program.send(":paperknife.drop 2\r")
        console.program.send(":paperknife.release 3\r")
        eventually(lambda: received == [order(103)], "the release")
        console.program.send(":paperknife.edit 4 order.quantity=9 order.symbol=NQZ6\r")
        eventually(lambda: received[1:] == [order(9, "NQZ6")], "the edit in one line")
        console.until("No held message has the number 2. Held are: 1", ":paperknife.release 2\r")
        console.program.send(":paperknife.release all\r")
        eventually(lambda: received[2:] == [order(101)], "the rest")
        console.program.send(":paperknife.hold\r")
        console.until("No message is held", ":paperknife.held\r")  # which comes behind it
        console.program.send("q")
        console.until("Flows")
        client.send(order(500))
        eventually(lambda: received[3:] == [order(500)], "what is not held any more")
        console.program.send(":paperknife.inject 1 -1 order.quantity=501\r")
        eventually(lambda: received[4:] == [order(501)], "a message that is sent again")
