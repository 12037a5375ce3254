"""Many files that are appended to in turn, few of them open at a time."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

__all__ = ["Appending"]

OPEN = 64
"""Files that are open at a time; a system allows as few as 256 in all."""


class Appending:
    """Appends to files by name, inside one folder. A file is made at its first use, for its owner alone."""

    def __init__(self, folder: Path, most_open: int = OPEN) -> None:
        self.folder = folder
        self.most_open = most_open
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()

    def append(self, name: str, data: bytes) -> None:
        """Append to the file called `name`. Raises `OSError`."""
        file = self._open.get(name)
        if file is None:
            if len(self._open) >= self.most_open:
                self._open.popitem(last=False)[1].close()
            descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            file = self._open[name] = os.fdopen(descriptor, "ab")
        else:
            self._open.move_to_end(name)
        file.write(data)

    def finish(self, name: str) -> Path:
        """Close the file called `name`, which may never have been written to, and say where it is."""
        file = self._open.pop(name, None)
        if file is not None:
            file.close()
        return self.folder / name

    def close(self) -> None:
        """Close all files. Raises `OSError` where the last bytes could not be written."""
        while self._open:
            self._open.popitem()[1].close()
