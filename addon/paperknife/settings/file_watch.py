"""Noticing that one file changed on disk."""

from __future__ import annotations

import stat
from pathlib import Path

__all__ = ["FileWatch"]


class FileWatch:
    """Compares a file with what it was when the watch began; begin before it is read.

    A pipe or a device counts as no change: to read it again would wait for whoever writes there, perhaps for ever.
    """

    def __init__(self, name: str) -> None:
        self.path = Path(name)
        self.stamp: tuple[int, int, int] | None = None
        self.stamp = self.look()

    def look(self) -> tuple[int, int, int] | None:
        """What changes when a file is written or replaced; None where there is none."""
        try:
            status = self.path.stat()
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            return self.stamp
        return status.st_mtime_ns, status.st_size, status.st_ino

    def changed(self) -> bool:
        """True if it changed since this was last asked."""
        before, self.stamp = self.stamp, self.look()
        return before != self.stamp
