"""One line for one envelope: the fields that matter, within a width."""

from __future__ import annotations

import json
from operator import attrgetter
from weakref import ref

from google.protobuf.descriptor import FieldDescriptor

from paperknife_decoders.columns import TIE, fit
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.masking import mask_json
from paperknife_decoders.open_types import is_any, is_json_like
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable, printable_bytes
from paperknife_decoders.raw_text import has_fields, hidden_in, masked_hex, masked_text
from paperknife_decoders.redaction.unread import masked_carried
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary.compiled import Line, line_function
from paperknife_decoders.summary.plan import is_list, say_content, say_items, slot_of, slots_of
from paperknife_decoders.summary.wording import Context, is_hidden, quoted, say_message
from paperknife_decoders.unknown import unknown_part
from paperknife_decoders.wire.view import wire_summary

__all__ = ["EnvelopeLine", "summarize"]

LONGEST_JSON = 64 * 1024
"""Bytes of a JSON message that are read again for its line; of a longer one only the size is told."""

LONGEST_HEX = 16
"""Bytes that are shown before a secret."""


def summarize(envelope: Envelope, secrets: Secrets, width: int, paint: Paint = PLAIN) -> str:
    """The fields of `envelope` that matter, in at most `width` columns, without the payload's name; never raises.

    Fields that are unset or have their default are left out. Where nothing of the envelope's oneof is set, or there is
    no schema for it, the wire view's line tells what the bytes hold.
    """
    message, kind = envelope.message, envelope.type
    if message is None or kind is None:
        return undecoded_line(envelope, secrets, width, paint)
    if not envelope.payload or kind.originals:  # what carries messages may hold one that nobody could read
        envelope = masked_carried(envelope, secrets)
        message = envelope.message or message
    line = LINES.get(ref(kind))
    if line is None or line.secrets is not secrets or line.paint is not paint:
        line = LINES[ref(kind, LINES.pop)] = EnvelopeLine(kind, secrets, paint)
    payload = envelope.payload
    if payload or kind.oneof is None:
        text = line.payloads[payload](message)
    else:
        text = wire_summary(unknown_part(message, envelope.data), width, paint)
    if line.header is not None:
        text = " ".join(filter(None, (text, line.header(message))))
    if len(text) <= width and text.isascii():
        return text.replace(TIE, " ")
    return fit(text, width, paint.reset)


class EnvelopeLine:
    """What is prepared for the lines of one envelope type: those of its payloads, and what stands beside them."""

    __slots__ = ("header", "paint", "payloads", "secrets")

    def __init__(self, kind: EnvelopeType, secrets: Secrets, paint: Paint) -> None:
        context = Context(secrets, paint)
        self.secrets = secrets
        self.paint = paint
        self.payloads = Payloads(kind, context)
        members = {member.name for member in kind.members}
        beside = list(slots_of(kind.descriptor, context, without=members)) if members else []
        self.header = line_function(beside) if beside else None


class Payloads(dict[str, Line]):
    """By payload: what puts it on a line, given the envelope."""

    def __init__(self, kind: EnvelopeType, context: Context) -> None:
        super().__init__()
        self.descriptor, self.members = kind.descriptor, kind.members  # and not the type, with which all this goes
        self.context = context

    def __missing__(self, payload: str) -> Line:
        member = next((member for member in self.members if member.name == payload), None)
        if member is not None:
            line = payload_line(member, self.context)
        elif self.members:  # several of them, or none: each is told with its name
            payload = SEVERAL
            if payload in self:
                return self[payload]
            line = line_function(slot_of(each, self.context) for each in self.members)
        else:
            line = line_function(slots_of(self.descriptor, self.context))
        self[payload] = line
        return line


SEVERAL = ""
"""In the place of the names of several fields, of which a peer may set any: all these have one line."""

LINES: dict[ref[EnvelopeType], EnvelopeLine] = {}
"""What is prepared, for as long as its type lives. A WeakKeyDictionary is this, but takes three calls to look up."""


def payload_line(field: FieldDescriptor, context: Context) -> Line:
    """Puts a payload on a line without its name, which has a column of its own."""
    inside, payload = field.message_type, field.name
    if inside is not None and field.is_repeated and not is_hidden(field, context):
        say_all, get_all = say_items(inside, context.inside(payload)), attrgetter(payload)
        return lambda envelope: say_all(get_all(envelope))
    if inside is None or is_hidden(field, context) or is_list(inside) or say_message(inside, context.paint):
        slot = slot_of(field, context)
        get = attrgetter(".".join(slot.path))
        return lambda envelope: slot.words(get(envelope))
    if is_any(inside) or is_json_like(inside):
        say, get = say_content(inside, context.inside(payload)), attrgetter(payload)
        return lambda envelope: say(get(envelope))
    return line_function(slots_of(inside, context.inside(payload)), root=(payload,))


def undecoded_line(envelope: Envelope, secrets: Secrets, width: int, paint: Paint) -> str:
    """Bytes without a message: compact JSON, text in quotes, wire fields or hex."""
    data, hidden = envelope.data, hidden_in(envelope, secrets)
    match envelope.form:
        case Form.JSON if len(data) <= LONGEST_JSON:
            return fit(printable(json.dumps(mask_json(json.loads(data), secrets), ensure_ascii=False)), width)
        case Form.JSON:
            return fit(f"JSON, {len(data):,} B", width)
        case Form.TEXT:
            return fit(quoted(masked_text(envelope, secrets, 4 * width), max(width, 1)), width)
        case _ if hidden.spans:
            return fit(masked_hex(data, hidden, LONGEST_HEX), width)
        case _ if not has_fields(envelope, hidden):
            return fit(printable_bytes(data), width)
    return wire_summary(data, width, paint, hidden=hidden.fields)
