"""Items by connection, for formats in which all that was said on one stands in one place."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

from paperknife.recording.exchange.appending import Appending
from paperknife.recording.exchange.assembly import Assembly
from paperknife.recording.items import Closed, Item, Opened
from paperknife.recording.selection import EVERYTHING, Selection
from paperknife.traffic import Close, Connection, Piece
from paperknife_decoders.message import Message

__all__ = ["Conversations", "Form"]


class Form(Protocol):
    """A format, and where it is written to. All of it raises `OSError`."""

    def begin(self) -> None:
        """Write what comes before all connections."""

    def message(self, message: Message) -> bytes:
        """One message as it stands among the others of its connection; nothing where the format has no place for it."""

    def conversation(self, connection: Connection, close: Close | None, last_ns: int, messages: Path | None) -> None:
        """Write a connection. `messages` is a file with what `message` gave, the latest of them from `last_ns`."""

    def end(self) -> None:
        """Write what comes behind all connections."""


class Conversations:
    """Writes those items that are wanted in a `form`, each connection when it is closed.

    Until then its messages are kept in a file of its own inside `folder`, so that memory stays flat.
    """

    def __init__(self, form: Form, selection: Selection = EVERYTHING, folder: Path | None = None) -> None:
        self.form = form
        self.messages = 0
        self.unplaced = 0
        """Messages for which the format has no place."""
        self._selection = selection
        self._folder = tempfile.TemporaryDirectory(prefix=".paperknife-", dir=folder)
        self._files = Appending(Path(self._folder.name))
        self._assembly = Assembly()
        self._open: dict[int, Connection] = {}
        self._wanted: set[int] = set()
        self._last: dict[int, int] = {}
        form.begin()

    @property
    def left_out(self) -> int:
        """Messages that were too large to be put together."""
        return self._assembly.left_out

    def write(self, item: Item) -> None:
        """The next item, if it is wanted. Raises `OSError`."""
        match item:
            case Message():
                if self._selection.takes(item):
                    self._message(item)
            case Piece():
                whole = self._assembly.add(item) if self._selection.takes(item) else None
                if whole is not None:
                    self._message(whole)
            case Opened(connection=connection):
                self._open[connection.number] = connection
                if self._selection.takes(item):
                    self._wanted.add(connection.number)
            case Closed(connection=connection, close=close):
                self._assembly.forget(connection.number)
                self._open.setdefault(connection.number, connection)
                self._end(connection.number, close)

    def close(self) -> None:
        """Write the connections that were still open, and the end. Raises `OSError`."""
        for number in sorted(self._open.keys() | self._wanted):
            self._assembly.forget(number)
            self._end(number, None)
        self.form.end()
        self.discard()

    def discard(self) -> None:
        """Remove the files on the side."""
        self._files.close()
        self._folder.cleanup()

    def _message(self, message: Message) -> None:
        data = self.form.message(message)
        if not data:
            self.unplaced += 1
            return
        self._files.append(str(message.connection), data)
        self._last[message.connection] = message.time_ns
        self._wanted.add(message.connection)
        self.messages += 1

    def _end(self, number: int, close: Close | None) -> None:
        """Write a connection, if there is anything in it that is wanted."""
        connection, last_ns = self._open.pop(number, None), self._last.pop(number, None)
        if number not in self._wanted:
            return
        self._wanted.discard(number)
        if connection is None:  # its messages stand in the file, its handshake does not
            connection = Connection(number, "", "", last_ns or 0)
        path = None if last_ns is None else self._files.finish(str(number))
        self.form.conversation(connection, close, last_ns or connection.time_ns, path)
        if path is not None:
            path.unlink()
