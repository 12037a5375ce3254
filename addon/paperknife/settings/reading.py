"""How to read connections: from schema options to a protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from paperknife_decoders.envelope_types import envelope_types
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import Mode
from paperknife_decoders.schema import Schema, load_schema
from paperknife_decoders.secrets import NO_SECRETS, Secrets

__all__ = ["HEARTBEATS", "Loaded", "Reading", "load"]

HEARTBEATS = frozenset({"heartbeat", "heart_beat", "keepalive", "keep_alive", "ping", "pong"})
"""Names of payloads that only say that a peer is still there; they are shown dimmed."""


PORT = re.compile(r"^(\[.*\]|[^:]*):[0-9]+$", re.DOTALL)
"""A host and a port; what holds more colons is an IPv6 address without one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The options that say which connections are read, and how.

    `schema` are paths, `client` and `server` type names (empty: found out), `match` patterns of ``host[:port][/path]``
    (empty: every connection), `redact` what is masked: secret fields, also all that cannot be read, or nothing.
    """

    schema: tuple[str, ...] = ()
    client: str = ""
    server: str = ""
    match: tuple[str, ...] = ()
    redact: Mode = "fields"

    @property
    def secrets(self) -> Secrets:
        """What to mask."""
        return NO_SECRETS if self.redact == "off" else Secrets()

    def matches(self, host: str, port: int, path: str) -> bool:
        """True if this address is to be read; ``*`` and ``?`` are wildcards, the case of a host is ignored."""
        return not self.match or any(matches_pattern(pattern, host, port, path) for pattern in self.match)


def matches_pattern(pattern: str, host: str, port: int, path: str) -> bool:
    """Compare one ``host[:port][/path]`` pattern; what a pattern leaves out is not compared, nor is a query."""
    address, slash, wanted = pattern.partition("/")
    name, _, number = address.rpartition(":") if PORT.search(address) else (address, "", "")
    if name.startswith("[") and ":" in name:  # an IPv6 address (RFC 3986, section 3.2.2)
        name = name.strip("[]")
    return (
        fnmatchcase(host.lower(), (name or "*").lower())
        and (not number or int(number) == port)
        and (not slash or fnmatchcase(path.partition("?")[0], f"/{wanted}"))
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A protocol that is ready to read, and the schema that it came from (None: there is none)."""

    protocol: Protocol
    schema: Schema | None = None

    def describe(self) -> str:
        """One sentence: what was loaded, or that there is no schema."""
        if self.schema is None or self.protocol.client is None or self.protocol.server is None:
            return (
                "No schema was given (--schema PATH; for mitmproxy --set paperknife_schema=PATH): "
                "messages are shown as bare wire fields."
            )
        return (
            f"Schema: {self.schema.describe()}; client sends {self.protocol.client.name}, "
            f"server sends {self.protocol.server.name}."
        )


def load(reading: Reading) -> Loaded:
    """Load what `reading` names. Raises `SchemaError` where nothing can be read with it."""
    if not reading.schema:
        return Loaded(Protocol(secrets=reading.secrets))
    schema = load_schema(reading.schema)
    client, server = envelope_types(schema, reading.client or None, reading.server or None)
    files = tuple(file.descriptor for file in schema.files)
    protocol = Protocol(client=client, server=server, heartbeats=HEARTBEATS, secrets=reading.secrets, files=files)
    return Loaded(protocol, schema)
