"""Reading a file that another process still writes to, up to the end of its session."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from paperknife.recording.records import RecordingError
from paperknife_decoders.printable import printable

__all__ = ["Following", "next_segment"]

POLL_S = 0.1
"""How often a file is looked at for more."""


class Following:
    """Reads the file at `path` as it grows; call it as a `paperknife.recording.records.Read`.

    It ends when another file takes the place of this one, as a packed recording does at the end of its session, or
    when it is removed. Before it waits it calls `idle`.
    """

    def __init__(
        self, path: str | Path, idle: Callable[[], None], wait: Callable[[], None] = lambda: time.sleep(POLL_S)
    ) -> None:
        self._path = Path(path)
        self._idle = idle
        self._wait = wait
        try:
            self._descriptor = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise RecordingError(f"A recording was expected at {printable(str(path))}: {error.strerror}.") from None
        self.is_over = False

    def __call__(self, size: int) -> bytes:
        """What is there of the next `size` bytes, as soon as there is any; nothing once the session is over."""
        while True:
            over = self.is_over or self._is_replaced()  # asked before the read: what came until then is read
            try:
                data = os.read(self._descriptor, size)
            except OSError as error:
                raise RecordingError(f"{printable(str(self._path))} could not be read: {error.strerror}.") from None
            if data:
                return data
            if over:
                self.is_over = True
                return b""
            self._idle()
            self._wait()

    def _is_replaced(self) -> bool:
        """True if the file has lost its name to another one, or to nothing."""
        try:
            now = self._path.stat()
        except OSError:
            return True
        ours = os.fstat(self._descriptor)
        return (now.st_dev, now.st_ino) != (ours.st_dev, ours.st_ino)


SEGMENT = re.compile(r"(.*-)([0-9]{4,})(\.\w+)", re.DOTALL)
"""The name of one of several files of a recording (`segments`)."""


def next_segment(path: str | Path) -> Path | None:
    """The file in which a recording that is split goes on behind this one, if it is there already."""
    path = Path(path)
    found = SEGMENT.fullmatch(path.name)
    if found is None:
        return None
    following = path.with_name(f"{found[1]}{int(found[2]) + 1:04}{found[3]}")
    return following if following.is_file() else None
