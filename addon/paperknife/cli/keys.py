"""Keys of a terminal, or lines where the standard input is none, as one command each."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from paperknife.cli.cbreak import Cbreak, is_in_front

__all__ = ["can_ask", "key_presses"]


def can_ask() -> bool:
    """True if there is a terminal to press keys in, and we are not in the background of its shell."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty() and is_in_front(sys.stdin.fileno())


@contextlib.contextmanager
def key_presses(on_key: Callable[[str], None]) -> Iterator[None]:
    """Call `on_key` with each key that is pressed, inside a running event loop; with each first letter of a line, where
    the standard input is no terminal. The terminal is as it was afterwards, and while Ctrl-Z has us stopped. In the
    background of a shell nothing is read from it.
    """
    if sys.stdin is None or sys.stdin.closed:
        yield
        return
    descriptor = sys.stdin.fileno()
    is_terminal = os.isatty(descriptor)
    if is_terminal and not is_in_front(descriptor):
        yield
        return
    cbreak = Cbreak(descriptor) if is_terminal else None
    loop = asyncio.get_running_loop()

    def read() -> None:
        if cbreak is not None:
            if not is_in_front(descriptor):
                return
            cbreak.take()  # a shell may have put us into its foreground without a word
        try:
            data = os.read(descriptor, 1024)
        except OSError:  # the terminal has gone
            data = b""
        if not data:
            loop.remove_reader(descriptor)
            return
        text = data.decode("utf-8", "replace")
        for key in text if is_terminal else (line[:1] or "\n" for line in text.splitlines()):
            on_key(key)

    try:
        if cbreak is not None:
            cbreak.begin()
        try:
            loop.add_reader(descriptor, read)
        except OSError:  # epoll takes no file: that is always ready, and nobody types there
            yield
            return
        try:
            yield
        finally:
            loop.remove_reader(descriptor)
    finally:
        if cbreak is not None:
            cbreak.end()
