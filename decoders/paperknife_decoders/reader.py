"""Reading the messages of one connection, each by itself or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode, are_binary
from paperknife_decoders.moulds import Moulds
from paperknife_decoders.overlay import NOTHING as NO_ACCORD
from paperknife_decoders.overlay import Accord
from paperknife_decoders.parsing import (
    looks_like_json,
    no_json,
    read_envelope,
    read_part,
    refused,
    text_envelope,
    undecoded,
)
from paperknife_decoders.rest import LOST, NOTHING, Rest
from paperknife_decoders.steps import Context, Memory, Opened, open_parts, up_to_gathering
from paperknife_decoders.steps.express import express_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from paperknife_decoders.protocol import Protocol

__all__ = ["FEW", "Reader"]


FEW = 8
"""Fewer messages are parsed one by one at no greater cost than together."""


class Reader:
    """Reads the messages of one connection by its protocol. A schema that was loaded anew arrives by `use`.

    Where a step of the protocol gathers, a message is read with what those before it left (`before`), which
    `paperknife_decoders.trail` knows; for all other protocols this means nothing.
    """

    __slots__ = ("accords", "memory", "moulds", "path", "protocol", "quick_client", "quick_opcode", "quick_server")

    def __init__(self, protocol: Protocol, path: str = "") -> None:
        self.use(protocol)
        self.path = path
        self.accords = False
        """Somebody asks what holds of all messages, and so will he of the next."""
        self.memory = Memory(protocol.limits.remembered)
        self.moulds = Moulds()

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
    """Reads contents of the usual opcode: the envelopes where nothing is odd about one, None for any other.

    None where the steps have no express way, or nobody knows of what type the envelopes are.
    """
    kind = protocol.type_for(direction)
    if kind is None:
        return None
    if protocol.steps_for(direction):
        return quick_way_through(protocol, direction, kind)
    if protocol.in_text or direction in protocol.json_sides:
        return None
    parse, payload_of = kind.parse, kind.payload_of

    def quick(content: bytes) -> tuple[Envelope, ...] | None:
        try:
            message = parse(content)
        except ProtobufDecodeError:
            return None
        return (Envelope(content, Form.DECODED, kind, message, payload_of(message)),)

    return quick


def quick_way_through(
    protocol: Protocol, direction: Direction, kind: EnvelopeType
) -> Callable[[bytes], tuple[Envelope, ...] | None] | None:
    """The same where there are steps."""
    express = express_for(protocol.steps_for(direction), protocol.limits)
    if express is None:
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
