"""Keys for messages that are held, pressed in a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pexpect
import pytest
from tests.addon.proxy.terminal import Terminal
from tests.addon.proxy.test_hands import HELD, order
from websockets.sync.client import connect


@pytest.fixture
def stream(in_terminal: Callable[..., Terminal]) -> Terminal:
    """The live view; orders of more than 100 are held."""
    return in_terminal(*HELD)


def test_next_edit_pass_and_drop(stream: Terminal, received, eventually) -> None:
    """The keys are on the screen when something is held; the view leaves the terminal to the editor meanwhile."""
    port = stream.until(r"ws://127\.0\.0\.1:(\d+)/v1")[1]
    with connect(f"ws://127.0.0.1:{port}/") as client:
        for quantity in (101, 102, 103, 104):
            client.send(order(quantity))
        stream.until(r"4 held; 1: (.|\n)*Keys: e edit,\s+p pass, d drop")
        stream.until(r"Chosen is 2: #1", "n")
        stream.program.send("d")
        stream.program.send("p")
        eventually(lambda: received == [order(101)], "the passing of the first")
        stream.until(r"edit>", "e")
        client.send(order(7))
        eventually(lambda: received[1:] == [order(7)], "traffic beside the editor")
        assert "edit>" in stream.text()
        stream.program.send("quantity: 103=>quantity: 5\r\r")
        eventually(lambda: received[2:] == [order(5)], "the edit")
        stream.program.send("a")
        eventually(lambda: received[3:] == [order(104)], "the rest")
    stream.program.sendintr()
    stream.program.expect(pexpect.EOF)
    stream.program.close()
    assert stream.program.exitstatus == 0


def test_an_earlier_message_is_edited_and_sent_again(in_terminal, received, eventually) -> None:
    """It is chosen from a list of what has passed, with numbers; the view waits meanwhile, and the traffic does not."""
    watched = in_terminal()
    port = watched.until(r"ws://127\.0\.0\.1:(\d+)/v1")[1]
    watched.program.send("i")
    watched.until("No message of a connection that is open has passed yet")
    with connect(f"ws://127.0.0.1:{port}/") as client:
        for quantity in (1, 2, 3):
            client.send(order(quantity))
        eventually(lambda: len(received) == 3, "the three")
        watched.until(r" 3 .*quantity=1(.|\n)* 2 .*quantity=2(.|\n)* 1 .*quantity=3(.|\n)*Its number", "i")
        client.send(order(4))
        eventually(lambda: received[3:] == [order(4)], "traffic beside the list")
        watched.until(r"saved, it is sent once more(.|\n)*quantity: 2(.|\n)*edit>", "2\r")
        watched.program.send("quantity: 2=>quantity: 22\r\r")
        eventually(lambda: received[4:] == [order(22)], "the message once more")
        watched.until(r"quantity=22(.|\n)*injected")
    watched.program.sendintr()
    watched.program.expect(pexpect.EOF)
    watched.program.close()
    assert watched.program.exitstatus == 0
