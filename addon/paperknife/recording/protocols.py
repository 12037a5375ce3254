"""The protocols that a recording's messages were read by, out of the schemas in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mcap.records import Schema as SchemaRecord

from paperknife.settings.catalogue import step_with_codecs
from paperknife.settings.reading import HEARTBEATS, Loaded
from paperknife_decoders.definition import DefinitionError, Fault, as_recorded, protocol_from, read_definition
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import Schema, SchemaError
from paperknife_decoders.schema.embedded import schema_from_bytes
from paperknife_decoders.secrets import Secrets

__all__ = ["Protocols"]

MOST_SCHEMAS = 1000
"""So many schemas of one file are kept; a recorder adds one when a schema is loaded anew."""

MOST_SCHEMA_BYTES = 64 << 20
"""Bytes of all of them, each counted once: both directions of a protocol have the same one."""

MOST_DEFINITIONS = 100
"""So many protocols with a definition: each makes types of its own. A recorder adds those again of a schema that is
loaded anew."""

LARGEST_REMEMBERED = 1 << 20
"""Bytes of a schema that is kept for when the file is read again."""

NO_PROTOCOL = Loaded(Protocol())
"""For messages that were recorded without a schema."""


@dataclass(slots=True)
class Protocols:
    """Protocols by their number in a recording; `override` takes the place of all.

    `secrets` masks what is shown of fields that hold secrets. `faults` are sentences about what cannot be used.
    """

    name: str
    secrets: Secrets = field(default_factory=Secrets)
    override: Loaded | None = None
    faults: list[str] = field(default_factory=list)
    loaded: dict[int, Loaded] = field(default_factory=dict)
    _records: dict[int, SchemaRecord] = field(default_factory=dict)
    _data: dict[bytes, bytes] = field(default_factory=dict)
    _schemas: dict[bytes, Schema] = field(default_factory=dict)
    _size: int = 0
    _definitions: int = 0

    def schema(self, record: SchemaRecord) -> None:
        """Keep a schema of the file, unread."""
        if record.encoding != "protobuf" or record.id in self._records or len(self._records) >= MOST_SCHEMAS:
            return
        if record.data not in self._data:
            self._size += len(record.data)
            if self._size > MOST_SCHEMA_BYTES:
                return
            self._data[record.data] = record.data
        record.data = self._data[record.data]
        self._records[record.id] = record

    def define(self, happening: Mapping[str, Any]) -> None:
        """Make the protocol that is told of. Raises `ValueError`, `TypeError` or `KeyError` where it is none."""
        number = int(happening["protocol"])
        if self.override is not None or number in self.loaded or len(self.loaded) >= MOST_SCHEMAS:
            return
        if happening.get("definition") is not None or happening.get("steps"):
            self.loaded[number] = self._defined(happening)
            return
        client, from_client = self._type(happening.get("client"))
        server, from_server = self._type(happening.get("server"))
        schema = from_client or from_server
        protocol = Protocol(
            name=str(happening.get("name") or "protobuf"),
            client=client,
            server=server,
            heartbeats=frozenset(map(str, happening.get("heartbeats", HEARTBEATS))),
            secrets=self._secrets(happening),
            files=tuple(file.descriptor for file in schema.files) if schema else (),
        )
        self.loaded[number] = Loaded(protocol, schema)

    def _defined(self, happening: Mapping[str, Any]) -> Loaded:
        """A protocol with a definition; one that only says that all is bytes where the definition is of no use here."""
        name = str(happening.get("name") or "protobuf")
        try:
            self._definitions += 1
            if self._definitions > MOST_DEFINITIONS:
                raise DefinitionError([Fault((), f"only {MOST_DEFINITIONS} definitions of one file are read")])
            if happening.get("definition") is None:
                raise DefinitionError(
                    [Fault((), f"it has steps ({words(happening['steps'])}) that no recording can keep")]
                )
            definition = as_recorded(read_definition(happening["definition"], (), step_with_codecs))
            schema = next((found for side in Direction if (found := self._schema(happening.get(side.value)))), None)
            beats = frozenset(map(str, happening.get("heartbeats", HEARTBEATS)))
            secrets = self._secrets(happening)
            protocol = protocol_from(definition, schema, secrets=secrets, heartbeats=beats)
        except (DefinitionError, TypeError, RecursionError) as error:  # the last two from a schema that is none
            fault = error.faults[0] if isinstance(error, DefinitionError) else "its schema is of no use"
            self.faults.append(
                printable(
                    f"{self.name} was recorded by the protocol {name}, which cannot be made anew: {fault}. "
                    f"Its messages are shown as they came; --protocol NAME reads them by one of yours."
                )
            )
            return Loaded(Protocol(name=name, secrets=self._secrets(happening)))
        return Loaded(protocol, schema)

    def get(self, number: int) -> Loaded:
        """The protocol with this number; one without types where it was never told of."""
        if self.override is not None:
            return self.override
        return self.loaded.get(number, NO_PROTOCOL)

    def _secrets(self, happening: Mapping[str, Any]) -> Secrets:
        if not self.secrets.names:
            return self.secrets
        return Secrets(self.secrets.paths | frozenset(map(str, happening.get("secrets", ()))), self.secrets.names)

    def _type(self, found: Sequence[object] | None) -> tuple[EnvelopeType | None, Schema | None]:
        """The envelope type of one direction, and the schema that it is in."""
        if not found:
            return None, None
        schema = self._schema(found)
        if schema is None:
            return None, None
        try:
            return EnvelopeType(schema.message(str(found[0]))), schema
        except SchemaError as error:
            self._tell(error)
            return None, None

    def _schema(self, found: Sequence[object] | None) -> Schema | None:
        """The schema that the type of one direction is in."""
        if not found:
            return None
        name, number = str(found[0]), int(str(found[1]))
        record = self._records.get(number)
        try:
            if record is None:
                raise SchemaError(f"{self.name} has no schema {number} for {name}")
            schema = self._schemas.get(record.data)
            if schema is None:
                schema = schema_of(record.data, f"The schema {number} of {self.name}")
                self._schemas[record.data] = schema
            return schema
        except SchemaError as error:
            self._tell(error)
            return None

    def _tell(self, error: SchemaError) -> None:
        """Keep why a type is not there."""
        self.faults.append(printable(f"{error} The messages of that type are shown as bare fields."))


def schema_of(data: bytes, place: str) -> Schema:
    """A schema; one that was read lately is read no second time.

    A replay reads its recording anew for each connection, and protobuf never gives a pool back whose types were used.
    """
    return remembered(data, place) if len(data) <= LARGEST_REMEMBERED else schema_from_bytes(data, place)


remembered = lru_cache(maxsize=16)(schema_from_bytes)


def words(names: object) -> str:
    """The first few of the words that a list in a recording holds."""
    return ", ".join(str(each)[:40] for each in names[:5]) if isinstance(names, list) else "of no known kind"
