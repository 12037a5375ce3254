"""Where the `paperknife` command begins: Ctrl-C is quiet from here on, before anything else is imported."""

import os
import signal
from types import FrameType

__all__ = ["INTERRUPTED", "main"]

INTERRUPTED = 130
"""The exit status of a process that Ctrl-C has ended (128 + SIGINT)."""


def main() -> None:
    """Run the command. Does not return."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:  # and not ignored, as under nohup
        signal.signal(signal.SIGINT, leave)
    from paperknife.cli import main as command

    signal.signal(signal.SIGINT, usual)
    command(prog_name="paperknife")


def leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: nothing has begun yet, and an exception could be lost inside of an import."""
    os._exit(INTERRUPTED)
