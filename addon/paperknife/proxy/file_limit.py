"""How many files and sockets this process may have open, and what to say when they are used up."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["limit_of_start", "raise_file_limit", "used_up"]

AT_START = resource.getrlimit(resource.RLIMIT_NOFILE)

USED_UP = tuple(f"[Errno {number}]" for number in (errno.EMFILE, errno.ENFILE))
"""How the text of an exception, or the last line of its traceback, shows it."""


def raise_file_limit() -> None:
    """Take as many as the system lets us have: each connection takes two, and a shell's usual limit is a low one."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != most:
        with suppress(ValueError, OSError):  # macOS says that there is no limit, and refuses to set none
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def limit_of_start() -> Iterator[None]:
    """Within the block the limit that we were started with holds: a program started there gets that one, not ours."""
    now = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now == AT_START:
        yield
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, AT_START)
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, now)


def used_up(text: str) -> str | None:
    """What a warning that tells of no more files is in words; None for any other."""
    if not any(number in text for number in USED_UP):
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (
        f"Too many connections for this process's limit of {soft:,} open files (ulimit -n): "
        "new ones are refused, or wait until others have ended."
    )
