"""A terminal that gives keys one by one."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import termios

import pytest

from paperknife.cli.cbreak import Cbreak


@pytest.fixture
def terminal():
    """Both ends of one."""
    outer, inner = pty.openpty()
    yield outer, inner
    os.close(outer)
    os.close(inner)


def is_cooked(descriptor: int) -> bool:
    return bool(termios.tcgetattr(descriptor)[3] & termios.ICANON)


def test_it_is_taken_again_when_we_go_on(terminal) -> None:
    """Also where we were stopped with no word before, and the shell has changed it; in the end it has the new ways."""
    _, inner = terminal

    async def run() -> None:
        cbreak = Cbreak(inner)
        cbreak.begin()
        assert not is_cooked(inner)
        modes = termios.tcgetattr(inner)
        modes[3] |= termios.ICANON | termios.ECHO | termios.TOSTOP
        termios.tcsetattr(inner, termios.TCSANOW, modes)
        os.kill(os.getpid(), signal.SIGCONT)
        await asyncio.sleep(0.05)
        assert not is_cooked(inner)
        cbreak.end()
        assert is_cooked(inner)
        assert termios.tcgetattr(inner)[3] & termios.TOSTOP

    asyncio.run(run())
    assert signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL


def test_in_front_again_without_a_word(terminal, monkeypatch) -> None:
    """Where a shell had us go on in its background, and then calls us to its front: that brings no signal."""
    _, inner = terminal
    in_front = [True]
    monkeypatch.setattr("paperknife.cli.cbreak.is_in_front", lambda _: in_front[0])
    monkeypatch.setattr("paperknife.cli.cbreak.LOOK_SECONDS", 0.01)

    async def run() -> None:
        cbreak = Cbreak(inner)
        cbreak.begin()
        cbreak.give_back()
        in_front[0] = False
        os.kill(os.getpid(), signal.SIGCONT)
        await asyncio.sleep(0.05)
        assert is_cooked(inner)
        in_front[0] = True
        async with asyncio.timeout(60):
            while is_cooked(inner):
                await asyncio.sleep(0.01)
        cbreak.end()
        assert is_cooked(inner)

    asyncio.run(run())


def test_who_may_not_be_stopped_is_not(terminal) -> None:
    """Where SIGTSTP is ignored, as a shell without job control has it, that stays so."""
    _, inner = terminal

    async def run() -> None:
        cbreak = Cbreak(inner)
        cbreak.begin()
        assert signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
        cbreak.end()

    before = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        asyncio.run(run())
    finally:
        signal.signal(signal.SIGTSTP, before)
    assert is_cooked(inner)
