"""Keys for messages that are held, pressed in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pexpect
import pytest
from tests.addon.proxy.terminal import EDITOR, Terminal
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


SHELL = """
import os, signal, subprocess, sys, termios

signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen(sys.argv[1:], process_group=0, restore_signals=True,
                       preexec_fn=lambda: signal.signal(signal.SIGTTOU, signal.SIG_DFL))
while True:
    os.tcsetpgrp(0, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    modes = termios.tcgetattr(0)[3]
    sane = bool(modes & termios.ICANON and modes & termios.ECHO)
    if not os.WIFSTOPPED(status):
        print("ended", sane, flush=True)
        break
    print("stopped", sane, flush=True)
    while input() != "fg":
        pass
"""
"""Runs a command in its foreground, says when that is stopped and how it has left the terminal, and goes on with it;
unlike most shells it repairs no terminal."""


@pytest.fixture
def in_shell(served, trading, environment, tmp_path, received) -> Iterator[Terminal]:
    """A proxy that holds orders of more than 100, as a job of a shell."""

    def keep(connection) -> None:
        received.extend(content for content in connection if isinstance(content, bytes))

    proxy = ["paperknife", "proxy", "--mode", f"reverse:{served(keep)}", "--schema", trading, "-p", "0"]
    words = [sys.executable, "-c", SHELL, *proxy, "--hold", "order.quantity > 100"]
    terminal = Terminal(words, environment | {"EDITOR": EDITOR}, tmp_path)
    yield terminal
    terminal.program.close(force=True)


def test_a_shell_gets_its_terminal_back_while_we_are_stopped(in_shell: Terminal, received, eventually) -> None:
    """By Ctrl-Z, again and again; nothing that came meanwhile is lost, keys are heeded again, and the end is sane."""
    port = in_shell.until(r"ws://127\.0\.0\.1:(\d+)")[1]
    with connect(f"ws://127.0.0.1:{port}/v1", proxy=None) as client:
        client.send(order(300))
        in_shell.until("1 held")
        for quantity in (1, 2):
            in_shell.until("stopped True", "\x1a")
            client.send(order(quantity))
            in_shell.screen.reset()
            in_shell.program.send("fg\r")
            eventually(lambda: received[-1:] == [order(quantity)], "what came meanwhile")  # noqa: B023
        in_shell.program.send("p")
        eventually(lambda: received[2:] == [order(300)], "the release")
    in_shell.until("ended True", "\x03")


def test_an_editor_and_we_are_stopped_together(in_shell: Terminal, received, eventually) -> None:
    """And go on together."""
    port = in_shell.until(r"ws://127\.0\.0\.1:(\d+)")[1]
    with connect(f"ws://127.0.0.1:{port}/v1", proxy=None) as client:
        client.send(order(300))
        in_shell.until("1 held")
        in_shell.until(r"quantity: 300 .*\n(.*\n)*edit>", "e")
        in_shell.until("stopped True", "\x1a")
        in_shell.program.send("fg\r")
        in_shell.program.send("quantity: 300=>quantity: 77\r")
        in_shell.until(r"  quantity: 77 ")
        in_shell.program.send("\r")
        eventually(lambda: received == [order(77)], "the edit")
        in_shell.until("stopped True", "\x1a")
        in_shell.program.send("fg\r")
        client.send(order(400))
        in_shell.until("1 held; 2: ")
        in_shell.program.send("d")
        client.send(order(5))
        eventually(lambda: received[1:] == [order(5)], "traffic")
