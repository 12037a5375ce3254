"""Noticing that the files of a schema changed on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from paperknife_decoders.schema.faults import SchemaError

__all__ = ["Watch"]

type Stamp = tuple[int, int, int] | None
"""Modification time in nanoseconds, size in bytes, inode; None for a file that is not there."""


class Watch:
    """Compares the files of a schema, and which there are, with what they were before.

    `find` gives the files anew; it is asked only when one of `folders` changed, and may fail with an `Exception` that
    the next load will report.
    """

    def __init__(self, files: Iterable[Path], folders: Iterable[Path], find: Callable[[], Collection[Path]]) -> None:
        self._files = {file: stamp(file) for file in files}
        self._folders = {folder: stamp(folder) for folder in folders}
        self._find = find
        self._found = frozenset(find())

    def changed(self) -> bool:
        """True if anything changed since the watch began, or since this was last asked."""
        files = {file: stamp(file) for file in self._files}
        folders = {folder: stamp(folder) for folder in self._folders}
        changed = files != self._files
        if folders != self._folders:
            changed = self._others_found() or changed
        self._files, self._folders = files, folders
        return changed

    def _others_found(self) -> bool:
        """True if the folders hold other files than before; an editor's scratch files do not count."""
        try:
            found = frozenset(self._find())
        except SchemaError:
            return True
        found, self._found = self._found, found
        return found != self._found


def stamp(path: Path) -> Stamp:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
