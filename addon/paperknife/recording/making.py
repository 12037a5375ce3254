"""What makes items of a recording's contents: for each channel a function, and what was told for what is to come."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mcap.records import Channel

from paperknife.recording.channels import HAPPENINGS, JSON, ChannelKey, Kind
from paperknife.recording.happenings import read_item
from paperknife.recording.items import Closed, Item, Opened
from paperknife.recording.protocols import Protocols
from paperknife.traffic import Connection, Piece
from paperknife_decoders.message import Direction, Fate, Message
from paperknife_decoders.reader import Reader
from paperknife_decoders.rest import LOST
from paperknife_decoders.trail import Trail

__all__ = ["MOST_PENDING", "Making"]

MOST_PENDING = 10_000
"""Items that are read ahead, and masks that wait for their message."""
MOST_CONNECTIONS = 1 << 17
"""Connections that are open at once."""
MOST_ORIGINALS = 64
MOST_ORIGINAL_BYTES = 64 << 20
"""Originals that wait for the message which comes right behind."""
MOST_NAMES = 100
"""Rules that have had a part in one message."""
MOST_HAPPENING = 8 << 20
"""Bytes of one object on the channel of what happened; parsed it takes ten times as much."""

FORM_FAULTS = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What comes of a record of ours that is not as ours are."""

type Make = Callable[[bytes, int, int], Item | None]
"""The item for a content with its sequence and time."""


@dataclass(slots=True)
class Making:
    """What was told so far, for what comes. `makers` has for each channel what makes an item of a content.

    With `passes_over` there may be messages that nobody tells of.
    """

    protocols: Protocols
    passes_over: bool = False
    makers: dict[int, Make] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)
    readers: dict[tuple[int, int], Reader] = field(default_factory=dict)
    masked: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    hits: dict[int, tuple[str, ...]] = field(default_factory=dict)
    originals: dict[tuple[int, Direction], bytes] = field(default_factory=dict)
    offsets: dict[tuple[int, Direction], int] = field(default_factory=dict)
    trails: dict[int, Trail] = field(default_factory=dict)

    def channel(self, channel: Channel) -> None:
        """Prepare for the contents of a channel, if it is one of ours."""
        if channel.id in self.makers:
            return
        if channel.topic == HAPPENINGS and channel.message_encoding == JSON:
            self.makers[channel.id] = self.happening
            return
        try:
            key = ChannelKey.from_metadata(channel.metadata)
        except FORM_FAULTS:
            return
        self.makers[channel.id] = MAKERS.get(key.kind, message_maker)(self, key)

    def reader(self, key: ChannelKey) -> Reader:
        """The reader of a connection's messages for one protocol."""
        place = (key.connection, key.protocol)
        reader = self.readers.get(place)
        if reader is None:
            connection = self.connections.get(key.connection)
            path = path_in(connection.url) if connection is not None else ""
            reader = self.readers[place] = self.protocols.get(key.protocol).protocol.reader(path)
        return reader

    def trail(self, connection: int) -> Trail:
        """What a connection's messages leave for later ones; one that did not begin here has left what nobody knows."""
        trail = self.trails.get(connection)
        if trail is None:
            keep_room(self.trails, MOST_CONNECTIONS)
            trail = self.trails[connection] = Trail(LOST)
        return trail

    def happening(self, content: bytes, _sequence: int, _time_ns: int) -> Item | None:
        """An event: the item that it is, if it is one, or what it tells about those to come."""
        if len(content) > MOST_HAPPENING:
            return None
        try:
            happening = json.loads(content)
            match happening.get("event"):
                case "protocol":
                    self.protocols.define(happening)
                case "masked":
                    keep_room(self.masked, MOST_PENDING)
                    spans = tuple((int(start), int(end)) for start, end in happening["spans"])
                    self.masked[int(happening["sequence"])] = spans
                case "rules":
                    keep_room(self.hits, MOST_PENDING)
                    names = happening["rules"] if isinstance(happening["rules"], list) else []
                    self.hits[int(happening["sequence"])] = tuple(str(name) for name in names[:MOST_NAMES])
                case "continued" if len(self.offsets) < MOST_PENDING:
                    side = int(happening["connection"]), Direction(happening["direction"])
                    self.offsets[side] = int(happening["offset"])
                case _:
                    keep_room(self.connections, MOST_CONNECTIONS)
                    item = read_item(happening, self.connections)
                    self.begin_or_end(item)
                    return item
        except FORM_FAULTS:
            pass
        return None

    def begin_or_end(self, item: Item | None) -> None:
        """Begin a trail with its connection, and end it."""
        match item:
            case Opened(resumed=False) if not self.passes_over:
                keep_room(self.trails, MOST_CONNECTIONS)
                self.trails[item.connection.number] = Trail()
            case Opened() | Closed():
                self.trails.pop(item.connection.number, None)


def path_in(url: str) -> str:
    """The path of a URL, with its query."""
    _, slash, path = url.partition("://")[2].partition("/")
    return slash + path


def keep_room(known: dict[Any, Any], most: int) -> None:
    """Forget the oldest of what is known, where there is as much as may be."""
    if len(known) >= most:
        del known[next(iter(known))]


def message_maker(state: Making, key: ChannelKey) -> Make:
    """Messages that passed, in full."""
    connection, direction, opcode, fate = key.connection, key.direction, key.opcode, key.fate
    masked, originals, hits = state.masked, state.originals, state.hits
    place = (connection, direction)
    passes = fate is not Fate.DROPPED
    reader: Reader | None = None
    gathers = False

    def make(content: bytes, sequence: int, time_ns: int) -> Message:
        nonlocal reader, gathers
        if reader is None:  # the protocol may be told of after the channel
            reader = state.reader(key)
            gathers = reader.gathers(direction)
        message = Message(connection, direction, time_ns, opcode, content, reader, fate)
        if originals:
            message.original = originals.pop(place, None)
        if masked:
            message.masked = masked.pop(sequence, ())
        if hits:
            message.hits = hits.pop(sequence, ())
        if gathers:
            message.before = state.trail(connection).follow_one(reader, direction, opcode, content, passes=passes)
        return message

    return make


def original_maker(state: Making, key: ChannelKey) -> Make:
    """What a peer had sent."""

    def make(content: bytes, _sequence: int, _time_ns: int) -> None:
        keep_room(state.originals, MOST_ORIGINALS)
        if sum(map(len, state.originals.values())) + len(content) > MOST_ORIGINAL_BYTES:
            state.originals.clear()
        state.originals[key.connection, key.direction] = content

    return make


def piece_maker(state: Making, key: ChannelKey) -> Make:
    """Parts of a message beyond the limit."""
    place = (key.connection, key.direction)

    def make(content: bytes, _sequence: int, time_ns: int) -> Piece:
        offset = state.offsets.get(place, 0)
        if key.connection in state.trails:
            state.trails[key.connection].lose(key.direction)
        state.offsets[place] = offset + len(content) if content else 0
        return Piece(key.connection, key.direction, time_ns, key.opcode, content, offset, not content)

    return make


MAKERS: dict[Kind, Callable[[Making, ChannelKey], Make]] = {Kind.ORIGINAL: original_maker, Kind.PIECE: piece_maker}
