"""The files that a recorder wrote in one run: packed when they are full, deleted when there are too many."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from paperknife.recording.journal import Journal
from paperknife.recording.packer import Packer
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
        self.packer: Packer | None = None
        self.packing: Segment | None = None

    def prepare(self) -> None:
        """Start the process that packs now, so that no message waits for that later."""
        if self.packer is None:
            with contextlib.suppress(OSError):  # it is tried again, and told, when there is something to pack
                self.packer = Packer()

    def add(self, journal: Journal) -> None:
        """The next file, which is being written."""
        self.segments.append(Segment(journal))

    def tidy(self) -> None:
        """Delete files beyond those that are kept, and pack one that is full: the last one is not yet.

        To be called again and again.
        """
        while self.keep and len(self.segments) > self.keep:
            self.delete(self.segments.pop(0))
        self.look()
        if self.packing is None:
            full = self.segments if self.ended else self.segments[:-1]
            waiting = [each for each in full if not each.packed and not each.fault and each.is_there]
            if waiting:
                self.pack_apart(waiting[-1 if self.keep else 0])  # the first is the next to be deleted

    def pack_apart(self, segment: Segment) -> None:
        """Have a file packed by a process of its own."""
        try:
            self.packer = self.packer or Packer()
            self.packer.pack(segment.path)
        except OSError as error:
            segment.fault = f"no process could be started: {error.strerror}"
        else:
            self.packing = segment

    def look(self, *, wait: bool = False) -> None:
        """See whether the file that is being packed is done."""
        segment, packer = self.packing, self.packer
        if segment is None or packer is None:
            return
        status = packer.outcome(wait=wait)
        if status is not None:
            segment.packed = status == 0
            segment.fault = "" if status == 0 else f"the process that was to pack it failed with status {status}"
            self.packing = None
        if packer.ended:
            self.packer = None

    def dismiss(self) -> None:
        """No file is packed apart any more."""
        if self.packer is not None:
            self.packer.close()
            self.packer = None

    def delete(self, segment: Segment) -> None:
        """Delete a file of ours, if it is there still."""
        if self.packing is segment and self.packer is not None:
            self.packer.kill()
            self.look(wait=True)
            self.dismiss()
            segment.packed = segment.packed or not segment.is_there
            part_of(segment.path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            if segment.is_there:
                unlink(segment.path)
                self.deleted += 1

    def finish(self, report: Report) -> None:
        """Pack all that is not packed; what cannot be stays as it is. A KeyboardInterrupt leaves it so too."""
        self.look(wait=True)
        self.dismiss()
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


def unlink(path: Path) -> None:
    """Delete a file without waiting until the disk has taken back what is in it: that is done when it is closed.

    Raises `OSError`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    closing = threading.Thread(target=os.close, args=(descriptor,))
    try:
        path.unlink()
    finally:
        closing.start()
