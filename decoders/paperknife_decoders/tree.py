"""The whole of an envelope as YAML."""

from __future__ import annotations

from google.protobuf import text_format

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire_view import wire_text

__all__ = ["tree_text"]


def tree_text(envelope: Envelope, secrets: Secrets, paint: Paint = PLAIN) -> str:
    """The whole of `envelope`, several lines."""
    if envelope.form is not Form.DECODED or envelope.message is None:
        return wire_text(envelope.data, paint)
    return text_format.MessageToString(envelope.message).rstrip()
