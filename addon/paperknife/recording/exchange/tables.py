"""CSV (RFC 4180), one table for each payload and direction."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from paperknife.live.amounts import rfc3339
from paperknife.recording.exchange.appending import Appending
from paperknife.recording.exchange.cells import json_cell, text_cell
from paperknife.recording.exchange.flattening import Flattening
from paperknife.recording.items import Item
from paperknife.recording.selection import EVERYTHING, NOTHING, Selection
from paperknife.traffic import Piece
from paperknife_decoders.documents import json_object
from paperknife_decoders.envelope_type import JOINT
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.unknown_values import unknown_values

if TYPE_CHECKING:
    from paperknife_decoders.envelope import Envelope
    from paperknife_decoders.envelope_type import EnvelopeType
    from paperknife_decoders.secrets import Secrets

__all__ = ["Folder", "OneTable", "SeveralTables", "TableSink", "Tables"]

ABOUT = ("time", "connection", "direction", "fate")
"""The first columns of every table. A field of the envelope that is called like one of them has ``msg.`` in front."""

UNDECODED = "undecoded"
"""The table of what is no envelope of the schema, or has no payload set."""

UNDECODED_COLUMNS = ("opcode", "form", "fault", "size", "message", "unknown")

UNSAFE = re.compile(r"[^A-Za-z0-9_]")
LONGEST_NAME = 80
"""Characters of a payload's name that go into that of its file."""

MOST_TABLES = 1000
"""Beyond this many, fields that are set together are no longer told apart: a peer may set any of them."""


class TableSink(Protocol):
    """Where tables go."""

    def append(self, name: str, text: str) -> None:
        """Add lines to the table called `name`."""


class Folder:
    """Each table in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.files = Appending(folder)

    def append(self, name: str, text: str) -> None:
        self.files.append(f"{name}.csv", text.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Finish all tables. Raises `OSError`."""
        self.files.close()


class SeveralTables(ValueError):
    """There is room for one table, and a second one began."""


class OneTable:
    """Exactly one table, to a stream of text. Raises `SeveralTables` when a second one begins."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.name = ""

    def append(self, name: str, text: str) -> None:
        self.name = self.name or name
        if name != self.name:
            raise SeveralTables(self.name, name)
        self.write(text.encode("utf-8", "backslashreplace").decode())


class Line:
    """The file that `csv` writes to: `writerow` returns what this returns."""

    @staticmethod
    def write(text: str) -> str:
        return text


class Table:
    """One table: its name, and its columns."""

    def __init__(self, name: str, columns: Sequence[str], flat: Flattening | None) -> None:
        self.name = name
        self.columns = columns
        self.flat = flat


class Tables:
    """Writes envelopes as rows of the tables of their payloads."""

    def __init__(self, sink: TableSink, selection: Selection = EVERYTHING, secrets: Secrets | None = None) -> None:
        self.sink = sink
        self.selection = selection
        self.secrets = secrets
        self.messages = 0
        self.left_out = 0
        """Messages beyond the limit, which nobody decoded."""
        self._line: Any = csv.writer(Line(), lineterminator="\n")
        self._known: dict[tuple[Direction, str, EnvelopeType | None], Table] = {}
        self._by_name: dict[str, Table] = {}

    def write(self, item: Item) -> None:
        """Add the rows of an item; only messages have any. Raises `OSError`, or `SeveralTables`."""
        if isinstance(item, Piece) and item.last and self.selection.takes(item):
            self.left_out += 1
        if isinstance(item, Message) and item.opcode < Opcode.CLOSE and self.selection.takes(item):
            for envelope in item.envelopes or (NOTHING,):
                if self.selection.wants(item, envelope):
                    self.row(item, envelope)

    def row(self, message: Message, envelope: Envelope) -> None:
        """Add a row."""
        secrets = self.secrets or message.reader.protocol.secrets
        kind = envelope.type if envelope.payload and envelope.message is not None else None
        key = (message.direction, envelope.payload if kind else "", kind)
        table = self._known.get(key)
        if table is None and kind is not None and len(self._known) >= MOST_TABLES:
            key = (message.direction, JOINT.join(kind.payloads) if kind.named else envelope.payload, kind)
            table = self._known.get(key)
        if table is None:
            table = self._known[key] = self._table(*key, secrets)
        about = [rfc3339(message.time_ns), str(message.connection), message.direction.value, message.fate.value]
        cells = table.flat.row(envelope.message) if table.flat else undecoded_cells(message, envelope, secrets)
        self.sink.append(table.name, self._line.writerow([*about, *cells]))
        self.messages += 1

    def _table(self, direction: Direction, payload: str, kind: EnvelopeType | None, secrets: Secrets) -> Table:
        """A table for these columns: a new one, or that of an older schema that has the same."""
        flat = Flattening(kind, payload, secrets) if kind else None
        names = flat.names if flat else UNDECODED_COLUMNS
        columns = [*ABOUT, *(f"msg.{name}" if name in ABOUT else name for name in names)]
        stem = f"{direction.value}.{UNSAFE.sub('_', payload)[:LONGEST_NAME] if kind else UNDECODED}"
        name, number = stem, 1
        # Some file systems take two names that differ in case for the same.
        while name.casefold() in self._by_name:
            if kind and self._by_name[name.casefold()].columns == columns:
                return Table(self._by_name[name.casefold()].name, columns, flat)
            number += 1
            name = f"{stem}-{number}"
        table = self._by_name[name.casefold()] = Table(name, columns, flat)
        self.sink.append(name, self._line.writerow(list(map(text_cell, columns))))
        return table


def undecoded_cells(message: Message, envelope: Envelope, secrets: Secrets) -> list[str]:
    """The cells of a row for what has no payload."""
    opcode, form, fault = message.opcode.name.lower(), envelope.form.value, text_cell(envelope.fault)
    unknown = unknown_values(envelope, secrets)
    known = json_cell(json_object(envelope, secrets))
    return [opcode, form, fault, str(len(envelope.data)), known, json_cell(unknown) if unknown else ""]
