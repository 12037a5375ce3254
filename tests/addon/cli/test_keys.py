"""Keys of a terminal, or lines of a pipe."""

import asyncio
import os
import pty
import termios

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
