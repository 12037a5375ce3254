"""The file that records are appended to while they come: made new, for its owner alone, and whole up to its end."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

__all__ = ["Journal"]


type Seal = tuple[int, int, int, int]


class Journal:
    """A new file at `path`. What `append` got is with the operating system when it returns: a kill loses none of it.

    Making it, and `append`, raise `OSError`; a file or link that is there already is `FileExistsError`.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_APPEND | os.O_CLOEXEC
        self.path = path
        self.size = 0
        self.seal: Seal | None = None
        self.descriptor = os.open(path, flags, 0o600)

    def append(self, data: bytes) -> None:
        """Write all of `data`; where that fails, none of it stays in the file, as far as that can be had."""
        try:
            written = os.write(self.descriptor, data)
            while written < len(data):
                written += os.write(self.descriptor, memoryview(data)[written:])
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self.descriptor, self.size)
            raise
        self.size += len(data)

    @property
    def is_in_place(self) -> bool:
        """True if the file is still where it was made, and nobody has moved, changed or replaced it."""
        try:
            return seal_of(os.lstat(self.path)) == (self.seal or seal_of(os.fstat(self.descriptor)))
        except OSError:
            return False

    @property
    def is_deleted(self) -> bool:
        """True if the file has no name any more, so that what is written to it is lost."""
        return os.fstat(self.descriptor).st_nlink == 0

    def sync(self) -> None:
        """Return when the disk has all of it."""
        os.fsync(self.descriptor)

    def close(self) -> None:
        """Write no more."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            self.seal = seal_of(os.fstat(descriptor))
            os.close(descriptor)


def seal_of(found: os.stat_result) -> Seal:
    """What tells a file from any other; the inode of one that was deleted is soon given to another."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
