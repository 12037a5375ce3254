"""The secrets in bytes that do not parse as their type, as far as they can be found: cut short, or behind a prefix."""

from __future__ import annotations

from itertools import islice

from google.protobuf.descriptor import Descriptor

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.redaction.edits import Edit
from paperknife_decoders.redaction.fields import Found
from paperknife_decoders.redaction.leaves import table_for
from paperknife_decoders.redaction.text import find_in_text
from paperknife_decoders.secret_spans import (
    LONGEST_PREFIX,
    MOST_PARTS,
    MOST_SEARCHED,
    begins_like,
    parts,
    secret_fields,
)
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.wire.walker import WireType

__all__ = ["find_in_unread"]


def find_in_unread(envelope: Envelope, secrets: Secrets) -> Found:
    """The secret fields of what begins as its type does and then breaks off, or does so behind a few bytes; and words.

    It is the least that can be done, and no promise: nobody knows what these bytes are.
    """
    data = envelope.data[:MOST_SEARCHED]
    found = find_in_text(data, secrets)
    if envelope.type is not None:
        kind = envelope.type.descriptor
        prefixes = range(1) if begins_like(data, 0, kind) else range(LONGEST_PREFIX + 1)
        for prefix in prefixes:
            add_fields(found, data, kind, prefix, secrets)
    return found


def add_fields(found: Found, data: bytes, kind: Descriptor, prefix: int, secrets: Secrets) -> None:
    """Add the secret fields of all that may be envelopes behind so many bytes each."""
    for part in islice(parts(data, prefix, kind), MOST_PARTS):
        for field in secret_fields(data, part, kind, secrets, MOST_SEARCHED):
            if field.content < field.content_end:
                found.edits.append(Edit(field.content, field.content_end, table_for(field)))
                if field.wire_type is WireType.LENGTH:
                    found.values.append(data[field.content : field.content_end])
