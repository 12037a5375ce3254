"""What was salvaged, as a plain recording that can be packed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b

from mcap.opcode import Opcode as Op
from mcap.records import Channel, Header, Metadata, Schema

from paperknife.recording.channels import HAPPENINGS, ChannelKey, Kind
from paperknife.recording.encoder import PROFILE, record
from paperknife.recording.happenings import protocol_object
from paperknife.recording.journal import Journal
from paperknife.recording.records import parsed
from paperknife.recording.salvage import Salvage
from paperknife.recording.shapes import HEAD, MAGIC, MESSAGE
from paperknife.recording.summary import SUMMARY
from paperknife_decoders.message import Direction, Opcode

__all__ = ["Definitions", "Spool"]

BUFFERED = 1 << 20
"""Bytes that are gathered before they are written."""


class Definitions:
    """The schemas and channels of a file, each once."""

    def __init__(self) -> None:
        self.schemas: dict[int, Schema] = {}
        self.channels: dict[int, Channel] = {}
        self.keys: dict[int, ChannelKey] = {}

    def add(self, opcode: int, body: bytes) -> bool:
        """Take a Schema or Channel record; True if it is new."""
        match parsed(opcode, body):
            case Schema() as schema if schema.id not in self.schemas:
                self.schemas[schema.id] = schema
                return True
            case Channel() as channel if channel.id not in self.channels:
                self.channels[channel.id] = channel
                with suppress(KeyError, ValueError):
                    self.keys[channel.id] = ChannelKey.from_metadata(channel.metadata)
                return True
        return False

    @property
    def happenings(self) -> set[int]:
        """The channels that tell what happened."""
        return {number for number, channel in self.channels.items() if channel.topic == HAPPENINGS}

    def types(self, protocol: int) -> dict[Direction, tuple[str, int] | None]:
        """The envelope types of a protocol, as far as channels of it tell."""
        found: dict[Direction, tuple[str, int] | None] = dict.fromkeys(Direction)
        for number, key in self.keys.items():
            schema = self.schemas.get(self.channels[number].schema_id)
            if key.protocol == protocol and key.kind is Kind.ENVELOPE and schema is not None:
                found[key.direction] = schema.name, schema.id
        return found


class Spool:
    """Writes what is whole in a file: first what was defined at its end, then all that was recorded, in its order.

    `digest` is of all message records, which are `records`; `messages` those of them that passed on a connection,
    without control frames. `missing` are messages that are not there by the numbers of those around them, `orphans`
    those whose channel is not.
    """

    def __init__(self, salvage: Salvage, known: Definitions) -> None:
        self.salvage = salvage
        self.known = known
        self.digest = blake2b()
        self.records = self.messages = self.missing = self.orphans = 0
        self.protocols: set[int] = set()
        self.head = 0
        self._last = self._losses = 0

    def write(self, journal: Journal) -> None:
        """Write all of it."""
        parts, size = [], 0
        for data in self._parts():
            parts.append(data)
            size += len(data)
            if size > BUFFERED:
                journal.append(b"".join(parts))
                parts, size = [], 0
        journal.append(b"".join(parts))

    def lost_protocols(self) -> list[bytes]:
        """What tells of the protocols that channels name and nothing tells of any more: message records."""
        first = min(self.known.happenings, default=None)
        if first is None:
            return []
        told = []
        for number in sorted({key.protocol for key in self.known.keys.values()} - self.protocols):
            types = self.known.types(number)
            if any(types.values()):
                content = json.dumps(protocol_object(number, "", types, {})).encode()
                told.append(MESSAGE.pack(first, 0, 0, 0) + content)
        return told

    def definitions(self) -> bytes:
        """All schemas and channels."""
        return b"".join(map(record, [*self.known.schemas.values(), *self.known.channels.values()]))

    def _parts(self) -> Iterator[bytes]:
        """The records of the plain file."""
        found = iter(self.salvage)
        described = [record(Header(PROFILE, PROFILE))]
        waiting: tuple[int, bytes] | None = None
        for opcode, body in found:
            match parsed(opcode, body) if opcode in (Op.HEADER, Op.METADATA) else None:
                case Header() as header:
                    described[0] = record(header)
                case Metadata(name=name) as metadata if name != SUMMARY:
                    described.append(record(metadata))
                case Metadata():
                    pass
                case _:
                    waiting = opcode, body
                    break
        head = MAGIC + b"".join(described)
        self.head = len(head)
        yield head + self.definitions()
        if waiting is not None:
            yield self._part(*waiting)
        for opcode, body in found:
            yield self._part(opcode, body)

    def _part(self, opcode: int, body: bytes) -> bytes:
        """One record as it is to be written."""
        if opcode == Op.MESSAGE:
            return self._message(body)
        if opcode in (Op.SCHEMA, Op.CHANNEL) and self.known.add(opcode, body):
            return HEAD.pack(opcode, len(body)) + body
        return b""

    def _message(self, body: bytes) -> bytes:
        channel, sequence, _, _ = MESSAGE.unpack_from(body)
        if len(self.salvage.losses) > self._losses:  # without a loss, numbers that jump are how the file was made
            self._losses = len(self.salvage.losses)
            self.missing += max(sequence - self._last - 1, 0)
        self._last = sequence
        key = self.known.keys.get(channel)
        if key is None and channel not in self.known.channels:
            self.orphans += 1
            return b""
        if key is None and b'"protocol"' in body and channel in self.known.happenings:
            self._note_protocol(body[MESSAGE.size :])
        if key is not None and key.kind in (Kind.ENVELOPE, Kind.MESSAGE) and key.opcode < Opcode.CLOSE:
            self.messages += 1
        self.records += 1
        self.digest.update(body)
        return HEAD.pack(Op.MESSAGE, len(body)) + body

    def _note_protocol(self, content: bytes) -> None:
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            happening = json.loads(content)
            if happening["event"] == "protocol":
                self.protocols.add(int(happening["protocol"]))
