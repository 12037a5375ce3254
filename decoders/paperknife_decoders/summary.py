"""One line for one envelope: the fields that matter, within a width."""

from __future__ import annotations

import json

from paperknife_decoders.columns import fit
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.line_plan import is_list, line_of, say_content, slot_of
from paperknife_decoders.masking import mask_json
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable, printable_bytes
from paperknife_decoders.protocol import EnvelopeType
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.unknown import unknown_part
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire_view import wire_summary
from paperknife_decoders.wording import Context, Say, is_hidden, text_word

__all__ = ["EnvelopeLine", "summarize"]

LONGEST_JSON = 64 * 1024
"""Bytes of a JSON message that are read again for its line; of a longer one only the size is told."""


MOST_LINES = 8
"""For how many combinations of secrets and paint a type keeps what was prepared."""


def summarize(envelope: Envelope, secrets: Secrets, width: int, paint: Paint = PLAIN) -> str:
    """The fields of `envelope` that matter, in at most `width` columns, without the payload's name; never raises.

    Fields that are unset or have their default are left out. Where nothing of the envelope's oneof is set, or there is
    no schema for it, the wire view's line tells what the bytes hold.
    """
    message, kind = envelope.message, envelope.type
    if message is None or kind is None:
        return undecoded_line(envelope, secrets, width, paint)
    line = kind.lines.get((id(secrets), id(paint)))
    if line is None:
        line = prepare(kind, secrets, paint)
    text = line.text(envelope, width)
    if len(text) <= width and text.isascii():
        return text
    return fit(text, width, paint.reset)


def prepare(kind: EnvelopeType, secrets: Secrets, paint: Paint) -> EnvelopeLine:
    """What `summarize` needs for envelopes of this type, kept in the type for the next one."""
    if len(kind.lines) >= MOST_LINES:
        kind.lines.clear()
    line = kind.lines[id(secrets), id(paint)] = EnvelopeLine(kind, secrets, paint)
    return line


class EnvelopeLine:
    """The line of one envelope type, prepared: what stands beside the payload, and each payload that has come so far.

    It holds on to its secrets and paint, by whose identity it is found again.
    """

    __slots__ = ("context", "header", "kind", "payloads")

    def __init__(self, kind: EnvelopeType, secrets: Secrets, paint: Paint) -> None:
        self.kind = kind
        self.context = Context(secrets, paint)
        self.header = line_of(kind.descriptor, self.context, without=kind.oneof)
        self.payloads: dict[str, Say] = {}

    def text(self, envelope: Envelope, width: int) -> str:
        """The line of a decoded envelope, however long; `width` only bounds the wire view."""
        payload = envelope.payload
        message: Dynamic = envelope.message
        say = self.payloads.get(payload)
        if say is not None:
            words = say(getattr(message, payload))
        elif self.kind.oneof is None:
            words = ""
        elif payload:
            say = self.payloads[payload] = say_payload(self.kind, payload, self.context)
            words = say(getattr(message, payload))
        else:
            words = wire_summary(unknown_part(message, envelope.data), width, self.context.paint)
        if self.header is None:
            return words
        return " ".join(filter(None, (words, self.header(message))))


def say_payload(kind: EnvelopeType, payload: str, context: Context) -> Say:
    """What a payload holds, without its name: that has a column of its own."""
    field = kind.descriptor.fields_by_name[payload]
    inside = field.message_type
    if inside is None or is_hidden(field, context) or is_list(inside):
        return slot_of(field, context).words
    return say_content(inside, context.inside(payload))


def undecoded_line(envelope: Envelope, secrets: Secrets, width: int, paint: Paint) -> str:
    """Bytes without a message: compact JSON, text in quotes, wire fields or hex."""
    data = envelope.data
    match envelope.form:
        case Form.JSON if len(data) <= LONGEST_JSON:
            return fit(printable(json.dumps(mask_json(json.loads(data), secrets), ensure_ascii=False)), width)
        case Form.JSON:
            return fit(f"JSON, {len(data):,} B", width)
        case Form.TEXT:
            return fit(text_word(data[: 4 * width].decode("utf-8", "backslashreplace"), max(width, 1)), width)
        case Form.BYTES:
            return fit(printable_bytes(data), width)
    return wire_summary(data, width, paint)
