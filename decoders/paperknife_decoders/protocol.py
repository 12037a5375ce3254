"""A protocol: how one kind of connection is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.carrying.union import BODY
from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode, are_binary
from paperknife_decoders.oddities.parse_fault import refusal
from paperknife_decoders.overlay import NOTHING as NO_ACCORD
from paperknife_decoders.overlay import Accord
from paperknife_decoders.reflection import list_fields
from paperknife_decoders.rest import LOST, NOTHING, Rest
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.steps import Context, Limits, Memory, Opened, Step, open_parts, up_to_gathering
from paperknife_decoders.steps.express import express_for
from paperknife_decoders.wire.walker import WireType, is_wire_format, walk_partly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["EMPTY_MESSAGE", "Protocol", "Reader"]


EMPTY_MESSAGE = "empty-message"
"""Among the heartbeats of a protocol: a message of no bytes. No payload can be called so."""


FEW = 8
"""Fewer messages are parsed one by one at no greater cost than together."""


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


class Reader:
    """Reads the messages of one connection by its protocol. A schema that was loaded anew arrives by `use`.

    Where a step of the protocol gathers, a message is read with what those before it left (`before`), which
    `paperknife_decoders.trail` knows; for all other protocols this means nothing.
    """

    __slots__ = ("accords", "memory", "path", "protocol", "quick_client", "quick_opcode", "quick_server")

    def __init__(self, protocol: Protocol, path: str = "") -> None:
        self.use(protocol)
        self.path = path
        self.accords = False
        """Somebody asks what holds of all messages, and so will he of the next."""
        self.memory = Memory(protocol.limits.remembered)

    def use(self, protocol: Protocol) -> None:
        """Read all later messages by `protocol`."""
        self.protocol = protocol
        self.quick_opcode = Opcode.TEXT if protocol.in_text else Opcode.BINARY
        self.quick_client, self.quick_server = (quick_way(protocol, side) for side in Direction)

    def read(
        self, direction: Direction, opcode: Opcode, content: bytes, before: Rest = NOTHING
    ) -> tuple[Envelope, ...]:
        """The envelopes of one message; never raises for anything a peer can send."""
        quick = self.quick_client if direction is Direction.CLIENT else self.quick_server
        if quick is not None and opcode is self.quick_opcode:
            found = quick(content)
            if found is not None:
                return found
        if opcode not in (Opcode.TEXT, Opcode.BINARY):
            return ()  # a control frame's payload is nobody's envelope
        way = self.way(direction, opcode, content, before)
        if isinstance(way, Envelope):
            return (way,)
        kind = self.protocol.type_for(direction)
        return tuple(read_part(part, kind) for part in way.parts)

    def way(
        self, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING, *, partly: bool = False
    ) -> Opened | Envelope:
        """The way through the steps and back; or the one envelope, where there are none or one of them refuses.

        With `partly` what there is of a part that goes on in the next message is one too, where it can be opened.
        """
        kind = self.protocol.type_for(direction)
        if not self.has_steps(direction, opcode):
            if opcode == Opcode.TEXT:
                return text_envelope(content, kind)
            return (
                no_json(content, direction) if direction in self.protocol.json_sides else read_envelope(content, kind)
            )
        if self.is_apart(content, before):
            return undecoded(content, kind, "")  # no step is asked what else it is
        try:
            opened = self.open(direction, opcode, content, before, partly=partly)
        except DecodeError as error:
            if partly:  # what is not all there may be nothing that a step can open
                return self.way(direction, opcode, content, before)
            return refused(content, kind, opcode, str(error))
        if opened.mark and not opened.parts:
            # A piece of something larger, which may look like anything.
            return Envelope(content, Form.TEXT if opcode == Opcode.TEXT else Form.BYTES, kind, fault=opened.mark)
        return opened

    def rest(self, direction: Direction, opcode: int, content: bytes, before: Rest) -> Rest:
        """What is unfinished behind one message; where a step refuses it, nobody knows what comes next."""
        if opcode > Opcode.BINARY or not self.has_steps(direction, opcode) or self.is_apart(content, before):
            return before
        steps = self.protocol.steps_for(direction)
        try:
            context = self.context(direction, opcode, before)
            return open_parts(steps[: up_to_gathering(steps)], content, context).rest
        except DecodeError:
            return LOST

    def gathers(self, direction: Direction) -> bool:
        """True if a message of this direction may go on in the next one."""
        steps = self.protocol.steps_for(direction)
        return bool(steps) and up_to_gathering(steps) > 0

    def is_apart(self, content: bytes, before: Rest) -> bool:
        """True for JSON, which comes with either opcode, beside messages that go through steps."""
        return not self.protocol.in_text and not before.is_open and looks_like_json(content)

    def has_steps(self, direction: Direction, opcode: int) -> bool:
        """True if there is something between the content of such a message and its envelopes."""
        return bool(self.protocol.steps_for(direction)) and (opcode == Opcode.TEXT) == self.protocol.in_text

    def open(
        self, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING, *, partly: bool = False
    ) -> Opened:
        """Send a content through its steps, and get the way back. Raises `DecodeError` from the one that refuses."""
        context = self.context(direction, opcode, before, partly=partly)
        return open_parts(self.protocol.steps_for(direction), content, context)

    def context(self, direction: Direction, opcode: int, before: Rest = NOTHING, *, partly: bool = False) -> Context:
        """What steps may know of one message besides its bytes."""
        return Context(
            direction,
            self.memory,
            self.path,
            self.protocol.limits,
            is_text=opcode == Opcode.TEXT,
            before=before,
            partly=partly,
        )

    def heads(self, direction: Direction, opcodes: Sequence[int], contents: Sequence[bytes]) -> list[str] | None:
        """For each message the member that fills the whole of it, the empty string where there is more or else.

        None where not all of them are bare envelopes of a known type.
        """
        kind = self.bare_type(direction, opcodes)
        if kind is None:
            return None
        head = kind.head
        return [head(content) for content in contents]

    def accord(self, direction: Direction, opcodes: Sequence[int], contents: Sequence[bytes]) -> Accord:
        """What holds of each of the messages, where they are bare envelopes of a known type, and not just a few."""
        self.accords = True
        kind = self.bare_type(direction, opcodes) if len(contents) >= FEW else None
        return NO_ACCORD if kind is None else kind.accord(contents)

    def bare_type(self, direction: Direction, opcodes: Sequence[int]) -> EnvelopeType | None:
        """The type that such messages are bare envelopes of; None for others."""
        if self.protocol.steps_for(direction) or not are_binary(opcodes):
            return None
        return self.protocol.type_for(direction)

    def payloads(
        self,
        direction: Direction,
        opcodes: Sequence[int],
        contents: Sequence[bytes],
        heads: list[str] | None = None,
        before: Sequence[Rest] = (),
    ) -> list[str]:
        """For each message the payload of its first envelope, the empty string where there is none; never raises.

        `heads` are those of these messages, where somebody has them already; `before` is what came before each, or
        nothing.
        """
        if heads is None:
            heads = self.heads(direction, opcodes, contents)
        if heads is not None:
            kind = self.protocol.type_for(direction)
            if kind is None or "" not in heads:
                return heads
            try:
                return [
                    head or kind.payload_of(kind.parse(content)) for head, content in zip(heads, contents, strict=True)
                ]
            except ProtobufDecodeError:
                pass  # one of them does not parse; find out which
        return [
            self.first_payload(direction, opcode, content, rest)
            for opcode, content, rest in zip(opcodes, contents, before or (NOTHING,) * len(contents), strict=True)
        ]

    def first_payload(self, direction: Direction, opcode: int, content: bytes, before: Rest = NOTHING) -> str:
        """The payload of the first envelope in one message."""
        if opcode not in (Opcode.TEXT, Opcode.BINARY):
            return ""
        envelopes = self.read(direction, Opcode(opcode), content, before)
        return envelopes[0].payload if envelopes else ""


def quick_way(protocol: Protocol, direction: Direction) -> Callable[[bytes], tuple[Envelope, ...] | None] | None:
    """Reads contents that go through steps: the envelopes where nothing is odd about one, None for any other.

    None where the steps have no express way, or nobody knows of what type the envelopes are.
    """
    kind = protocol.type_for(direction)
    express = express_for(protocol.steps_for(direction), protocol.limits)
    if kind is None or express is None:
        return None
    parse, payload_of, may_be_json = kind.parse, kind.payload_of, not protocol.in_text

    def quick(content: bytes) -> tuple[Envelope, ...] | None:
        if may_be_json and looks_like_json(content):
            return None
        parts = express(content)
        if parts is None:
            return None
        try:
            if len(parts) == 1:  # as in most
                (part,) = parts
                message = parse(part)
                return (Envelope(part, Form.DECODED, kind, message, payload_of(message)),)
            messages = [parse(part) for part in parts]
        except ProtobufDecodeError:
            return None
        both = zip(parts, messages, strict=True)
        return tuple([Envelope(part, Form.DECODED, kind, message, payload_of(message)) for part, message in both])

    return quick


def read_envelope(data: bytes, kind: EnvelopeType | None) -> Envelope:
    """One bare envelope of the type `kind`, or what else these bytes are."""
    if kind is None:
        return undecoded(data, None, "")
    try:
        message = kind.parse(data)
    except ProtobufDecodeError:
        return undecoded(data, kind, refusal(kind.name))
    return Envelope(data, Form.DECODED, kind, message, kind.payload_of(message))


def read_part(part: bytes, kind: EnvelopeType | None) -> Envelope:
    """One part behind the steps. Of a type that no schema has, what does not parse is told of what lies in it."""
    envelope = read_envelope(part, kind)
    if envelope.message is not None or kind is None or not kind.told_by:
        return envelope
    for each in walk_partly(part).fields:
        member = kind.descriptor.fields_by_number.get(each.number)
        if member is not None and each.wire_type is WireType.LENGTH and each.number >= BODY:
            inner = refusal(kind.name if member.message_type is None else member.message_type.name)
            return undecoded(part[each.content : each.content_end], kind, inner)
    return envelope


def no_json(content: bytes, direction: Direction) -> Envelope:
    """A binary message of a side that is said to send JSON, which may be that all the same."""
    envelope = undecoded(content, None, "")
    if envelope.form is Form.JSON or not content:
        return envelope
    return envelope._replace(fault=f"the {direction.value}'s messages are said to be JSON")


def undecoded(data: bytes, kind: EnvelopeType | None, fault: str) -> Envelope:
    """Bytes that no schema type explains, with what they look like instead."""
    if looks_like_json(data):
        return Envelope(data, Form.JSON, kind, fault=fault)
    form = Form.WIRE if is_wire_format(data) else Form.BYTES
    return Envelope(data, form, kind, fault=fault)


def refused(content: bytes, kind: EnvelopeType | None, opcode: int, fault: str) -> Envelope:
    """A message that a step refuses. A text is a text, whatever its bytes look like."""
    return text_envelope(content, kind, fault) if opcode == Opcode.TEXT else undecoded(content, kind, fault)


def text_envelope(content: bytes, kind: EnvelopeType | None, fault: str = "") -> Envelope:
    """A text message: JSON or plain text, never parsed as Protobuf."""
    form = Form.JSON if looks_like_json(content) else Form.TEXT
    if kind is not None and not fault:
        fault = f"a text message, where {kind.told_by or kind.name} in a binary one was expected"
    return Envelope(content, form, kind, fault=fault)


def looks_like_json(data: bytes) -> bool:
    """True for a JSON object or array; bare numbers and strings are too easily something else."""
    if data[:1] not in b"{[ \t\r\n" or not data.strip():
        return False
    try:
        return isinstance(json.loads(data), dict | list)
    except (ValueError, RecursionError):
        return False
