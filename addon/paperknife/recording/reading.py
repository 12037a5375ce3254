"""A recording as the items that it consists of, in their order."""

from __future__ import annotations

import json
import os
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcap.records import Channel, Header, Metadata
from mcap.records import Schema as SchemaRecord

from paperknife.recording.channels import HAPPENINGS, JSON, ChannelKey, Kind
from paperknife.recording.happenings import read_item
from paperknife.recording.items import Item
from paperknife.recording.ordering import in_order
from paperknife.recording.protocols import Protocols
from paperknife.recording.records import LIMITS, Limits, Op, Read, RecordingError, Records, parsed
from paperknife.settings.reading import Loaded
from paperknife.traffic import Connection, Piece
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Reader
from paperknife_decoders.secrets import Secrets

__all__ = ["SESSION", "Recording", "RecordingError"]

SESSION = "paperknife.session"
"""The metadata record at the start."""

MESSAGE = struct.Struct("<HIQQ")
"""Of a message record: channel, sequence, log time, publish time (mcap.dev/spec, "Message")."""

MOST_PENDING = 10_000
"""Items that are read ahead, and masks that wait for their message."""
MOST_CONNECTIONS = 1 << 17
"""Connections that are open at once."""
MOST_ORIGINALS = 64
MOST_ORIGINAL_BYTES = 64 << 20
"""Originals that wait for the message which comes right behind."""
MOST_HAPPENING = 8 << 20
"""Bytes of one object on the channel of what happened; parsed it takes ten times as much."""

FORM_FAULTS = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What comes of a record of ours that is not as ours are."""

type Make = Callable[[bytes, int, int], Item | None]
"""The item for a content with its sequence and time."""


class Recording:
    """One file, read once from its beginning: iterate over it for its items.

    `path` is a file, or ``-`` for the standard input. `override` reads all messages by another protocol. `session` is
    the metadata of the session, known once the first item is. After the last item `cut` is a sentence if the file is
    not whole, and `faults` are all that was wrong. Raises `RecordingError` for what is no recording; nothing else is
    raised for anything that can stand in a file.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        override: Loaded | None = None,
        secrets: Secrets | None = None,
        read: Read | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.name = printable("The standard input" if str(path) == "-" else str(path))
        self.session: dict[str, str] = {}
        self.header = Header("", "")
        self.protocols = Protocols(self.name, secrets or Secrets(), override)
        self.faults = self.protocols.faults
        self._records = Records(read or opened_file(path), self.name, limits)
        self._state = State(self.protocols)
        self._items = self._all()
        self._pending: deque[Item] = deque()

    @property
    def cut(self) -> str | None:
        """What is to be said of a file that is not whole, once its end was reached."""
        return " ".join(self._records.faults) or None

    @property
    def begin_ns(self) -> int:
        """The time of the first item, in nanoseconds since the epoch; 0 where there is none. Reads up to it."""
        if not self._pending and (item := next(self._items, None)) is not None:
            self._pending.append(item)
        return self._pending[0].time_ns if self._pending else 0

    @property
    def loaded(self) -> Loaded:
        """The protocol of the first messages; reads as far as the first of them."""
        if self.protocols.override is not None:
            return self.protocols.override
        while not self.protocols.loaded and len(self._pending) < MOST_PENDING:
            item = next(self._items, None)
            if item is None:
                break
            self._pending.append(item)
            if isinstance(item, Message):
                break
        return next(iter(self.protocols.loaded.values()), self.protocols.get(0))

    def __iter__(self) -> Iterator[Item]:
        while self._pending:
            yield self._pending.popleft()
        yield from self._items

    def _all(self) -> Iterator[Item]:
        state, makers = self._state, self._state.makers
        unpack = MESSAGE.unpack_from
        found = False
        for opcode, body in in_order(self._records):
            if opcode != Op.MESSAGE:
                self._rare(opcode, body)
                continue
            try:
                channel, sequence, time_ns, _ = unpack(body)
                item = makers[channel](body[22:], sequence, time_ns)
            except KeyError:  # a channel of somebody else, or none at all
                continue
            except struct.error:
                continue
            if item is not None:
                found = True
                yield item
        if not found and not state.makers and not self._records.faults:
            profile = f" Its profile is {printable(self.header.profile)!r}." if self.header.profile else ""
            raise RecordingError(f"{self.name} is an MCAP file with no channel of paperknife in it.{profile}")

    def _rare(self, opcode: int, body: bytes) -> None:
        """What is no message."""
        match parsed(opcode, body):
            case Header() as header:
                self.header = header
            case Metadata(name=name, metadata=metadata) if name == SESSION:
                self.session = self.session or metadata
            case SchemaRecord() as schema:
                self.protocols.schema(schema)
            case Channel() as channel:
                self._state.channel(channel)


