"""Real commands in processes of their own, and real WebSocket servers in threads beside them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, settings
from websockets.sync.server import ServerConnection, serve

from paperknife.demo.files import given_schema

pytest_plugins = ["pytester"]
"""For the tests of our own plugin of pytest."""

BIN = Path(sys.executable).parent

PATIENCE = 60
"""Seconds until a test that waits for something gives up: a machine with much to do may hold up any step for some."""


def pytest_configure() -> None:
    """Be as a shell is to a command that it starts, wherever the tests run.

    The terminal does not count: readline, which pytest imports, puts a width of it into the environment of the workers.
    And no signal is ignored that nohup, or the background of a shell, ignores: every command that is started would too.
    No example has to be done in a time, either: the machine may have other things to do.
    """
    settings.register_profile(
        "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGHUP, signal.SIG_DFL),
        (signal.SIGQUIT, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


class Running:
    """A command that runs, and what it has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], *, stalled: bool) -> None:
        self.process = process
        self.out, self.err = bytearray(), bytearray()
        self.changed = threading.Condition()
        self.readers = [
            threading.Thread(target=self.read, args=(pipe, into), daemon=True)
            for pipe, into in ((None if stalled else process.stdout, self.out), (process.stderr, self.err))
            if pipe is not None
        ]
        for reader in self.readers:
            reader.start()

    def read(self, pipe: IO[bytes], into: bytearray) -> None:
        """Collect what comes, until the end."""
        with contextlib.suppress(OSError, ValueError):
            while data := pipe.read1(65536):
                with self.changed:
                    into.extend(data)
                    self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def until(self, text: str, *, stream: str = "out", times: int = 1) -> str:
        """Wait for `text` in ``out`` or ``err``, and return all that has come there."""
        data: bytearray = getattr(self, stream)
        with self.changed:
            came = self.changed.wait_for(lambda: data.count(text.encode()) >= times, PATIENCE)
            assert came, f"{text!r} did not come; out: {self.out.decode()}; err: {self.err.decode()}"
            return data.decode()

    def url(self) -> str:
        """The URL that the first line on stderr tells the user to put into the client."""
        first = self.until("\n", stream="err").splitlines()[0]
        assert first.startswith("Put this URL into the client: ws://127.0.0.1:"), first
        return first.removeprefix("Put this URL into the client: ").partition(" ")[0]

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Send a signal, as a terminal does to all that runs in it: Ctrl-C unless told otherwise."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; the exit status, and all of stdout and stderr."""
        status = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return status, self.out.decode(), self.err.decode()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a configuration folder of mitmproxy's own, whose certificate authority is made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def environment(home: Path) -> dict[str, str]:
    """What a command is given: this Python's commands first on the path, and nothing of this machine's user."""
    return {
        "HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }


@pytest.fixture
def launch(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """`launch("paperknife", "demo")` runs a command; whatever still runs at the end of the test is killed.

    With `stalled` nobody reads its stdout; with a descriptor `into`, stdout and stderr both go there.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str, stalled: bool = False, into: int | None = None, **more: str) -> Running:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if into is None else into,
            stderr=subprocess.PIPE if into is None else into,
            pipesize=4096 if stalled else -1,
            env=environment | more,
            cwd=tmp_path,
            start_new_session=True,
        )
        started.append(process)
        return Running(process, stalled=stalled)

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):  # with all that a shell has started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def echo(connection: ServerConnection) -> None:
    """Send back what comes."""
    for content in connection:
        connection.send(content)


@pytest.fixture
def served() -> Iterator[Callable[..., str]]:
    """`served(handler)` runs a WebSocket server, an echo by default, and gives its URL at ``/v1``."""
    with contextlib.ExitStack() as stack:

        def start(handler: Callable[[ServerConnection], None] = echo, **options: object) -> str:
            server = serve(handler, "127.0.0.1", 0, max_size=None, **options)  # type: ignore[arg-type]
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(server.shutdown)
            scheme = "wss" if "ssl" in options else "ws"
            return f"{scheme}://127.0.0.1:{server.socket.getsockname()[1]}/v1"

        yield start


@pytest.fixture(scope="session")
def trading() -> str:
    """The schema of the demo, as the proxy is given it."""
    return str(given_schema())


@pytest.fixture
def eventually() -> Callable[..., None]:
    """`eventually(lambda: ..., "what")` waits until a condition holds."""

    def wait(holds: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"{what} did not happen"
            time.sleep(0.01)

    return wait
