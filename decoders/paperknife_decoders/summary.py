"""One line for one envelope: the fields that matter, within a width."""

from __future__ import annotations

from google.protobuf import text_format

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import elide, printable
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire_view import wire_summary

__all__ = ["summarize"]


def summarize(envelope: Envelope, secrets: Secrets, width: int, paint: Paint = PLAIN) -> str:
    """The fields of `envelope` that matter, in at most `width` columns, without the payload's name."""
    if envelope.form is not Form.DECODED or envelope.message is None:
        return wire_summary(envelope.data, width, paint)
    return elide(printable(text_format.MessageToString(envelope.message, as_one_line=True)), width)
