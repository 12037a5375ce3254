"""How to read connections: from schema options to a protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from paperknife.settings.catalogue import Catalogue, Entry, catalogue_of, entry_named
from paperknife.settings.decoder import load_decoder
from paperknife.settings.file_watch import FileWatch
from paperknife.settings.matching import Address, fits, matches_pattern
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.definition import DefinitionError, Fault, Match, protocol_from
from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.reader import Reader
from paperknife_decoders.redaction import Mode
from paperknife_decoders.schema import Schema, SchemaError, load_schema
from paperknife_decoders.schema.descriptor_files import Unpack
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.side_names import look_swapped

__all__ = ["HEARTBEATS", "Loaded", "Reading", "load"]

HEARTBEATS = frozenset({"heartbeat", "heart_beat", "keepalive", "keep_alive", "ping", "pong"})
"""Names of payloads that only say that a peer is still there; they are shown dimmed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The options that say which connections are read, and how.

    `schema` are paths, `client` and `server` type names (empty: found out), `match` patterns of ``host[:port][/path]``
    (empty: every connection), `redact` what is masked: secret fields, also all that cannot be read, or nothing.
    `protocol` is the name of a protocol for all connections, `config` the file with the user's own; without a name all
    that are in it are used, each for the connections that it matches.
    """

    schema: tuple[str, ...] = ()
    client: str = ""
    server: str = ""
    match: tuple[str, ...] = ()
    redact: Mode = "fields"
    protocol: str = ""
    config: str = ""

    @property
    def secrets(self) -> Secrets:
        """What to mask."""
        return NO_SECRETS if self.redact == "off" else Secrets()

    def matches(self, host: str, port: int, path: str) -> bool:
        """True if this address is to be read; ``*`` and ``?`` are wildcards, the case of a host is ignored."""
        return not self.match or any(matches_pattern(pattern, host, port, path) for pattern in self.match)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A protocol that is ready to read, and the schema that it came from (None: there is none).

    With `by_match` it is for the connections that none of these fits; a connection has the first one that does.
    `config` watches the file that all of it stands in.
    """

    protocol: Protocol
    schema: Schema | None = None
    by_match: tuple[tuple[Match, Loaded], ...] = ()
    config: FileWatch | None = None
    is_first: bool = False
    """It is only the first one of a recording, in which others may come."""

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """All of them: those for the connections that they fit, then the one for the rest."""
        return (*(loaded.protocol for _, loaded in self.by_match), self.protocol)

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """Those of all protocols, each once."""
        loaded = (*(each for _, each in self.by_match), self)
        return tuple({id(each.schema): each.schema for each in loaded if each.schema is not None}.values())

    @property
    def secrets(self) -> Secrets:
        """What any of the protocols hides."""
        own = self.protocol.secrets
        if not self.by_match or not own.names:
            return own
        others = [loaded.secrets for _, loaded in self.by_match]
        return Secrets(
            own.paths.union(*(each.paths for each in others)), own.names.union(*(each.names for each in others))
        )

    def for_connection(self, address: Address) -> Protocol:
        """How a connection is read."""
        return next((loaded.protocol for match, loaded in self.by_match if fits(match, address)), self.protocol)

    def reader(self, address: Address) -> Reader:
        """A reader for one new connection."""
        return self.for_connection(address).reader(address.path)

    def prepare(self) -> None:
        """Make now what traffic would have to wait for later."""
        for protocol in self.protocols:
            protocol.prepare()

    def changed(self) -> bool:
        """True, once for each change, if a file changed on disk that this was loaded from."""
        changed = [schema.changed() for schema in self.schemas]
        return (self.config is not None and self.config.changed()) or any(changed)

    def describe(self) -> str:
        """What was loaded, a sentence for each protocol, or that there is no schema."""
        if self.by_match:
            own = [loaded.describe() for _, loaded in self.by_match]
            rest = replace(self, by_match=()).describe()
            return " ".join([*own, f"Others: {rest[0].lower()}{rest[1:]}"] if self.schema is not None else own)
        protocol, schema = self.protocol, self.schema
        name = "" if protocol.name == PLAIN else f"Protocol {protocol.name}: "
        if schema is None:
            sentence = (
                "No schema was given (--schema PATH; for mitmproxy --set paperknife_schema=PATH): "
                "messages are shown as bare wire fields."
            )
            return f"{name}{sentence[0].lower() if name else sentence[0]}{sentence[1:]}"
        kinds = (protocol.client, protocol.server)
        client, server = (kind.told_by or kind.name if kind is not None else "JSON" for kind in kinds)
        types = f"client sends {client}, server sends {server}."
        if client == server and all(kind is not None and kind.told_by for kind in kinds):
            types = f"client and server send {client}."
        if look_swapped(client, server):
            types += " By their names it should be the other way round."
        return f"{name}{'schema' if name else 'Schema'}: {schema.describe()}; {types}"


