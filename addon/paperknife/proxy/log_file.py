"""paperknife's own log in a file: what it says and why something failed, with tracebacks."""

from __future__ import annotations

import logging
import os
from collections.abc import Set
from pathlib import Path

from mitmproxy import ctx, exceptions

from paperknife.proxy.options import LOG

__all__ = ["LogFile"]

OURS = logging.getLogger("paperknife")
FORM = "%(asctime)s %(levelname)s %(message)s"


class LogFile:
    """An addon that appends to the file that `paperknife_log` names; it is for its owner's eyes only."""

    def __init__(self) -> None:
        self.handler: logging.Handler | None = None

    def configure(self, updated: Set[str]) -> None:
        """Begin to write, or write to another file."""
        if LOG not in updated:
            return
        self.done()
        name = ctx.options.paperknife_log
        if not name:
            return
        path = Path(name).expanduser()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise exceptions.OptionsError(
                f"{LOG}: a file to write to was expected at {path}: {error.strerror}."
            ) from None
        self.handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace"))
        self.handler.setFormatter(logging.Formatter(FORM))
        OURS.addHandler(self.handler)

    def done(self) -> None:
        """Write no more."""
        if isinstance(self.handler, logging.StreamHandler):
            OURS.removeHandler(self.handler)
            self.handler.stream.close()
            self.handler = None
