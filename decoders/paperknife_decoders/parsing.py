"""Bytes that are one envelope, or what else they are."""

from __future__ import annotations

import json

from google.protobuf.message import DecodeError

from paperknife_decoders.carrying.union import BODY
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.oddities.parse_fault import refusal
from paperknife_decoders.wire.walker import WireType, is_wire_format, walk_partly

__all__ = ["looks_like_json", "no_json", "read_envelope", "read_part", "refused", "text_envelope", "undecoded"]


def read_envelope(data: bytes, kind: EnvelopeType | None) -> Envelope:
    """One bare envelope of the type `kind`, or what else these bytes are."""
    if kind is None:
        return undecoded(data, None, "")
    try:
        message = kind.parse(data)
    except DecodeError:
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
