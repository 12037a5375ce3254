"""A relay as a process of its own: started, its port found, its CPU time and memory read (Linux)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["UNLIMITED", "RelayError", "RelayProcess"]

UNLIMITED = {"WEBSOCKETS_MAX_FRAGMENTS": str(1 << 30)}
"""What lets relays and testees on `websockets` take a message of more than 4,096 frames."""

START_SECONDS, END_SECONDS, BUSY_SECONDS, SETTLED_SECONDS = 120, 5, 120, 0.05

LISTENING = "0A"
"""A TCP socket's state in /proc/net/tcp."""


class RelayError(Exception):
    """A relay that could not be measured, in one sentence."""


class RelayProcess:
    """Runs `command` while its `with` block runs. `port` is where it listens on loopback.

    Entering raises `RelayError` if it ends or does not listen within two minutes.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] = {}) -> None:
        self.command = list(command)
        self.environment = {**os.environ, **UNLIMITED, **environment}
        self.port = 0

    def __enter__(self) -> Self:
        self.said = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said, env=self.environment
            )
        except OSError as error:
            raise RelayError(f"{self.command[0]} could not be started: {error.strerror}.") from None
        try:
            self.port = self.wait_for_port()
        except RelayError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.said.close()

    def wait_for_port(self) -> int:
        """The port it listens on, as soon as it does."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                port = listening_port(self.process.pid)
            except OSError:  # it has just ended
                break
            if port:
                return port
            time.sleep(0.02)
        raise RelayError(f"{self.command[0]} does not listen. It said: {self.last_words()}")

    def last_words(self) -> str:
        """The last line that it wrote."""
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "nothing"

    def cpu_seconds(self) -> float:
        """CPU time of all its threads so far, user and system, to the nanosecond."""
        # The clock id of another process: clock_getcpuclockid(3) computes the same number.
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def settled_cpu_seconds(self) -> float:
        """The same, once it has nothing left to do: what it does later for a message counts for that message too."""
        before, until = self.cpu_seconds(), time.monotonic() + BUSY_SECONDS
        while time.monotonic() < until:
            time.sleep(SETTLED_SECONDS)
            now = self.cpu_seconds()
            if now - before < SETTLED_SECONDS / 20:
                return now
            before = now
        raise RelayError(f"{self.command[0]} has not come to rest within {BUSY_SECONDS} seconds.")

    def resident_bytes(self) -> int:
        """Memory in use (VmRSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) * 1024 if found else 0


def listening_port(pid: int) -> int | None:
    """The TCP port that a process listens on, None while there is none."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
        except OSError:  # closed meanwhile
            continue
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *fields = line.split()
            if state == LISTENING and fields[5] in inodes:
                return int(local.rpartition(":")[2], 16)
    return None
