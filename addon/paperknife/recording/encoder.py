"""From what passes to plain MCAP records (https://mcap.dev/spec), byte for byte, with no file and no clock.

A batch of messages that are all bare envelopes is what a feed consists of: it costs one look-up of its channel, one
packed head a message, and one join.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Any

from mcap.data_stream import RecordBuilder
from mcap.records import Channel, Header, McapRecord, Metadata, Schema

from paperknife.recording.channels import HAPPENINGS, JSON, PROTOBUF, ChannelKey, Kind
from paperknife.recording.descriptor_sets import descriptor_set
from paperknife.recording.happenings import (
    SCHEMA,
    closed_object,
    continued_object,
    masked_object,
    notice_object,
    opened_object,
    protocol_object,
    rules_object,
)
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.recording.kinds import kind_of, kind_of_all
from paperknife.recording.shapes import MAGIC
from paperknife.traffic import Batch, Piece
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol

__all__ = ["MESSAGE", "MESSAGE_HEAD", "PROFILE", "SESSION", "VERSION", "Encoder", "record"]

PROFILE = "paperknife"
"""The profile, and the library, that the header of a recording names."""

SESSION = "paperknife.session"
"""The metadata record that every recording begins with."""

VERSION = "1"
"""The version of the layout, in that record."""

MESSAGE = 5
"""The opcode of a Message record."""

MESSAGE_HEAD = Struct("<BQHIQQ")
"""Of a Message record: opcode, length of the rest, channel, sequence, log time, publish time."""

BATCH_HEAD, TIMES = Struct("<BQHI16s"), Struct("<QQ")
"""The same in two parts: all messages of a batch share the times."""

BEFORE_CONTENT = MESSAGE_HEAD.size - 9
"""Bytes that a record's length counts besides the content: all but the opcode and the length itself."""

LAST_NS = (1 << 64) - 1
"""The last time that a record can have."""

IDS = (1 << 16) - (1 << 8)
"""Channels and schemas of one file: ids have 16 bits, and a batch takes a handful at most."""

SEQUENCES = (1 << 32) - (1 << 28)
"""Messages of one file: the sequence has 32 bits, and no batch holds as many as are left."""


@dataclass(frozen=True, slots=True)
class Written:
    """A protocol that is in the file. It is kept here, so that its identity is not given to another one."""

    protocol: Protocol
    number: int
    types: Mapping[Direction, tuple[str, int] | None]
    """For each direction the name of its type and the id of its schema."""


