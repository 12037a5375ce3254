"""Where a command that makes a recording of a recording puts it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from paperknife.cli.failure import Failure
from paperknife.recording.records import RecordingError
from paperknife_decoders.printable import printable

__all__ = ["name_of", "result_options", "result_place", "told_faults"]


def result_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the result goes."""
    command = click.option("--force", is_flag=True, help="Replace OUT if it is there already.")(command)
    return click.option(
        "-o", "--output", "out", required=True, metavar="OUT", help="The recording to make; - is stdout."
    )(command)


@contextlib.contextmanager
def result_place(source: str, out: str, *, force: bool) -> Iterator[Path]:
    """A path to make the result at, so that it never takes the place of `source`, nor of another file unasked.

    For ``-`` it is a temporary one, whose content goes to stdout at the end of the block.
    """
    if out != "-":
        yield checked(source, out, force=force)
        return
    if sys.stdout is None or sys.stdout.isatty():
        raise Failure("A recording is no text for a terminal. Name a file with -o OUT, or pass it on: -o - | ...")
    with told_faults("-"), tempfile.TemporaryDirectory(prefix="paperknife-") as folder:
        path = Path(folder, "result.mcap")
        yield path
        with path.open("rb") as result:
            shutil.copyfileobj(result, sys.stdout.buffer, 1 << 20)
            sys.stdout.buffer.flush()


def checked(source: str, out: str, *, force: bool) -> Path:
    """`out` as a path where a new file may be made."""
    path, name = Path(out), printable(out)
    if not path.parent.is_dir():
        raise Failure(f"A folder was expected at {printable(str(path.parent))}, for {name}. Make it first.")
    if path.is_dir():
        raise Failure(f"A name for a file was expected, and {name} is a folder.")
    if source != "-" and path.exists() and Path(source).exists() and path.samefile(source):
        raise Failure(f"{name} is the recording that is read. Give the result another name.")
    if os.path.lexists(path) and not force:
        raise Failure(f"{name} is there already. Give another name, or --force to replace it.")
    return path


def name_of(out: str) -> str:
    """The place of a result, as it is called in a sentence."""
    return "The standard output" if out == "-" else printable(out)


@contextlib.contextmanager
def told_faults(out: str) -> Iterator[None]:
    """What goes wrong with a recording that is read or made, as a sentence."""
    try:
        yield
    except RecordingError as error:
        raise Failure(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failure(
            f"{name_of(out)} could not be written: {error.strerror or error}. What was read is as it was."
        ) from None