PLAIN = Protocol().name
"""What a protocol is called that was not given a name."""


def load(reading: Reading, unpack: Unpack | None = None) -> Loaded:
    """Load what `reading` names. Raises `SchemaError` where nothing can be read with it.

    `unpack` takes the schemas out of a recording, where one is named as schema.
    """
    config = Path(reading.config) if reading.config else None
    watch = FileWatch(str(config)) if config is not None else None
    own = catalogue_of(config) if config is not None else None
    if reading.protocol:
        entry = entry_named(reading.protocol, own.entries if own is not None else ())
        return replace(load_entry(entry, reading, unpack), config=watch)
    if own is None or not (own.entries or own.faults):
        return load_plain(reading, unpack)
    if len(own.entries) > 1 and (reading.schema or reading.client or reading.server):
        names = ", ".join(entry.name for entry in own.entries)
        raise ConfigError(f"Which protocol of {config} is it for? Say it with --protocol NAME; there are: {names}.")
    return replace(load_matching(own, reading, unpack), config=watch)


def load_plain(reading: Reading, unpack: Unpack | None = None) -> Loaded:
    """One bare envelope in each message, of the types that a schema has for it; without a schema none."""
    if not reading.schema:
        return Loaded(Protocol(secrets=reading.secrets))
    schema = load_schema(reading.schema, unpack=unpack)
    client, server = direction_types(schema, reading.client or None, reading.server or None)
    files = tuple(file.descriptor for file in schema.files)
    protocol = Protocol(client=client, server=server, heartbeats=HEARTBEATS, secrets=reading.secrets, files=files)
    return Loaded(protocol, schema)


def load_matching(own: Catalogue, reading: Reading, unpack: Unpack | None = None) -> Loaded:
    """All protocols of a file, each for the connections that it fits. All that is wrong is raised together."""
    loaded, faults = [], list(own.faults)
    schemas: list[SchemaError] = []
    for entry in own.entries:
        try:
            loaded.append((entry.definition.match, load_entry(entry, reading, unpack)))
        except ConfigError as error:
            faults += error.found
            schemas += error.schemas
        except SchemaError as error:
            schemas.append(error)
    if faults or schemas:
        raise own.file.error(faults, schemas)
    return replace(load_rest(reading, unpack), by_match=tuple(loaded))


def load_rest(reading: Reading, unpack: Unpack | None = None) -> Loaded:
    """What is read by none of the user's protocols: plainly by the schema of the command line, where that can be."""
    try:
        return load_plain(reading, unpack)
    except SchemaError:
        return Loaded(Protocol(secrets=reading.secrets))


def load_entry(entry: Entry, reading: Reading, unpack: Unpack | None = None) -> Loaded:
    """One protocol for all connections, with the schema and types that `reading` names in the place of its own.

    Without a schema only its framing is read. Raises `ConfigError` with all that is wrong in the definition.
    """
    entry = entry.with_types(reading.client, reading.server)
    definition, schema = entry.definition, None
    faults: list[Fault] = []
    schemas: list[SchemaError] = []
    paths = reading.schema or tuple(str(entry.file.path.parent / str(node.value)) for node in definition.schema)
    if paths:
        try:
            schema = load_schema(paths, unpack=unpack)
        except SchemaError as error:
            if reading.schema or error.faults:
                schemas.append(error)
            else:
                faults.append(Fault((*definition.path, "schema"), error.sentence))
    try:
        decoder = load_decoder(definition.decoder, entry.file.path.parent) if definition.decoder else None
    except ValueError as error:
        faults.append(Fault((*definition.path, "decoder"), str(error)))
        decoder = None
    try:
        protocol = protocol_from(definition, schema, secrets=reading.secrets, heartbeats=HEARTBEATS, decoder=decoder)
    except DefinitionError as error:
        raise entry.error([*faults, *error.faults], schemas) from None
    if faults or schemas:
        raise entry.error(faults, schemas)
    return Loaded(protocol, schema)
