"""Where an export goes, and the writers of its formats."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from paperknife.cli.failure import Failure
from paperknife.cli.results import checked
from paperknife.recording.exchange.conversations import Conversations, Form
from paperknife.recording.exchange.har import HarForm
from paperknife.recording.exchange.jsonl import JsonLines
from paperknife.recording.exchange.tables import Folder, OneTable, SeveralTables, Tables
from paperknife.recording.items import Item
from paperknife.recording.selection import Selection
from paperknife_decoders.printable import printable

__all__ = ["WRITERS", "Target", "Writer"]

CSV = ".csv"


class Writer(Protocol):
    """One of the formats, being written."""

    messages: int
    """How many messages (for tables: rows) were written."""

    def write(self, item: Item) -> None:
        """The next item of the recording."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the result goes: to `out`, of what is read from `source`. It replaces a file only by `force`."""

    source: str
    out: str | None
    force: bool

    @property
    def is_stdout(self) -> bool:
        """True where no file was named."""
        return self.out is None or self.out == "-"

    @property
    def beside(self) -> Path | None:
        """Where files on the side are made: on the disk that the result goes to."""
        return None if self.out is None or self.is_stdout else Path(self.out).parent

    @contextlib.contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """A new file, for its owner alone, that takes its name when all is written; or stdout."""
        if self.out is None or self.is_stdout:
            if sys.stdout is None:
                raise Failure("A place for the result was expected, and stdout is closed. Name a file with -o OUT.")
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        path = checked(self.source, self.out, force=self.force)
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                yield file
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def folder(self) -> Path:
        """A new folder, or one with nothing in it, for its owner alone."""
        assert self.out is not None
        path, name = Path(self.out), printable(self.out)
        if path.exists() and not path.is_dir():
            raise Failure(f"A new folder was expected, and {name} is a file. Name another, or one table as NAME.csv.")
        if path.exists() and any(path.iterdir()):
            raise Failure(f"A new folder was expected, and {name} has something in it. Name another.")
        if not path.parent.is_dir():
            raise Failure(f"A folder was expected at {printable(str(path.parent))}, for {name}. Make it first.")
        path.mkdir(mode=0o700, exist_ok=True)
        return path


@contextlib.contextmanager
def json_lines(target: Target, selection: Selection, options: dict[str, Any]) -> Iterator[Writer]:
    """JSON Lines."""
    with target.opened() as out:
        yield JsonLines(lambda text: out.write(text.encode()), selection, raw=options["raw"])


@contextlib.contextmanager
def tables(target: Target, selection: Selection, options: dict[str, Any]) -> Iterator[Writer]:
    """Tables in a folder; a single one in a file, or on stdout."""
    if not target.is_stdout and not str(target.out).endswith(CSV):
        folder = Folder(target.folder())
        try:
            yield Tables(folder, selection)
        finally:
            folder.close()
        return
    with target.opened() as out:
        is_shown = target.is_stdout and sys.stdout.isatty()
        lines = OneTable(lambda text: out.write((safe(text) if is_shown else text).encode()))
        try:
            yield Tables(lines, selection)
        except SeveralTables as error:
            first, second = error.args
            direction, _, payload = first.partition(".")
            raise Failure(
                f"There is room for one table, and the messages make several, {first} and {second} among them. Name a "
                f'folder with -o FOLDER, or choose: --where "payload == {payload} and direction == {direction}".'
            ) from None


def safe(text: str) -> str:
    """A row as a terminal may have it."""
    return printable(text.rstrip("\n")) + "\n"


def by_connection(make: Callable[[IO[bytes]], Form]) -> Callable[..., AbstractContextManager[Writer]]:
    """A format in which what was said on a connection stands in one place."""

    @contextlib.contextmanager
    def write(target: Target, selection: Selection, options: dict[str, Any]) -> Iterator[Writer]:
        with target.opened() as out:
            writer = Conversations(make(out), selection, target.beside)
            try:
                yield writer
                writer.close()
            finally:
                writer.discard()

    return write


def flow_form(out: IO[bytes]) -> Form:
    """mitmproxy's flows, which alone need mitmproxy."""
    from paperknife.proxy.flow_form import FlowForm

    if out is sys.stdout.buffer and sys.stdout.isatty():
        raise Failure("Flows are no text for a terminal. Name a file with -o OUT, or pass it on: -o - | ...")
    return FlowForm(out)


WRITERS: dict[str, Callable[[Target, Selection, dict[str, Any]], AbstractContextManager[Writer]]] = {
    "jsonl": json_lines,
    "csv": tables,
    "har": by_connection(HarForm),
    "flow": by_connection(flow_form),
}
"""By the name that the user gives."""
