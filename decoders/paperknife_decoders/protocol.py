"""A protocol: how one kind of connection is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from google.protobuf.descriptor import FileDescriptor

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.reader import Reader
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.steps import Limits, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EMPTY_MESSAGE", "Protocol"]


EMPTY_MESSAGE = "empty-message"
"""Among the heartbeats of a protocol: a message of no bytes. No payload can be called so."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one kind of connection is read. Without `client` and `server` types every message gets the wire view.

    `heartbeats` are payload names. `steps` come between the content of a server's message and its envelopes, outermost
    first, and in a client's `client_steps`, where these differ. With `in_text` they are for text messages; else a text
    message is none of Protobuf. `json_sides` are said to send JSON. `limits` bound what the steps do for one message.
    `pairs` are declared requests with their responses, and `volatile` are patterns of fields that do not count when
    messages are compared. `files` are all of the schema that the types come from, and `definition` is what all else was
    made of, as plain data, so that both can be kept beside what was read with them.
    """

    name: str = "protobuf"
    client: EnvelopeType | None = None
    server: EnvelopeType | None = None
    steps: tuple[Step, ...] = field(default=(), hash=False)  # they hold tables
    client_steps: tuple[Step, ...] | None = field(default=None, hash=False)
    in_text: bool = False
    json_sides: frozenset[Direction] = frozenset()
    limits: Limits = field(default_factory=Limits)
    heartbeats: frozenset[str] = frozenset()
    secrets: Secrets = field(default_factory=Secrets)
    files: tuple[FileDescriptor, ...] = field(default=(), repr=False)
    pairs: tuple[DeclaredPair, ...] = ()
    volatile: frozenset[str] = frozenset()
    definition: Mapping[str, object] | None = field(default=None, repr=False, compare=False)

    def is_heartbeat(self, envelope: Envelope) -> bool:
        """True for what only keeps a connection alive: a payload, or a message of no bytes where that is said.

        Where a type has no `oneof`, it is one whose fields are all called so.
        """
        if envelope.payload in self.heartbeats or (not envelope.data and EMPTY_MESSAGE in self.heartbeats):
            return True
        if envelope.message is None or envelope.type is None or envelope.type.oneof is not None:
            return False
        names = {field.name for field, _ in list_fields(envelope.message)}
        return bool(names) and names <= self.heartbeats

    def type_for(self, direction: Direction) -> EnvelopeType | None:
        """The direction alone fixes the type; the other direction's is never tried."""
        return self.client if direction is Direction.CLIENT else self.server

    def prepare(self) -> None:
        """Make now what traffic would have to wait for later."""
        for kind in (self.client, self.server):
            if kind is not None:
                kind.prepare()

    def steps_for(self, direction: Direction) -> tuple[Step, ...]:
        """The steps of one direction."""
        if direction is Direction.CLIENT and self.client_steps is not None:
            return self.client_steps
        return self.steps

    def reader(self, path: str = "") -> Reader:
        """A reader for one new connection; `path` is that of its URL, for protocols in which that says something."""
        return Reader(self, path)
