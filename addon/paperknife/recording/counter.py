"""Counting what a recording holds, item by item or many messages at once."""

from __future__ import annotations

from typing import Any

from paperknife.live.line import payload_label
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.selection import NOTHING
from paperknife.recording.summary import NUMBERS, ConnectionSummary, PayloadCount, Summary
from paperknife.traffic import Batch, Connection, Piece
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.reader import Reader

__all__ = ["Counter"]

LONGEST = 4096
"""Characters that are kept of a URL and the like."""

MOST_CONNECTIONS = 1000
MOST_UNLISTED = 1 << 20
MOST_PAYLOADS = 5000
"""So many are told one by one; names come from schemas, and a hostile one has many."""


class Counter:
    """Counts items as they come: `add` each, then ask for the `summary`."""

    def __init__(self) -> None:
        self._numbers = dict.fromkeys(NUMBERS, 0)
        self._connections: dict[int, dict[str, Any]] = {}
        self._unlisted: set[int] = set()
        self._payloads: dict[tuple[Direction, str], list[int]] = {}
        self._fates: dict[str, int] = {}
        self._schemas: dict[str, None] = {}

    def add(self, item: Item) -> None:
        """Count one item."""
        match item:
            case Message():
                self._message(item)
            case Opened(connection=connection, resumed=resumed):
                self._connection(connection)
                if resumed:  # long before, perhaps
                    return
            case Closed(connection=connection, close=close):
                row = self._connection(connection)
                by = close.by.value if close.by else ""
                row.update(closed_ns=close.time_ns, code=close.code, reason=close.reason[:LONGEST], by=by)
            case Piece(last=True):
                self._numbers["oversize"] += 1
                self._pass(item.connection, item.direction, item.offset)
            case Noticed(warning=True):
                self._numbers["warnings"] += 1
        self._see(item.time_ns)

    def add_envelopes(self, batch: Batch) -> None:
        """Count messages that are all one envelope and simply passed: as `add` for each, and faster for many."""
        found: dict[str, list[int]] = {}
        for place, (name, content) in enumerate(zip(batch.payloads, batch.contents, strict=True)):
            if not name:
                self._message(batch[place])
                continue
            count = found.get(name)
            if count is None:
                count = found[name] = [0, 0]
            count[0] += 1
            count[1] += len(content)
        for name, (messages, size) in found.items():
            self._count(batch.direction, name, batch.reader, messages, size)
            self._pass(batch.connection, batch.direction, size, messages)
        self._see(batch.time_ns)

    def add_masked(self, messages: int) -> None:
        """Count so many messages of `add_envelopes` as masked."""
        self._numbers["masked"] += messages

    def _see(self, time_ns: int) -> None:
        numbers = self._numbers
        numbers["start_ns"] = min(numbers["start_ns"] or time_ns, time_ns)
        numbers["end_ns"] = max(numbers["end_ns"], time_ns)

    def _message(self, message: Message) -> None:
        if message.fate is not Fate.PASSED:
            self._fates[message.fate.value] = self._fates.get(message.fate.value, 0) + 1
        self._numbers["masked"] += bool(message.masked)
        if message.opcode >= Opcode.CLOSE:
            self._numbers["controls"] += 1
            return
        size = len(message.content)
        self._count(message.direction, self._payload(message), message.reader, 1, size)
        self._pass(message.connection, message.direction, size)

    def _count(self, direction: Direction, payload: str, reader: Reader, messages: int, size: int) -> None:
        """Count messages under a name."""
        key = (direction, payload)
        count = self._payloads.get(key)
        if count is None:
            if len(self._payloads) >= MOST_PAYLOADS:
                key = (direction, "(others)")
            count = self._payloads.setdefault(key, [0, 0])
            kind = reader.protocol.type_for(direction)
            if kind is not None and len(self._schemas) < MOST_PAYLOADS:
                self._schemas[kind.name] = None
        count[0] += messages
        count[1] += size

    def _payload(self, message: Message) -> str:
        """The name that a message is counted under."""
        envelope = next(iter(message.envelopes), NOTHING)  # one reading for all that is asked here
        if envelope.data and not envelope.payload:
            self._numbers["undecoded"] += envelope.form is not Form.DECODED and envelope.type is not None
        return payload_label(envelope)

    def _pass(self, connection: int, direction: Direction, size: int, messages: int = 1) -> None:
        self._numbers["messages"] += messages
        self._numbers["size"] += size
        row = self._connections.get(connection) or self._connection(Connection(connection, "", "", 0))
        row["from_client" if direction is Direction.CLIENT else "from_server"] += messages
        row["size"] += size

    def _connection(self, connection: Connection) -> dict[str, Any]:
        """The counts of one connection; those of too many are thrown away."""
        row = self._connections.get(connection.number)
        if row is None:
            self._numbers["connection_count"] += connection.number not in self._unlisted
            row = {"number": connection.number, "from_client": 0, "from_server": 0, "size": 0}
            if len(self._connections) < MOST_CONNECTIONS:
                self._connections[connection.number] = row
            elif len(self._unlisted) < MOST_UNLISTED:
                self._unlisted.add(connection.number)
        row |= {name: getattr(connection, name)[:LONGEST] for name in ("url", "client", "subprotocol")}
        row["opened_ns"] = connection.time_ns
        return row

    def summary(self) -> Summary:
        """What was counted so far."""
        return Summary(
            **self._numbers,
            connections=tuple(ConnectionSummary(**row) for row in self._connections.values()),
            payloads=tuple(
                PayloadCount(direction.value, payload, messages, size)
                for (direction, payload), (messages, size) in sorted(self._payloads.items(), key=by_number)
            ),
            fates=dict(self._fates),
            schemas=tuple(sorted(self._schemas)),
        )


def by_number(row: tuple[tuple[Direction, str], list[int]]) -> tuple[str, int, str]:
    """Sorts the payloads of the client before those of the server, and what there is most of first."""
    (direction, payload), (messages, _) = row
    return direction.value, -messages, payload
