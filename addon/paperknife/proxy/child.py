"""A command run as a child: its signals, and its end told as a shell tells it."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from paperknife.proxy.file_limit import limit_of_start

__all__ = ["CommandError", "check_program", "run_child"]

NOT_FOUND, NOT_EXECUTABLE, SIGNALLED = 127, 126, 128
"""Exit statuses of POSIX shells (XCU 2.8.2)."""

PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

TYPED = (signal.SIGINT, signal.SIGQUIT)
"""The terminal sends these to its whole foreground process group, and so to the child itself."""


class CommandError(Exception):
    """A command that cannot be started, in one sentence, and the exit status that a shell has for it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


async def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `command` in our own process group, on our own stdin, stdout and stderr; its exit status, 128+N for signal N.

    Until it ends, signals to us are passed on to it and have no other effect. Those that a terminal sends to both are
    not sent twice. Raises `CommandError`.
    """
    with held_signals() as held:
        try:
            with limit_of_start():
                child = await asyncio.create_subprocess_exec(*command, env=dict(environment))
        except OSError as error:
            raise start_error(command[0], environment, error) from None
        held.pass_on_to(child)
        status = await child.wait()
    return status if status >= 0 else SIGNALLED - status


def check_program(program: str, environment: Mapping[str, str]) -> None:
    """Raise `CommandError` for what can be seen not to start, so that nothing else is begun for it."""
    if shutil.which(program, path=environment.get("PATH")) is None:
        refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise start_error(program, environment, refused)


def start_error(program: str, environment: Mapping[str, str], error: OSError) -> CommandError:
    """Why a program could not be started, as a shell would say it."""
    if "/" in program and Path(program).is_dir():
        return CommandError(f"A program was expected and {program} is a folder.", NOT_EXECUTABLE)
    found = shutil.which(program, os.F_OK, environment.get("PATH"))
    if found is None:
        where = "there is no such file" if "/" in program else "it is in none of the folders of PATH"
        return CommandError(f"The command {program!r} was not found: {where}.", NOT_FOUND)
    if isinstance(error, FileNotFoundError):
        return CommandError(f"{found} cannot be run: the interpreter in its first line was not found.", NOT_EXECUTABLE)
    if isinstance(error, PermissionError):
        return CommandError(f"{found} may not be run: chmod +x {found} makes it executable.", NOT_EXECUTABLE)
    return CommandError(f"{found} cannot be run: {error.strerror}.", NOT_EXECUTABLE)


class HeldSignals:
    """Signals that came to us, for the child: kept until there is one."""

    def __init__(self) -> None:
        self.child: asyncio.subprocess.Process | None = None
        self.waiting: list[signal.Signals] = []

    def pass_on_to(self, child: asyncio.subprocess.Process) -> None:
        """From now on send each to `child`, and first those that came before."""
        self.child = child
        for number in self.waiting:
            self.send(number)

    def take(self, number: signal.Signals) -> None:
        """Pass one on."""
        if self.child is None:
            self.waiting.append(number)
        elif number not in TYPED or not in_foreground():
            self.send(number)

    def send(self, number: signal.Signals) -> None:
        """Send one to the child, unless it has just ended."""
        if self.child is not None:
            with suppress(ProcessLookupError):
                self.child.send_signal(number)


@contextmanager
def held_signals() -> Iterator[HeldSignals]:
    """Take all signals that are for the child. What was ignored from the start, as under nohup, stays ignored."""
    loop = asyncio.get_running_loop()
    held = HeldSignals()
    taken = [number for number in (*PASSED_ON, *TYPED) if signal.getsignal(number) is not signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, held.take, number)
    try:
        yield held
    finally:
        for number in taken:
            loop.remove_signal_handler(number)


def in_foreground() -> bool:
    """True if our process group is the one that the terminal's keys send signals to."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
