"""The files that a recorder wrote in one run: packed when they are full, deleted when there are too many."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import paperknife
import paperknife_decoders
from paperknife.recording.journal import Journal
from paperknife.recording.packing import pack, part_of
from paperknife.recording.records import RecordingError

__all__ = ["Segment", "Shelf"]

type Report = Callable[[Path, int, int], None]
"""Told of a file that is packed: how many bytes are done, and of how many."""


@dataclass(slots=True)
class Segment:
    """One file; `fault` tells why it stays unpacked."""

    journal: Journal
    packed: bool = False
    fault: str = ""

    @property
    def is_there(self) -> bool:
        """True unless it was moved, deleted or replaced by somebody else."""
        return self.path.exists() if self.packed else self.journal.is_in_place

    @property
    def path(self) -> Path:
        """Where it was made."""
        return self.journal.path

    @property
    def size(self) -> int:
        """Bytes of the file; 0 where there is none."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


class Shelf:
    """Holds the files in their order; `keep` the last ones, 0 for all.

    Full ones are packed by a process of low priority, one at a time, so that the relay does not wait for it.
    """

    def __init__(self, keep: int) -> None:
        self.keep = keep
        self.segments: list[Segment] = []
        self.deleted = 0
        self.ended = False
        """No file is written any more."""
        self.packing: tuple[Segment, subprocess.Popen[bytes]] | None = None

    def add(self, journal: Journal) -> None:
        """The next file, which is being written."""
        self.segments.append(Segment(journal))

    def tidy(self) -> None:
        """Delete files beyond those that are kept, and pack the first that is full: the last one is not yet.

        To be called again and again.
        """
        while self.keep and len(self.segments) > self.keep:
            self.delete(self.segments.pop(0))
        self.look()
        if self.packing is None:
            full = self.segments if self.ended else self.segments[:-1]
            waiting = [each for each in full if not each.packed and not each.fault and each.is_there]
            if waiting:
                self.pack_apart(waiting[0])

    def pack_apart(self, segment: Segment) -> None:
        """Start a process that packs a file."""
        try:
            self.packing = segment, packer(segment.path)
        except OSError as error:
            segment.fault = f"no process could be started: {error.strerror}"

    def look(self, *, wait: bool = False) -> None:
        """See whether the process that packs has ended."""
        if self.packing is None:
            return
        segment, process = self.packing
        status = process.wait() if wait else process.poll()
        if status is not None:
            segment.packed = status == 0
            segment.fault = "" if status == 0 else f"a process that was to pack it ended with status {status}"
            self.packing = None

    def delete(self, segment: Segment) -> None:
        """Delete a file of ours, if it is there still."""
        if self.packing is not None and self.packing[0] is segment:
            self.packing[1].kill()
            self.look(wait=True)
            segment.packed = segment.packed or not segment.is_there
            part_of(segment.path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            if segment.is_there:
                segment.path.unlink()
                self.deleted += 1

    def finish(self, report: Report) -> None:
        """Pack all that is not packed; what cannot be stays as it is. A KeyboardInterrupt leaves it so too."""
        self.look(wait=True)
        for segment in self.segments:
            if segment.packed:
                continue
            if not segment.is_there:
                segment.fault = "it was moved, deleted or replaced"
                continue
            try:
                pack(segment.path, segment.path, partial(report, segment.path))
            except OSError as error:
                segment.fault = str(error.strerror)
            except RecordingError as error:
                segment.fault = str(error)
            else:
                segment.packed, segment.fault = True, ""


def packer(path: Path) -> subprocess.Popen[bytes]:
    """A process that packs a file; it lives on where ours ends. Raises `OSError`."""
    roots = {str(Path(each.__file__ or "").parents[1]) for each in (paperknife, paperknife_decoders)}
    given = os.environ.get("PYTHONPATH", "")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*roots, *([given] if given else [])])}
    return subprocess.Popen(
        [sys.executable, "-m", "paperknife.recording.pack_process", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