class Encoder:
    """Makes the records of one file, in the order of its calls.

    Every method returns the bytes to append. Once it `is_full`, take a new one for a new file: numbers run out.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self.channels: dict[int, dict[object, int]] = {}
        self.protocols: dict[int, Written] = {}
        self.schemas = self.used_channels = 1
        self.reached: dict[tuple[int, Direction], int] = {}
        """How much of a message beyond the limit is in the file."""

    @property
    def is_full(self) -> bool:
        """True if the ids or the numbers that a file can have are about to run out."""
        return self.used_channels > IDS or self.schemas > IDS or self.sequence > SEQUENCES

    def begin(self, session: Mapping[str, str], resumed: Iterable[Opened] = ()) -> bytes:
        """What a file begins with; `resumed` are the connections that are open already."""
        head = [
            MAGIC,
            record(Header(PROFILE, PROFILE)),
            record(Metadata(name=SESSION, metadata={"version": VERSION, **session})),
            record(Schema(id=1, name="paperknife.Event", encoding="jsonschema", data=SCHEMA)),
            record(Channel(id=0, topic=HAPPENINGS, message_encoding=JSON, metadata={}, schema_id=1)),
        ]
        return b"".join([*head, *map(self.opened, resumed)])

    def opened(self, item: Opened) -> bytes:
        """A connection that opened, or is open."""
        return self.happening(opened_object(item), item.time_ns)

    def closed(self, item: Closed) -> bytes:
        """The end of a connection; its channels are not needed any more."""
        number = item.connection.number
        self.channels.pop(number, None)
        for direction in Direction:
            self.reached.pop((number, direction), None)
        return self.happening(closed_object(item), item.time_ns)

    def notice(self, item: Noticed) -> bytes:
        """A sentence for the user."""
        return self.happening(notice_object(item), item.time_ns)

    def batch(self, batch: Batch) -> bytes:
        """Messages that came together."""
        kind = kind_of_all(batch)
        if kind is None:
            return b"".join([self.message(message) for message in batch.messages])
        channel, new = self.channel(batch, batch.opcodes[0], kind)
        contents, pack, times = batch.contents, BATCH_HEAD.pack, TIMES.pack(batch.time_ns, batch.time_ns)
        parts = [new] * (2 * len(contents) + 1)
        parts[1::2] = [
            pack(MESSAGE, len(content) + BEFORE_CONTENT, channel, sequence, times)
            for sequence, content in enumerate(contents, self.sequence + 1)
        ]
        parts[2::2] = contents
        self.sequence += len(contents)
        return b"".join(parts)

    def message(self, message: Message) -> bytes:
        """One message, and before it what a peer had sent instead, which rules changed it, and what is masked in it."""
        opcode, content, time_ns = message.opcode, message.content, message.time_ns
        parts = []
        if message.original is not None:
            channel, new = self.channel(message, opcode, Kind.ORIGINAL)
            parts += [new, self.numbered(channel, message.original, time_ns)]
        protocol = message.reader.protocol
        kind = kind_of(content, opcode, protocol, message.direction)
        channel, new = self.channel(message, opcode, kind)
        parts.append(new)
        if message.hits:
            sequence = self.sequence + 2 + bool(message.masked)
            parts.append(self.happening(rules_object(sequence, message.hits), time_ns))
        if message.masked:
            parts.append(self.happening(masked_object(self.sequence + 2, message.masked), time_ns))
        parts.append(self.numbered(channel, content, time_ns))
        return b"".join(parts)

    def piece(self, piece: Piece) -> bytes:
        """A part of a message beyond the limit; before it how much is missing, if what came before is not all here."""
        side = piece.connection, piece.direction
        parts = []
        if piece.offset != self.reached.get(side, 0):
            parts.append(self.happening(continued_object(piece), piece.time_ns))
        self.reached[side] = 0 if piece.last else piece.offset + len(piece.data)
        known = self.channels.setdefault(piece.connection, {})
        short = piece.direction, piece.opcode
        if short not in known:
            key = ChannelKey(piece.connection, piece.direction, Opcode(piece.opcode), Kind.PIECE)
            parts.append(self.declared(known, short, key, 0))
        if piece.data:
            parts.append(self.numbered(known[short], piece.data, piece.time_ns))
        if piece.last:
            parts.append(self.numbered(known[short], b"", piece.time_ns))
        return b"".join(parts)

    def happening(self, happening: Mapping[str, Any], time_ns: int) -> bytes:
        """One object on the channel of what happened."""
        return self.numbered(0, json.dumps(happening, separators=(",", ":")).encode(), time_ns)

    def numbered(self, channel: int, content: bytes, time_ns: int) -> bytes:
        """One message record."""
        self.sequence += 1
        time_ns = min(max(time_ns, 0), LAST_NS)  # a file that is imported may have any
        length = len(content) + BEFORE_CONTENT
        return MESSAGE_HEAD.pack(MESSAGE, length, channel, self.sequence, time_ns, time_ns) + content

    def channel(self, of: Batch | Message, opcode: Opcode, kind: Kind) -> tuple[int, bytes]:
        """The channel for messages of a kind, and the records that are to come before the first of them."""
        protocol = of.reader.protocol
        known = self.channels.setdefault(of.connection, {})
        short = of.direction, opcode, kind, of.fate, id(protocol)
        if short in known:
            return known[short], b""
        new = b""
        if id(protocol) not in self.protocols:
            new = self.protocol(protocol, of.time_ns)
        written = self.protocols[id(protocol)]
        key = ChannelKey(of.connection, of.direction, Opcode(opcode), kind, of.fate, written.number)
        own = written.types[of.direction] if kind is Kind.ENVELOPE else None
        new += self.declared(known, short, key, own[1] if own else 0)
        return known[short], new

    def declared(self, known: dict[object, int], short: object, key: ChannelKey, schema: int) -> bytes:
        """A new channel."""
        known[short] = number = self.used_channels
        self.used_channels += 1
        return record(
            Channel(
                id=number,
                topic=key.topic,
                message_encoding=key.encoding,
                metadata=key.metadata(),
                schema_id=schema,
            )
        )

    def protocol(self, protocol: Protocol, time_ns: int) -> bytes:
        """A protocol that messages are read by from now on, with its schema."""
        data = descriptor_set(protocol)
        types: dict[Direction, tuple[str, int] | None] = {}
        parts = []
        for direction in Direction:
            kind = protocol.type_for(direction)
            types[direction] = None
            if kind is not None:
                self.schemas += 1
                types[direction] = kind.name, self.schemas
                parts.append(record(Schema(id=self.schemas, name=kind.name, encoding=PROTOBUF, data=data)))
        written = Written(protocol, len(self.protocols) + 1, types)
        self.protocols[id(protocol)] = written
        words = {
            "heartbeats": sorted(protocol.heartbeats),
            "secrets": sorted(protocol.secrets.paths),
            "steps": list(dict.fromkeys(step.name for step in (*protocol.steps, *(protocol.client_steps or ())))),
        }
        told = protocol_object(written.number, protocol.name, types, words)
        if protocol.definition is not None:
            told["definition"] = protocol.definition
        parts.append(self.happening(told, time_ns))
        return b"".join(parts)


def record(of: McapRecord) -> bytes:
    """The bytes of one record."""
    builder = RecordBuilder()
    of.write(builder)
    data: bytes = builder.end()  # type: ignore[no-untyped-call]
    return data
