"""Noticing that the files of a schema changed on disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from paperknife_decoders.schema.faults import SchemaError
from paperknife_decoders.schema.sources import Sources

__all__ = ["Watch"]

type Stamp = tuple[int, int, int] | None
"""Modification time in nanoseconds, size in bytes, inode; None for a file that is not there."""

NOTHING: Mapping[str, Stamp] = MappingProxyType({})


class Watch:
    """Compares the files of a schema, and which there are, with what they were before.

    `find` gives the files and folders anew; it is asked only when one of the folders changed. `imported` are files
    outside of what it finds. Begin to watch before the files are read, so that no change falls in between.
    """

    def __init__(self, sources: Sources, imported: Iterable[Path], find: Callable[[], Sources]) -> None:
        self._find = find
        self._imported = tuple(imported)
        self._use(sources)
        self._stamps = self._look()

    def changed(self) -> bool:
        """True if anything changed since the watch began, or since this was last asked."""
        before, self._stamps = self._stamps, self._look()
        if self._stamps == before:
            return False
        written = any(self._stamps[path] != before[path] for path in before.keys() - self._folders)
        return self._found_others() or written

    def _use(self, sources: Sources) -> None:
        """Watch these files and folders. Names are text: the hash of a Path costs more than a look at its file."""
        self._files = sources.files
        self._folders = frozenset(map(str, sources.walked))
        self._names = tuple(dict.fromkeys(map(str, (*sources.files, *self._imported, *sources.walked))))

    def _look(self, known: Mapping[str, Stamp] = NOTHING) -> dict[str, Stamp]:
        """The stamps of all files and folders; those in `known` are taken from there."""
        return {name: known[name] if name in known else stamp(name) for name in self._names}

    def _found_others(self) -> bool:
        """True if the folders hold other files than before, which are watched from now on.

        A folder that changed without is no change: editors leave scratch files beside what they write.
        """
        try:
            found = self._find()
        except SchemaError:  # a path is gone for now: whoever loads next is told, and looks again when it is back
            return True
        before = self._files
        self._use(found)
        self._stamps = self._look(self._stamps)
        return self._files != before


def stamp(name: str) -> Stamp:
    """What changes when a file is written or replaced."""
    try:
        status = os.stat(name)  # noqa: PTH116 - a Path for each of thousands of files, several times a second
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
