"""Whether an envelope is what it was taken for, and why not.

That bytes parse does not make them a message of the type: a parser takes unknown fields in its stride.
"""

from __future__ import annotations

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.marks import oddities, unknown_fields
from paperknife_decoders.oddities.parse_fault import parse_fault, refusal
from paperknife_decoders.wire.walker import walk_partly

__all__ = ["mismatch"]


def mismatch(envelope: Envelope) -> str:
    """Why the bytes are not a message of the expected type, in a sentence; empty if they are.

    Without an expected type they need to be Protobuf, and an empty message is one.
    """
    if envelope.form is Form.JSON:
        return f"This is JSON, not {envelope.type.name if envelope.type else 'Protobuf'}."
    if envelope.type is None:
        fault = walk_partly(envelope.data).error
        return f"This is not Protobuf: {fault}." if fault else ""
    if envelope.form is Form.DECODED:
        return stranger(envelope, envelope.type)
    if envelope.fault and envelope.fault != refusal(envelope.type.name):  # it did not get as far as the parser
        return f"This is not {envelope.type.name}: {envelope.fault}."
    fault = parse_fault(envelope.data, envelope.type.descriptor)
    return f"This is not {envelope.type.name}: {fault or 'its parser refuses it'}."


def stranger(envelope: Envelope, kind: EnvelopeType) -> str:
    """What speaks against a type that parsed, but found nothing of its own at the top level."""
    if kind.oneof is None or envelope.payload:
        return ""
    numbers = [str(number) for path, number in unknown_fields(oddities(envelope)) if not path]
    unknown = f"it does not know field {', '.join(numbers)}"
    return f"This is hardly {kind.name}: nothing of its {kind.oneof} is set, and {unknown}." if numbers else ""