@dataclass(slots=True)
class State:
    """What was told so far, for what comes. `makers` has for each channel what makes an item of a content."""

    protocols: Protocols
    makers: dict[int, Make] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)
    readers: dict[tuple[int, int], Reader] = field(default_factory=dict)
    masked: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    originals: dict[tuple[int, Direction], bytes] = field(default_factory=dict)
    offsets: dict[tuple[int, Direction], int] = field(default_factory=dict)

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
            reader = self.readers[place] = self.protocols.get(key.protocol).protocol.reader()
        return reader

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
                case "continued" if len(self.offsets) < MOST_PENDING:
                    side = int(happening["connection"]), Direction(happening["direction"])
                    self.offsets[side] = int(happening["offset"])
                case _:
                    keep_room(self.connections, MOST_CONNECTIONS)
                    return read_item(happening, self.connections)
        except FORM_FAULTS:
            pass
        return None


def keep_room(known: dict[Any, Any], most: int) -> None:
    """Forget the oldest of what is known, where there is as much as may be."""
    if len(known) >= most:
        del known[next(iter(known))]


def message_maker(state: State, key: ChannelKey) -> Make:
    """Messages that passed, in full."""
    connection, direction, opcode, fate = key.connection, key.direction, key.opcode, key.fate
    masked, originals = state.masked, state.originals
    place = (connection, direction)
    reader: Reader | None = None

    def make(content: bytes, sequence: int, time_ns: int) -> Message:
        nonlocal reader
        if reader is None:  # the protocol may be told of after the channel
            reader = state.reader(key)
        message = Message(connection, direction, time_ns, opcode, content, reader, fate)
        if originals:
            message.original = originals.pop(place, None)
        if masked:
            message.masked = masked.pop(sequence, ())
        return message

    return make


def original_maker(state: State, key: ChannelKey) -> Make:
    """What a peer had sent."""

    def make(content: bytes, _sequence: int, _time_ns: int) -> None:
        keep_room(state.originals, MOST_ORIGINALS)
        if sum(map(len, state.originals.values())) + len(content) > MOST_ORIGINAL_BYTES:
            state.originals.clear()
        state.originals[key.connection, key.direction] = content

    return make


def piece_maker(state: State, key: ChannelKey) -> Make:
    """Parts of a message beyond the limit."""
    place = (key.connection, key.direction)

    def make(content: bytes, _sequence: int, time_ns: int) -> Piece:
        offset = state.offsets.get(place, 0)
        state.offsets[place] = offset + len(content) if content else 0
        return Piece(key.connection, key.direction, time_ns, key.opcode, content, offset, not content)

    return make


MAKERS: dict[Kind, Callable[[State, ChannelKey], Make]] = {Kind.ORIGINAL: original_maker, Kind.PIECE: piece_maker}


def opened_file(path: str | Path) -> Read:
    """What reads a file, or the standard input. Raises `RecordingError` with what is wrong with it."""
    try:
        if str(path) == "-":
            if sys.stdin is None:
                raise RecordingError("A recording was expected on the standard input, and it is closed.")
            return reads(lambda size: os.read(sys.stdin.fileno(), size), "The standard input")
        return reads(Path(path).open("rb", buffering=0).read, str(path))
    except OSError as error:
        raise RecordingError(f"A recording was expected at {printable(str(path))}: {error.strerror}.") from None


def reads(read: Callable[[int], bytes | None], name: str) -> Read:
    """`read`, whose faults are sentences."""

    def checked(size: int) -> bytes:
        try:
            return read(size) or b""
        except OSError as error:
            raise RecordingError(f"{printable(name)} could not be read: {error.strerror}.") from None

    return checked
