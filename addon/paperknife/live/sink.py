"""Where text goes as bytes: a file descriptor of our own, or a stream in memory."""

from __future__ import annotations

import codecs
import io
import os
import select
from typing import Protocol, TextIO

__all__ = ["Descriptor", "Memory", "Sink", "sink_for"]


class Sink(Protocol):
    """Takes bytes of encoded text."""

    def write(self, data: memoryview) -> int:
        """Write some of `data`, at least one byte, and return how many. May block; raises `OSError`."""

    def close(self) -> None:
        """Let go of what is held."""


class Descriptor:
    """A duplicate of a file descriptor, written to with `os.write`.

    A write that blocks for good (Ctrl-S, a pager that nobody scrolls) then holds no lock of `sys.stdout`, whose flush
    at the exit of the interpreter would wait for it.
    """

    def __init__(self, number: int) -> None:
        self._number = os.dup(number)

    def write(self, data: memoryview) -> int:
        while True:
            try:
                return os.write(self._number, data)
            except BlockingIOError:  # somebody who shares the terminal made it non-blocking
                select.select([], [self._number], [])

    def close(self) -> None:
        os.close(self._number)


class Memory:
    """A text stream without a file descriptor, as tests and embedders use. A write may end inside a character."""

    def __init__(self, stream: TextIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def write(self, data: memoryview) -> int:
        self._stream.write(self._decoder.decode(bytes(data)))
        self._stream.flush()
        return len(data)

    def close(self) -> None:
        self._stream.flush()


def sink_for(out: TextIO, encoding: str) -> Sink:
    """The sink for `out`, whose own buffer is flushed first so that nothing printed earlier comes later."""
    try:
        out.flush()
        return Descriptor(out.fileno())
    except (AttributeError, io.UnsupportedOperation):
        return Memory(out, encoding)
