"""Noticing that the files of a schema changed on disk."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from paperknife_decoders.schema.faults import SchemaError
from paperknife_decoders.schema.sources import Sources

__all__ = ["Watch"]

type Stamp = tuple[int, int, int] | None
"""Modification time in nanoseconds, size in bytes, inode; None for a file that is not there. Of a recording it is the
checksum of its beginning, the size of that, and the inode."""

BEGINNING = 4096
"""Bytes of a recording that tell it from another one, though it grows."""

NOTHING: Mapping[str, Stamp] = MappingProxyType({})


class Watch:
    """Compares the files of a schema, and which there are, with what they were before.

    `find` gives the files and folders anew; it is asked only when one of the folders changed. `imported` are files
    outside of what it finds. Begin to watch before the files are read, so that no change falls in between.

    A recording that grows is no change: that is somebody else's traffic, and its schema came before that. It is another
    one where it does not begin as it did, or is another file.
    """

    def __init__(self, sources: Sources, imported: Iterable[Path], find: Callable[[], Sources]) -> None:
        self._find = find
        self._imported = tuple(imported)
        self._beginnings: dict[str, int] = {}
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
        known = self._beginnings
        self._beginnings = {name: known.get(name) or size_of_beginning(name) for name in map(str, sources.recordings)}
        self._names = tuple(dict.fromkeys(map(str, (*sources.files, *self._imported, *sources.walked))))

    def _look(self, known: Mapping[str, Stamp] = NOTHING) -> dict[str, Stamp]:
        """The stamps of all files and folders; those in `known` are taken from there."""
        stamps = {name: known[name] if name in known else stamp(name) for name in self._names}
        return stamps | {name: stamp_of_beginning(name, size) for name, size in self._beginnings.items()}

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


def size_of_beginning(name: str) -> int:
    """Bytes that a recording has now and will have when it grew; of one that is empty, those that it may get."""
    try:
        return min(os.stat(name).st_size, BEGINNING) or BEGINNING  # noqa: PTH116 - as below
    except (OSError, ValueError):
        return BEGINNING


def stamp_of_beginning(name: str, size: int) -> Stamp:
    """What changes when a recording is replaced by another one."""
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - as below
            data = file.read(size)
            return zlib.crc32(data), len(data), os.fstat(file.fileno()).st_ino
    except (OSError, ValueError):
        return None


def stamp(name: str) -> Stamp:
    """What changes when a file is written or replaced."""
    try:
        status = os.stat(name)  # noqa: PTH116 - a Path for each of thousands of files, several times a second
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
