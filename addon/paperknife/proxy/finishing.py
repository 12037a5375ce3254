"""The end of recordings: they are packed, which takes its time, and the user is told what became of them."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from paperknife.live.amounts import clock_text, count_text, size_text
from paperknife.live.printer import say

if TYPE_CHECKING:
    from paperknife.proxy.recordings import Recordings
    from paperknife.recording.recorder import Recorder

__all__ = ["finish_recordings"]

PATIENCE_SECONDS = 1.0
"""What takes longer tells how far it is."""

INCOMPLETE = 1
"""The exit status where messages passed unrecorded that were to be recorded."""


def finish_recordings(recordings: Recordings) -> int:
    """Pack what was recorded and say what became of it; the exit status."""
    recordings.stop()
    if not recordings.recorders:
        return 0
    progress = Progress()
    with ctrl_c_interrupts():
        try:
            recordings.finish(progress.report)
        except KeyboardInterrupt:
            progress.end()
            tell("Packing ended: what is not packed is larger than need be, and can be read as it is.")
    progress.end()
    for recorder in recordings.recorders:
        for line in summary_lines(recorder):
            tell(line)
    return INCOMPLETE if any(each.missing and each.missing.messages for each in recordings.recorders) else 0


def summary_lines(recorder: Recorder) -> Iterator[str]:
    """What was recorded where, and what is missing."""
    shelf = recorder.shelf
    there = [each for each in shelf.segments if each.is_there]
    sizes = size_text(sum(each.size for each in there))
    what = count_text(recorder.messages_written, "message")
    if len(there) == 1 and not shelf.deleted:
        yield f"Recorded {what} in {there[0].path} ({sizes})."
    elif there:
        yield f"Recorded {what} in {len(there)} files, {there[0].path} to {there[-1].path.name} ({sizes})."
    if shelf.deleted:
        yield f"  {count_text(shelf.deleted, 'older file')} of it deleted, for {shelf.keep} were to be kept."
    for segment in shelf.segments:
        if not segment.is_there:
            yield f"  {segment.path} is not there any more: it was moved, deleted or replaced."
        elif segment.fault:
            yield f"  {segment.path} stays unpacked, and can be read as it is: {segment.fault}."
    missing = recorder.missing
    if missing:
        yield (
            f"! {count_text(missing.messages, 'message')} from {clock_text(missing.since_ns)} on "
            f"{'is' if missing.messages == 1 else 'are'} not recorded. {missing.why}"
        )


class Progress:
    """Says on stderr how far the packing is, once it takes long."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.told = ""
        self.lively = sys.stderr is not None and sys.stderr.isatty()

    def report(self, path: Path, done: int, of: int) -> None:
        """So many bytes of a file are packed."""
        if time.monotonic() - self.began < PATIENCE_SECONDS:
            return
        text = f"Packing {path.name} ({size_text(of)}; Ctrl-C leaves it as it is)"
        if self.lively:
            text += f" ... {100 * done // max(of, 1)} %"
            if text != self.told:
                say(f"\r{text}", sys.stderr)
        elif text != self.told:
            tell(f"{text} ...")
        self.told = text

    def end(self) -> None:
        """Clear the line."""
        if self.lively and self.told:
            say(f"\r{' ' * len(self.told)}\r", sys.stderr)
        self.told = ""


def tell(text: str) -> None:
    """Say a line that is not data."""
    say(f"{text}\n", sys.stderr)


@contextmanager
def ctrl_c_interrupts() -> Iterator[None]:
    """Have Ctrl-C raise KeyboardInterrupt, whatever it did before and does afterwards; only a main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
