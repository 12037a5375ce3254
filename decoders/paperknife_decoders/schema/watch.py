"""Noticing that the files of a schema changed on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from paperknife_decoders.schema.faults import SchemaError
from paperknife_decoders.schema.sources import Sources

__all__ = ["Watch"]

type Stamp = tuple[int, int, int] | None
"""Modification time in nanoseconds, size in bytes, inode; None for a file that is not there."""


class Watch:
    """Compares the files of a schema, and which there are, with what they were before.

    `find` gives the files and folders anew; it is asked only when one of the folders changed. `imported` are files
    outside of what it finds. Begin to watch before the files are read, so that no change falls in between.
    """

    def __init__(self, sources: Sources, imported: Iterable[Path], find: Callable[[], Sources]) -> None:
        self._sources = sources
        self._imported = tuple(imported)
        self._find = find
        self._stamps = self._look()

    def changed(self) -> bool:
        """True if anything changed since the watch began, or since this was last asked."""
        before, self._stamps = self._stamps, self._look()
        if self._stamps == before:
            return False
        folders = frozenset(self._sources.walked)
        written = any(self._stamps[path] != before[path] for path in before if path not in folders)
        return self._found_others() or written

    def _look(self, known: Mapping[Path, Stamp] = MappingProxyType({})) -> dict[Path, Stamp]:
        """The stamps of all files and folders; those in `known` are taken from there."""
        paths = (*self._sources.files, *self._imported, *self._sources.walked)
        return {path: known[path] if path in known else stamp(path) for path in paths}

    def _found_others(self) -> bool:
        """True if the folders hold other files than before, which are watched from now on.

        A folder that changed without is no change: editors leave scratch files beside what they write.
        """
        try:
            found = self._find()
        except SchemaError:  # a path is gone for now: whoever loads next is told, and looks again when it is back
            return True
        before, self._sources = self._sources, found
        self._stamps = self._look(self._stamps)
        return found.files != before.files


def stamp(path: Path) -> Stamp:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
