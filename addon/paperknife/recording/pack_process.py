"""A process that packs one file, after everybody else: ``python -m paperknife.recording.pack_process FILE``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from paperknife.recording.packing import pack
from paperknife.recording.records import RecordingError

__all__ = ["main"]

LEAST = 19
"""The lowest priority that there is."""


def main(path: str) -> int:
    """Pack the plain recording at `path` in its place; 0 if that was done, 1 if it stays as it is."""
    os.nice(LEAST)
    try:
        pack(Path(path), Path(path))
    except (OSError, RecordingError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
