"""The recorded connections of a session, and what was said on each, read as it is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from paperknife.recording.excerpt import Excerpt
from paperknife.recording.exchange.assembly import Assembly
from paperknife.recording.items import Closed, Item, Opened
from paperknife.recording.reading import Recording
from paperknife.recording.selection import Selection
from paperknife.settings.reading import Loaded
from paperknife.traffic import Connection, Piece
from paperknife_decoders.message import Direction, Fate, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["Act", "Recorded", "Session", "as_client_saw", "as_it_left", "as_server_saw", "path_of"]

LARGEST = 64 << 20
"""Bytes of a message that was recorded in pieces; a larger one is left out."""

EXTENSION = "permessage-deflate"

type Act = Message | Closed
"""What happened on one connection: a message from either side, or the end."""

type Choose = Callable[[Message], bool]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One connection of a recording."""

    connection: Connection
    resumed: bool = False

    @property
    def number(self) -> int:
        """Its number in the recording."""
        return self.connection.number

    @property
    def path(self) -> str:
        """The path of its URL, without the query."""
        return path_of(self.connection.url)

    @property
    def is_compressed(self) -> bool:
        """True if both sides had agreed on permessage-deflate (RFC 7692)."""
        return any(
            name.lower() == "sec-websocket-extensions" and EXTENSION in value.lower()
            for name, value in self.connection.handshake.response
        )


def path_of(url: str) -> str:
    """The path of a URL or of a request's target, without the query; at least a slash. Takes any text."""
    target = url if url.startswith("/") else "/" + url.partition("://")[2].partition("/")[2]
    return target.partition("?")[0].partition("#")[0]


@dataclass(slots=True)
class Session:
    """A recording in one or several files, each the continuation of the one before.

    `override` reads all messages by another protocol. Memory does not grow with what was said. `faults` are sentences
    on files that are not whole. Everything raises `RecordingError` for a file that is no recording.
    """

    paths: Sequence[Path]
    override: Loaded | None = None
    faults: list[str] = field(default_factory=list)
    known: list[Recorded] = field(default_factory=list)
    _taken: Counter[int] = field(default_factory=Counter)
    _openings: Iterator[Recorded] | None = None

    def take(self, path: str) -> Recorded | None:
        """The recorded connection for the next live one that asks for `path`.

        Those of the same path come in their order, and from the first one again after the last. Where the recording
        has one connection only, that is taken for every path. None where there is none.
        """
        found = next((each for each in self._all() if each.path == path and not self._taken[each.number]), None)
        if found is None:
            fitting = [each for each in self.known if each.path == path] or (self.known if len(self.known) == 1 else [])
            found = min(fitting, key=lambda each: self._taken[each.number], default=None)
        if found is not None:
            self._taken[found.number] += 1
        return found

    def only(self, connections: Sequence[Recorded]) -> Session:
        """The same recording with no other connections than these."""
        return Session(self.paths, self.override, self.faults, list(connections), _openings=iter(()))

    def has_connections(self) -> bool:
        """True if there is at least one; reads up to it."""
        return next(self._all(), None) is not None

    def protocol(self) -> Protocol | None:
        """How the first message of the recording is read; None where there is no message."""
        first = next((item for item in self.items() if isinstance(item, Message)), None)
        return None if first is None else first.reader.protocol

    def connections(self) -> list[Recorded]:
        """All of them; reads the whole recording."""
        return list(self._all())

    def _all(self) -> Iterator[Recorded]:
        """Those that are known, and then those that come."""
        yield from self.known[:]
        if self._openings is None:
            self._openings = openings(self.items())
        for each in self._openings:
            self.known.append(each)
            yield each

    def items(self) -> Iterator[Item]:
        """Everything that was recorded, in order."""
        for path in self.paths:
            recording = Recording(path, override=self.override)
            yield from recording
            for fault in (*recording.faults, *([recording.cut] if recording.cut else ())):
                if fault not in self.faults:
                    self.faults.append(fault)

    def acts(self, number: int, choose: Choose, start_ns: int | None = None) -> Iterator[Act]:
        """What happened on one connection: the messages that `choose` takes, and last the end, if it is there.

        From `start_ns` on, in nanoseconds since the epoch, with what still holds by then before it, at that time.
        """
        pieces = Assembly(LARGEST)
        items = self.items()
        if start_ns is not None:
            selection = Selection(connections=frozenset({number}), start_ns=start_ns)
            items = Excerpt(selection, with_state=True).items(items)
        for item in items:
            if start_ns is not None and isinstance(item, Message) and item.time_ns < start_ns:
                item.time_ns = start_ns
            if isinstance(item, Message):
                if item.connection == number and item.opcode < Opcode.CLOSE and choose(item):
                    yield item
            elif isinstance(item, Piece):
                if item.connection == number and (joined := pieces.add(item)):
                    yield joined
            elif isinstance(item, Closed) and item.connection.number == number:
                yield item
                return


def openings(items: Iterator[Item]) -> Iterator[Recorded]:
    """The connections among items; one that goes on in a later file counts once."""
    seen = set()
    for item in items:
        if isinstance(item, Opened) and item.connection.number not in seen:
            seen.add(item.connection.number)
            yield Recorded(item.connection, item.resumed)


def as_client_saw(message: Message) -> bool:
    """True for what the client sent, and for what reached it."""
    return message.fate is not (Fate.INJECTED if message.direction is Direction.CLIENT else Fate.DROPPED)


def as_server_saw(message: Message) -> bool:
    """True for what reached the server, and for what it sent."""
    return message.fate is not (Fate.DROPPED if message.direction is Direction.CLIENT else Fate.INJECTED)


def as_it_left(message: Message, sender: Direction) -> Message:
    """A message as its sender had sent it, where that was this one; as it arrived, where that was the other."""
    if message.direction is not sender or message.original is None:
        return message
    return Message(
        message.connection,
        message.direction,
        message.time_ns,
        message.opcode,
        message.original,
        message.reader,
        before=message.before,
    )
