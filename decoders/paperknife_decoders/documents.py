"""An envelope as a document for other programs: a proto3 JSON object, Protobuf's text format."""

from __future__ import annotations

import json
from collections.abc import Collection

from google.protobuf import text_format
from google.protobuf.message import DecodeError as ProtobufDecodeError

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.json_form import finite, message_json
from paperknife_decoders.masking import mask_json, masked_copy
from paperknife_decoders.oddities.parse_fault import fault_text
from paperknife_decoders.printable import printable
from paperknife_decoders.raw_text import has_fields, hidden_in, masked_text
from paperknife_decoders.redaction.unread import masked_carried
from paperknife_decoders.reflection import kind_of
from paperknife_decoders.secrets import MASK, Secrets
from paperknife_decoders.values import Dynamic
from paperknife_decoders.wire.walker import Field, WireType, walk_partly

__all__ = ["json_object", "textproto"]

FIELDS = 1000
"""How many wire fields of an envelope without a schema are listed in its JSON object."""


def json_object(envelope: Envelope, secrets: Secrets) -> dict[str, Dynamic]:
    """`envelope` as ``json.dumps`` takes it; never raises.

    Decoded: the proto3 JSON mapping, see `message_json`. Not decoded: an object whose `form` says what the bytes are,
    `fault` why.
    """
    if envelope.message is None:
        return undecoded_object(envelope, secrets)
    return message_json(masked_carried(envelope, secrets).message or envelope.message, secrets)


def undecoded_object(envelope: Envelope, secrets: Secrets) -> dict[str, Dynamic]:
    """What is known of bytes without a message: `json`, `text` or `hex` holds all of them, unless there are secrets."""
    known: dict[str, Dynamic] = {"form": envelope.form.value}
    if fault := fault_text(envelope):
        known["fault"] = fault
    match envelope.form:
        case Form.JSON:
            known["json"] = mask_json(finite(json.loads(envelope.data)), secrets)
        case Form.TEXT:
            known["text"] = masked_text(envelope, secrets)
        case _:
            hidden = hidden_in(envelope, secrets)
            if has_fields(envelope, hidden):
                known["fields"] = wire_fields(envelope.data, hidden.fields)
            if not hidden.fields:
                known["hex"] = MASK if hidden else envelope.data.hex()
    return known


def wire_fields(data: bytes, hidden: Collection[int]) -> list[dict[str, Dynamic]]:
    """The outermost fields of `data`: number, wire type and value each, content as hex."""
    return [
        {
            "number": field.number,
            "type": WireType(field.wire_type).name.lower(),
            "value": wire_value(data, field, hidden),
        }
        for field in walk_partly(data, limit=FIELDS).fields
    ]


def wire_value(data: bytes, field: Field, hidden: Collection[int]) -> int | str:
    """A number, or content in hex; the mask for content that has a secret in it."""
    if any(field.start <= start < field.end for start in hidden):
        return MASK
    if field.wire_type in (WireType.LENGTH, WireType.GROUP):
        return data[field.content : field.content_end].hex()
    return field.value


def textproto(envelope: Envelope, secrets: Secrets) -> str:
    """`envelope` in the text format (https://protobuf.dev/reference/protobuf/textformat-spec/); never raises.

    Secret texts are masked; secrets of other kinds are left out, and a comment names them. Unknown fields are printed
    by number. An envelope without a message becomes comments.
    """
    if envelope.message is None:
        known = json.dumps(undecoded_object(envelope, secrets), ensure_ascii=False)
        return f"# {printable(known)}"
    masked, cleared = masked_copy(masked_carried(envelope, secrets).message or envelope.message, secrets)
    pool: Dynamic = kind_of(masked).file.pool
    try:
        text = text_format.MessageToString(masked, descriptor_pool=pool, print_unknown_fields=True)
    except (TypeError, AttributeError, ProtobufDecodeError):
        # A field that is called like a method hides it from the library, and an Any need not hold what it says.
        return f"# {printable(json.dumps(json_object(envelope, secrets), ensure_ascii=False))}"
    return "".join(f"# {path}: {MASK}\n" for path in cleared) + text
