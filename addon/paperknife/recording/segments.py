"""The files of one run: how they are called, when the next one begins, which of them are kept."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from paperknife.recording.journal import Journal
from paperknife.recording.records import RecordingError

__all__ = ["NOTHING", "RecordPlan", "RecordWords", "Split", "open_segment"]

SIZES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
SPLIT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(?:(s|min|h|d)|([kmgt]?)i?b?)", re.IGNORECASE)
"""A duration, or a size; ``64m`` is a size, as everywhere in mitmproxy's options."""

SMALLEST = 1000
"""Bytes of the smallest segment that can be asked for: a smaller one would hold little more than its own head."""

SHORTEST_NS = 10**9
"""Nanoseconds of the shortest."""

TRIES = 100_000
"""So many names are tried before it is given up."""


@dataclass(frozen=True, slots=True)
class Split:
    """When the next file begins: after so many bytes, or so many nanoseconds; 0 for never."""

    size: int = 0
    time_ns: int = 0

    def __bool__(self) -> bool:
        return bool(self.size or self.time_ns)


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """What was asked for: a path, in which ``%Y`` and its like stand for the time; `keep` the last files, 0 for all."""

    pattern: str
    split: Split = Split()
    keep: int = 0

    def path(self, number: int, seconds: float) -> Path:
        """The path of one segment that begins at this time; they are counted from 1 where there are several."""
        path = Path(time.strftime(self.pattern, time.localtime(seconds))).expanduser()
        return path.with_name(f"{path.stem}-{number:04}{path.suffix}") if self.split or number > 1 else path


@dataclass(frozen=True, slots=True)
class RecordWords:
    """What was asked for, as it is typed: ``--record``, ``--record-split`` and ``--record-keep``."""

    path: str = ""
    split: tuple[str, ...] = ()
    keep: int = 0

    def plan(self) -> RecordPlan | None:
        """What it means; None where nothing is to be recorded. Raises `RecordingError` with what was expected."""
        if not self.path:
            if self.split or self.keep:
                raise RecordingError("A file to record to was expected along with how to split it (--record FILE).")
            return None
        split = split_from(self.split)
        if self.keep < 0 or (self.keep and not split):
            raise RecordingError(
                f"How many files to keep was expected as a number, not {self.keep}."
                if self.keep < 0
                else f"To keep the last {self.keep} of several files, say when the next one begins, such as with "
                "--record-split 64MB."
            )
        return RecordPlan(self.path, split, self.keep)


NOTHING = RecordWords()
"""Record nothing."""


def split_from(words: Sequence[str]) -> Split:
    """Sizes and times as they are typed, one of each. Raises `RecordingError`."""
    size = time_ns = 0
    for word in [each.strip() for text in words for each in text.split("|") if each.strip()]:
        found = SPLIT.fullmatch(word)
        if found is None:
            raise RecordingError(f"A size such as 64MB or a time such as 10min was expected to split by, not {word!r}.")
        if found[2]:
            time_ns = int(float(found[1]) * SECONDS[found[2].lower()] * 1e9)
        else:
            size = int(float(found[1]) * SIZES.get(found[3].lower(), 1))
        if size < SMALLEST and time_ns < SHORTEST_NS:
            raise RecordingError(f"A file to split by {word} would hold next to nothing; the least is 1kB or 1s.")
    return Split(size, time_ns)


def open_segment(plan: RecordPlan, number: int, seconds: float) -> tuple[Journal, int]:
    """A new file, the first that is free from this number on, and its number. No file is ever written over.

    Raises `RecordingError` where it cannot be made, with what is in the way.
    """
    for path, numbered in names(plan, number, seconds):
        try:
            return Journal(path), numbered
        except FileExistsError:
            check_is_file(path)
        except (OSError, ValueError) as error:
            raise RecordingError(obstacle(path, error)) from None
    raise RecordingError(f"A free name like {plan.pattern} was expected, and the first {TRIES:,} are taken.")


def names(plan: RecordPlan, number: int, seconds: float) -> Iterator[tuple[Path, int]]:
    """Names to try: ``session-0004.mcap``, ``session-0005.mcap``; or ``session.mcap``, ``session-2.mcap`` unsplit."""
    for more in range(TRIES):
        if plan.split:
            yield plan.path(number + more, seconds), number + more
        else:
            path = plan.path(number, seconds)
            yield (path.with_name(f"{path.stem}-{more + 1}{path.suffix}") if more else path), number


def check_is_file(path: Path) -> None:
    """Raise `RecordingError` for what is there and is no file, so that no other name is to be tried."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:  # it was there a moment ago
        return
    if stat.S_ISDIR(mode):
        raise RecordingError(f"A file to record to was expected, and {path} is a folder. Name a file in it.")
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        raise RecordingError(f"A new file to record to was expected, and {path} is a device or the like.")


def obstacle(path: Path, error: OSError | ValueError) -> str:
    """Why there can be no file at `path`."""
    folder = path.parent
    if isinstance(error, FileNotFoundError):
        return f"A folder for the recording was expected at {folder}, and there is none. Make it, or name another."
    if isinstance(error, NotADirectoryError):
        return f"A folder for the recording was expected at {folder}, and that is a file."
    why = error.strerror if isinstance(error, OSError) else str(error)
    return f"A new file for the recording was expected at {path}: {why}."
