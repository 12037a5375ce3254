"""The lines of recordings, as the live view would have shown them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from paperknife.live import events
from paperknife.live.renderer import Renderer
from paperknife.recording.channels import ChannelKey
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.selection import Selection
from paperknife.traffic import Connection, Piece
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["Carried", "Outlet", "Showing"]

FLUSH_S = 0.05
"""A line waits no longer than this for others to be written with it."""

CLOSE = int(Opcode.CLOSE)

MOST_CONNECTIONS = 10_000
"""Connections of one file that are known in the next."""

OFTEN = 2048
"""After so many messages somebody looks at the clock."""


class Outlet:
    """Writes texts to `out`, several at a time, the first at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._parts: list[str] = []
        self._due = 0.0

    def write(self, text: str) -> None:
        """Write `text`, now or soon."""
        self._parts.append(text)
        self.tick()

    def tick(self) -> None:
        """Write what has waited for long enough."""
        if self._parts and time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        if self._parts:
            text = "".join(self._parts)
            self._parts.clear()
            self._out.write(text.encode(self._out.encoding or "utf-8", "backslashreplace").decode(self._out.encoding))
            self._out.flush()
            self._due = time.monotonic() + FLUSH_S


@dataclass(slots=True)
class Carried:
    """What the files of a split recording hand on to the next: connections that are open, and what passed on them."""

    counts: defaultdict[tuple[int, Direction], int] = field(default_factory=lambda: defaultdict(int))
    connections: dict[int, Connection] = field(default_factory=dict)

    def goes_on(self, item: Opened) -> bool:
        """True if a connection was open in the file before this one; another one of its number is forgotten."""
        connection = item.connection
        known = self.connections.get(connection.number)
        if item.resumed and known == connection:
            return True
        if known is not None:
            self.taken(connection.number)
        if len(self.connections) < MOST_CONNECTIONS:
            self.connections[connection.number] = connection
        return False

    def taken(self, number: int) -> tuple[int, int]:
        """How many messages passed on a connection that has ended, of the client and of the server."""
        self.connections.pop(number, None)
        return self.counts.pop((number, Direction.CLIENT), 0), self.counts.pop((number, Direction.SERVER), 0)


@dataclass(slots=True)
class Showing:
    """Shows the selected items of one recording, at most `most` messages (None: all), and counts the lines of them.

    `adapt` is called with each protocol that messages were read by, before the first of them is shown. `carried` is
    what the file before this one left.
    """

    renderer: Renderer
    outlet: Outlet
    selection: Selection
    most: int | None = None
    adapt: Callable[[Protocol], None] = lambda _: None
    shown: int = 0
    events: int = 0
    carried: Carried = field(default_factory=Carried)
    _passed: Counter[tuple[int, Direction]] = field(default_factory=Counter)
    _protocol: Protocol | None = None

    def pass_over(self, passed: Mapping[ChannelKey, int]) -> None:
        """Count messages that are not among the items."""
        for key, count in passed.items():
            if key.opcode < CLOSE:
                self._passed[key.connection, key.direction] += count

    def show(self, items: Iterator[Item]) -> None:
        """Show items until they end, or enough is shown."""
        write, tick, selection = self.outlet.write, self.outlet.tick, self.selection
        until = selection.until_ns
        for count, item in enumerate(items):
            if not count % OFTEN:
                tick()
            if isinstance(item, Message):
                for text in self._message(item):
                    write(text)
                    self.shown += 1
                    if self.most is not None and self.shown >= self.most:
                        return
            elif text := self._event(item):
                write(text)
                self.events += 1
            if until is not None and item.time_ns >= until:
                return

    def _message(self, message: Message) -> Iterable[str]:
        connection = message.connection
        if message.opcode < CLOSE:
            self.carried.counts[connection, message.direction] += 1
        selection = self.selection
        if selection.connections and connection not in selection.connections:
            return ()
        if message.reader.protocol is not self._protocol:
            self._protocol = message.reader.protocol
            self.adapt(self._protocol)
        return self.renderer.message(message, show=selection.covers(connection, message.time_ns))

    def _event(self, item: Item) -> str:
        """The text of what is no message; none for what is not selected."""
        covers = self.selection.covers
        match item:
            case Opened(connection=connection):
                if not self.carried.goes_on(item) and covers(connection.number, item.time_ns):
                    return self.renderer.event(events.Opened(connection))
            case Closed(connection=connection, close=close):
                client, server = self.carried.taken(connection.number)
                client += self._passed.pop((connection.number, Direction.CLIENT), 0)
                server += self._passed.pop((connection.number, Direction.SERVER), 0)
                text = self.renderer.event(events.Closed(connection, close, client, server))
                return text if covers(connection.number, item.time_ns) else ""
            case Noticed() if not self.selection.connections and covers(0, item.time_ns):
                return self.renderer.event(events.Notice(item.text, item.warning, item.time_ns))
            case Piece(last=True):
                self.carried.counts[item.connection, item.direction] += 1
                if self.renderer.options.where is None and covers(item.connection, item.time_ns):
                    return self.renderer.event(events.Oversize(item))
        return ""
