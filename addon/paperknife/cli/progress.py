"""How far long work has come, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TextIO

__all__ = ["Progress", "counted", "size_of"]

PATIENCE = 1.0
"""Seconds before anything is said: short work says nothing."""
PAUSE = 0.2
"""Seconds between two amounts that are shown."""


class Progress:
    """One line on stderr that is written over, such as ``Reading session.mcap: 42 %``; none where that is no terminal.

    `advance` takes what was done, in the unit of `total` (0: not known).
    """

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self.what, self.total, self.done = what, total, 0
        self.stream = sys.stderr if stream is None else stream
        self.is_shown = False
        # There is no stream where the shell closed it.
        self.next = time.monotonic() + PATIENCE if self.stream and self.stream.isatty() else float("inf")

    def advance(self, amount: int) -> None:
        """So much more was done."""
        self.done += amount
        if time.monotonic() >= self.next:
            self.show()

    def at(self, done: int, total: int) -> None:
        """So much was done in all."""
        self.total = total
        self.advance(done - self.done)

    def show(self) -> None:
        """Write the line anew."""
        share = f"{min(self.done / self.total, 1):.0%}" if self.total else f"{self.done >> 20:,} MiB"
        self.write(f"\r\x1b[K{self.what}: {share}")
        self.is_shown = True
        self.next = time.monotonic() + PAUSE

    def end(self) -> None:
        """Take the line away."""
        if self.is_shown:
            self.write("\r\x1b[K")
            self.is_shown = False

    def write(self, text: str) -> None:
        """Show `text`; a terminal that has gone is no reason to end the work."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(text)
            self.stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


def counted(read: Callable[[int], bytes], progress: Progress) -> Callable[[int], bytes]:
    """`read`, with what it gives counted."""

    def counting(size: int) -> bytes:
        data = read(size)
        progress.advance(len(data))
        return data

    return counting


def size_of(path: str) -> int:
    """Bytes of a file, 0 where that is not known."""
    try:
        return 0 if path == "-" else Path(path).stat().st_size
    except OSError:
        return 0
