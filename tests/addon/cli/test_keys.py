"""Keys of a terminal, or lines of a pipe."""

import asyncio
import os
import pty
import sys
import termios

import pexpect
import pytest

from paperknife.cli.keys import key_presses


class Stdin:
    """A standard input on a descriptor."""

    closed = False

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def fileno(self) -> int:
        return self.descriptor


async def pressed(write_to: int, data: bytes, count: int) -> list[str]:
    """The first keys that come of what is typed."""
    keys: list[str] = []
    with key_presses(keys.append):
        os.write(write_to, data)
        async with asyncio.timeout(60):
            while len(keys) < count:
                await asyncio.sleep(0.01)
    return keys


def test_keys_of_a_terminal_come_one_by_one(monkeypatch) -> None:
    """Without a line's end; and the terminal is as it was."""
    outer, inner = pty.openpty()
    monkeypatch.setattr("sys.stdin", Stdin(inner))
    before = termios.tcgetattr(inner)
    assert asyncio.run(pressed(outer, b"n q", 3)) == ["n", " ", "q"]
    assert termios.tcgetattr(inner) == before
    os.close(outer)
    os.close(inner)


def test_of_a_pipe_each_line_is_one(monkeypatch) -> None:
    """By its first letter; an empty one is the line's end itself."""
    inner, outer = os.pipe()
    monkeypatch.setattr("sys.stdin", Stdin(inner))
    assert asyncio.run(pressed(outer, b"next\n\npause\n", 3)) == ["n", "\n", "p"]
    os.close(outer)
    os.close(inner)


@pytest.mark.parametrize("kind", ["none", "ended", "file"])
def test_where_nobody_types_nothing_comes(monkeypatch, tmp_path, kind) -> None:
    """No standard input, one that has ended, a file: no fault."""
    (tmp_path / "typed").write_text("q\n")
    inner, outer = os.pipe()
    os.close(outer)
    file = os.open(tmp_path / "typed", os.O_RDONLY)
    monkeypatch.setattr("sys.stdin", {"none": None, "ended": Stdin(inner), "file": Stdin(file)}[kind])

    async def walk() -> list[str]:
        keys: list[str] = []
        with key_presses(keys.append):
            await asyncio.sleep(0.05)
        return keys

    assert asyncio.run(walk()) == []
    os.close(inner)
    os.close(file)


def test_a_terminal_may_go(monkeypatch) -> None:
    """While keys are heeded, or before it is to be as it was: that is no fault, and no more keys come."""
    outer, inner = pty.openpty()
    monkeypatch.setattr("sys.stdin", Stdin(inner))
    faults: list[object] = []

    async def walk() -> list[str]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
        keys: list[str] = []
        with key_presses(keys.append):
            os.close(outer)
            await asyncio.sleep(0.05)
        return keys

    assert asyncio.run(walk()) == []
    assert faults == []
    os.close(inner)


HEEDING = """
import asyncio
from paperknife.cli.keys import can_ask, key_presses

async def main():
    with key_presses(print):
        print("can ask:", can_ask())

asyncio.run(main())
"""

SHELL = """
import os, signal, subprocess, sys

job = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
_, status = os.waitpid(job.pid, os.WUNTRACED)
print("stopped" if os.WIFSTOPPED(status) else "ended")
if os.WIFSTOPPED(status):
    os.killpg(job.pid, signal.SIGKILL)
"""
"""Runs a command in its background, as a shell does for `&`."""


def test_in_the_background_of_a_shell_nothing_is_stopped() -> None:
    """No key is for us there, and whoever would have them nevertheless is stopped by the terminal."""
    shell = pexpect.spawn(sys.executable, ["-c", SHELL, HEEDING], encoding="utf-8", timeout=60)
    shell.expect(pexpect.EOF)
    assert shell.before.split("\r\n")[:2] == ["can ask: False", "ended"]
