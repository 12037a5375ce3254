"""A process that packs files, after everybody else: ``python -m paperknife.recording.pack_process``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from paperknife.recording.packing import pack
from paperknife.recording.records import RecordingError

__all__ = ["main", "packed"]

LEAST = 19
"""The lowest priority that there is."""


def main() -> None:
    """Pack each file whose path comes on a line of stdin, in hex; for each write 0 to stdout, or 1, as it went."""
    os.nice(LEAST)
    for line in sys.stdin:
        status = packed(Path(os.fsdecode(bytes.fromhex(line))))
        sys.stdout.write(str(status))
        try:
            sys.stdout.flush()
        except BrokenPipeError:  # who asked is gone
            os._exit(0)


def packed(path: Path) -> int:
    """Pack the plain recording at `path` in its place; 0 if that was done, 1 if it stays as it is."""
    try:
        pack(path, path)
    except (OSError, RecordingError):
        return 1
    return 0


if __name__ == "__main__":
    main()
