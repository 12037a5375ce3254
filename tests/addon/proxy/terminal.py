"""A terminal of our own, with a program in it and an editor that is typed into line by line."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections import deque
from pathlib import Path

import pexpect
import pyte

__all__ = ["EDITOR", "Terminal"]

EDITOR = f"{sys.executable} {Path(__file__).with_name('line_editor.py')}"
ROWS, COLUMNS = 30, 100

NEXT_PICTURE = re.compile(rb"(?=\x1b\[(?:\?25l|2J))")
"""In front of what a program begins to draw anew with: the cursor is hidden, or the screen is cleared."""


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.pictures: deque[bytes] = deque()
        """What the program has written and is not on the screen yet."""
        self.program = pexpect.spawn(
            command[0], command[1:], dimensions=(ROWS, COLUMNS), env=environment, cwd=str(folder)
        )

    def until(self, pattern: str, keys: str = "", seconds: float = 60) -> re.Match[str]:
        """Press `keys`, wait until the screen shows `pattern`, and return the match.

        What was shown for a while only is seen however late we come to look.
        """
        self.program.send(keys)
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text())):
            assert time.monotonic() < deadline, f"{pattern} did not come:\n{self.text()}"
            if self.pictures:
                self.stream.feed(self.pictures.popleft())
                continue
            with contextlib.suppress(pexpect.TIMEOUT):
                self.pictures.extend(filter(None, NEXT_PICTURE.split(self.program.read_nonblocking(65536, 0.2))))
        return found

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)
