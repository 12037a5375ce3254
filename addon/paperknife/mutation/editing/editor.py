"""The user's own editor, as a process beside which the traffic goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

from paperknife.mutation.editing.nodes import EditError, Slip
from paperknife.mutation.editing.sheet import Sheet

__all__ = ["Editor", "EditorError", "GivenUp", "Unsaved", "edit", "editor_command", "in_editor"]

VARIABLES = ("MITMPROXY_EDITOR", "VISUAL", "EDITOR")
OTHERWISE = ("sensible-editor", "nano", "vim", "vi")
TAKE_LINE = frozenset(
    ("vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "jed", "ne")
)
"""Editors that begin at the line that ``+12`` names."""

type Editor = Callable[[str, int], Awaitable[str]]
"""Shows a text at a line, and gives what became of it. Raises `EditorError`, and `Unsaved` where it was not saved."""


class EditorError(RuntimeError):
    """The editor did not run; a sentence."""


class Unsaved(EditorError):
    """The user left the editor and saved nothing."""


class GivenUp(Exception):
    """The user left the editor with what cannot be taken; `draft` is what was typed."""

    def __init__(self, draft: str, error: EditError) -> None:
        super().__init__(str(error))
        self.draft = draft


async def edit(sheet: Sheet, editor: Editor, draft: str = "") -> bytes:
    """The message's content as the user has edited it. What is wrong is shown in the file, which is opened again.

    Begins with an earlier `draft`, if there is one. Raises `GivenUp` where the file with its faults was left as it
    was, `Unsaved` where nothing was saved at all, and `EditorError`.
    """
    text, line = draft or sheet.text, 1
    failed: EditError | None = None
    while True:
        try:
            typed = await editor(text, line)
        except Unsaved:
            if failed is None:
                raise
            typed = text
        if failed is not None and typed == text:
            raise GivenUp(sheet.unmarked(typed), failed)
        if not typed.strip():
            raise GivenUp("", EditError([Slip(1, 1, "The file was empty.")]))
        try:
            # YAML of a thousand lines takes a second, and the traffic does not wait for it.
            return await asyncio.to_thread(sheet.content_of, typed)
        except EditError as error:
            failed = error
            text = sheet.marked(typed, error)
            line = error.slips[0].line if error.slips else 1


def editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The user's editor. Raises `EditorError` where there is none."""
    for variable in VARIABLES:
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            raise EditorError(f"${variable} should be the command of an editor: {error}.") from None
        if words:
            return words
    for name in OTHERWISE:
        if shutil.which(name):
            return [name]
    raise EditorError("An editor was expected, and none is known. Set EDITOR, as in EDITOR=nano.")


@contextlib.contextmanager
def terminal() -> Iterator[int | None]:
    """Where an editor writes: to the terminal, also where our own output goes into a pipe; None for our own output."""
    if sys.stdout is None or os.isatty(1) or sys.stdin is None or not os.isatty(0):
        yield None
        return
    with Path("/dev/tty").open("wb", buffering=0) as file:
        yield file.fileno()


async def in_editor(text: str, line: int = 1, environment: Mapping[str, str] = os.environ) -> str:
    """`text` as the user's editor has left it, in a file that only its owner reads. Raises `EditorError`."""
    command = editor_command(environment)
    with tempfile.TemporaryDirectory(prefix="paperknife-") as folder:
        path = Path(folder, "message.yaml")
        path.touch(0o600)
        path.write_text(text, "utf-8", newline="")
        before = path.stat().st_mtime_ns - 10**9  # however soon it is saved, it is at another time
        os.utime(path, ns=(before, before))
        at_line = [f"+{line}"] if line > 1 and Path(command[0]).name in TAKE_LINE else []
        try:
            with terminal() as out:
                process = await asyncio.create_subprocess_exec(*command, *at_line, str(path), stdout=out)
        except OSError as error:
            raise EditorError(f"The editor {command[0]} could not be started: {error.strerror}.") from None
        try:
            status = await process.wait()
        except asyncio.CancelledError:  # we end, and leave no editor behind in the user's terminal
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            raise
        if status:
            raise EditorError(f"The editor {command[0]} ended with the status {status}; nothing was changed.")
        try:
            if path.stat().st_mtime_ns == before:
                raise Unsaved("The file was left without being saved; nothing was changed.")
            return path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            raise EditorError(f"Text in UTF-8 was expected of the editor {command[0]}; nothing was changed.") from None
