"""The process that packs files while others are recorded, seen from outside.

To start a process holds up whoever does so for some milliseconds, and all of our threads with him: it is started once,
before there is anything to do, and waits.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import paperknife
import paperknife_decoders

__all__ = ["Packer"]


class Packer:
    """Packs files one at a time. Where our process ends, it goes on to the end of its file. Making it raises `OSError`.

    After `pack`, ask for the `outcome` until there is one.
    """

    def __init__(self) -> None:
        self.ended = False
        """It packs no more."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "paperknife.recording.pack_process"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.files, self.answers = self.process.stdin, self.process.stdout.fileno()

    def pack(self, path: Path) -> None:
        """Have a file packed."""
        with contextlib.suppress(BrokenPipeError):  # then it has ended, which the outcome says
            self.files.write(os.fsencode(path).hex().encode() + b"\n")

    def outcome(self, *, wait: bool = False) -> int | None:
        """0 for a file that is packed, another number for one that stays as it is; None where that is not known yet."""
        os.set_blocking(self.answers, wait)
        try:
            answer = os.read(self.answers, 1)
        except BlockingIOError:
            return None
        if answer:
            return int(answer)
        self.close()
        return self.process.returncode or 1

    def kill(self) -> None:
        """End it at once, whatever becomes of the file."""
        self.process.kill()

    def close(self) -> None:
        """Wait until it ends, which it does when it has packed its file."""
        self.ended = True
        with self.process:  # closes both pipes
            pass


def environment() -> dict[str, str]:
    """Ours, with where our packages are."""
    roots = {str(Path(each.__file__ or "").parents[1]) for each in (paperknife, paperknife_decoders)}
    given = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*roots, *([given] if given else [])])}
