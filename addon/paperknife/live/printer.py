"""A bounded queue and a thread that renders and writes what is in it, so that a stalled reader stalls nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TextIO

from paperknife.live.sink import sink_for

__all__ = ["Limits", "Printer", "say"]

GATHER_S = 0.005
"""How long the thread sleeps when something arrives in the idle queue: the proxy forwards first, and lines gather."""
CHUNK_S = 0.001
"""After so much rendering the thread writes and lets go of the GIL, for which the proxy's loop would wait 5 ms else."""
SLICE = 16_384
"""Bytes for one write: small enough to see that a slow reader still reads."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the queue keeps, and how long `finish` waits.

    `lines` and `size` (bytes of content) bound the backlog; an empty queue takes anything. `stall_s` is how long
    `finish` waits for a reader that takes nothing, `drain_s` how long it waits in all.
    """

    lines: int = 50_000
    size: int = 64_000_000
    stall_s: float = 1.0
    drain_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Entry[T]:
    """One queued item, or with None the end. `missed` lines were refused before it."""

    item: T | None
    lines: int
    size: int
    missed: int


class GivenUp(Exception):
    """`finish` has stopped waiting, and so the thread leaves."""


class Printer[T]:
    """Prints items in the order in which they were offered.

    `render` gives the texts of one item, `missed` the text for a number of lines that were not shown; both run in the
    printer's thread. `on_broken` is called once in that thread when `out` can no longer be written to: the pipe was
    closed (`BrokenPipeError`), the disk is full, the terminal is gone. Later items are then dropped.
    """

    def __init__(
        self,
        render: Callable[[T], Iterable[str]],
        missed: Callable[[int], str],
        out: TextIO,
        *,
        limits: Limits | None = None,
        on_broken: Callable[[OSError], None] | None = None,
    ) -> None:
        self._render = render
        self._missed = missed
        self._encoding = getattr(out, "encoding", None) or "utf-8"
        self._sink = sink_for(out, self._encoding)
        self._limits = limits or Limits()
        self._on_broken = on_broken
        self._queue: SimpleQueue[Entry[T]] = SimpleQueue()
        self._lock = threading.Lock()  # orders the offers; the thread never takes it
        self._full = False
        self._refused = self._refused_now = 0
        self._offered_lines = self._offered_size = 0  # written by the offers only
        self._taken_lines = self._taken_size = 0  # written by the thread only, as all below
        self._written_lines = self._written_bytes = 0
        self._chunk: list[str] = []
        self._due = 0.0
        self._writing = self._abandoned = False
        self._done = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self.failure: OSError | None = None
        threading.Thread(target=self._run, name="paperknife-printer", daemon=True).start()

    def offer(self, item: T, *, lines: int = 1, size: int = 0, urgent: bool = False) -> bool:
        """Queue `item`, or count its `lines` as not shown and return False. Never blocks.

        Once the queue was full it takes nothing until half of it is free again, so that what is shown comes in long
        stretches. What is `urgent` (few, and worth more than a message) may fill it to twice its size.
        """
        with self._lock:
            if self._done.is_set() or not self._has_room(lines, size, urgent):
                self._refused += lines
                self._refused_now += lines
                return False
            self._queue.put(Entry(item, lines, size, self._refused_now))
            self._refused_now = 0
            self._offered_lines += lines
            self._offered_size += size
            return True

    def _has_room(self, lines: int, size: int, urgent: bool) -> bool:
        backlog_lines = self._offered_lines - self._taken_lines
        backlog_size = self._offered_size - self._taken_size
        share = 2.0 if urgent else 0.5 if self._full else 1.0
        fits = not backlog_lines or (
            backlog_lines + lines <= self._limits.lines * share and backlog_size + size <= self._limits.size * share
        )
        if not urgent:
            self._full = not fits
        return fits

    def pause(self) -> None:
        """Write nothing: another program has the terminal. What is offered meanwhile is queued, as far as there is
        room.
        """
        self._open.clear()

    def go_on(self) -> None:
        """Write again."""
        self._open.set()

    def finish(self) -> int:
        """Print what is queued, for as long as the reader reads, and return the number of lines that were lost.

        A reader that closed the pipe has lost nothing: it had what it wanted.
        """
        self.go_on()
        with self._lock:
            self._queue.put(Entry(None, 0, 0, self._refused_now))
        deadline = time.monotonic() + self._limits.drain_s
        written = -1
        while not self._done.wait(self._limits.stall_s):
            stalled = self._writing and self._written_bytes == written
            if stalled or time.monotonic() > deadline:
                self._abandoned = True
                break
            written = self._written_bytes
        if isinstance(self.failure, BrokenPipeError):
            return 0
        return self._refused + self._offered_lines - self._written_lines

    def left(self) -> Iterator[T]:
        """Take out what was never printed, after `finish`."""
        while True:
            try:
                entry = self._queue.get_nowait()
            except Empty:
                return
            if entry.item is not None:
                yield entry.item

    def _run(self) -> None:
        try:
            while self._print_burst(self._queue.get()):
                pass
        except GivenUp:
            pass
        except OSError as error:
            self.failure = error
            if self._on_broken is not None:
                self._on_broken(error)
        finally:
            self._done.set()
            self._sink.close()

    def _print_burst(self, entry: Entry[T]) -> bool:
        """Print `entry` and all that is queued behind it; False after the last of all."""
        if entry.item is not None:
            time.sleep(GATHER_S)
        self._due = time.perf_counter() + CHUNK_S
        while True:
            if entry.missed:
                self._chunk.append(self._missed(entry.missed))
            if entry.item is None:
                self._flush()
                return False
            for text in self._render(entry.item):
                self._chunk.append(text)
                self._breathe()
            self._taken_lines += entry.lines
            self._taken_size += entry.size
            self._breathe()  # also where all of an item was filtered out
            try:
                entry = self._queue.get_nowait()
            except Empty:
                self._flush()
                return True

    def _breathe(self) -> None:
        if time.perf_counter() > self._due:
            self._flush()
            time.sleep(0)
            self._due = time.perf_counter() + CHUNK_S

    def _flush(self) -> None:
        text = "".join(self._chunk)
        self._chunk.clear()
        data = memoryview(text.encode(self._encoding, "backslashreplace"))
        while data:
            if self._abandoned:
                raise GivenUp
            self._open.wait()
            self._writing = True
            count = self._sink.write(data[:SLICE])
            self._writing = False
            self._written_bytes += count
            data = data[count:]
        self._written_lines = self._taken_lines


def say(text: str, out: TextIO, limits: Limits | None = None) -> bool:
    """Print `text` at the end of a run, unless the reader stalls: False if it was not printed in bounded time."""
    printer: Printer[str] = Printer(lambda item: (item,), str, out, limits=limits)
    printer.offer(text)
    return printer.finish() == 0
