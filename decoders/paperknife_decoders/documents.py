"""An envelope as a proto3 JSON object and in Protobuf's text format."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format, text_format

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire_view import wire_text

__all__ = ["json_object", "textproto"]


def json_object(envelope: Envelope, secrets: Secrets) -> dict[str, Any]:
    """`envelope` in the proto3 JSON mapping, with the field names of the schema."""
    if envelope.form is not Form.DECODED or envelope.message is None:
        return {"form": envelope.form.value, "fault": envelope.fault, "hex": envelope.data.hex()}
    return json_format.MessageToDict(envelope.message, preserving_proto_field_name=True)


def textproto(envelope: Envelope, secrets: Secrets) -> str:
    """`envelope` in the text format that ``protoc --encode`` reads."""
    if envelope.form is not Form.DECODED or envelope.message is None:
        return wire_text(envelope.data)
    return text_format.MessageToString(envelope.message)
