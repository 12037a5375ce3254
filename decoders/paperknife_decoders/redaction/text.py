"""The secrets in JSON and in plain text."""

from __future__ import annotations

from paperknife_decoders.redaction.edits import Edit
from paperknife_decoders.redaction.fields import Found
from paperknife_decoders.secret_text import text_spans
from paperknife_decoders.secrets import Secrets

__all__ = ["find_in_text"]


def find_in_text(data: bytes, secrets: Secrets) -> Found:
    """What stands behind secret names; in bytes, whatever their encoding is, as names and quotes are ASCII."""
    found = Found()
    for start, end in text_spans(data.decode("latin-1"), secrets):
        found.edits.append(Edit(start, end))
        found.values.append(data[start:end])
    return found
