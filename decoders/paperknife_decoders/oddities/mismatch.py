"""Whether an envelope is what it was taken for, and why not.

That bytes parse does not make them a message of the type: a parser takes unknown fields in its stride.
"""

from __future__ import annotations

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.marks import oddities, unknown_fields
from paperknife_decoders.oddities.parse_fault import parse_fault, refusal, refused_member
from paperknife_decoders.wire.walker import walk_partly

__all__ = ["mismatch"]


def mismatch(envelope: Envelope) -> str:
    """Why the bytes are not a message of the expected type, in a sentence; empty if they are.

    Without an expected type they need to be Protobuf, and an empty message is one.
    """
    if envelope.form is Form.JSON:
        return f"This is JSON, not {called(envelope.type) if envelope.type else 'Protobuf'}."
    if envelope.type is None:
        fault = walk_partly(envelope.data).error
        return f"This is not Protobuf: {fault}." if fault else ""
    if envelope.form is Form.DECODED:
        return stranger(envelope, envelope.type)
    member = refused_member(envelope.type, envelope.fault)
    if envelope.fault and member is None and envelope.fault != refusal(envelope.type.name):
        return f"This is not {called(envelope.type)}: {envelope.fault}."  # it did not get as far as the parser
    name, kind = (
        (called(envelope.type), envelope.type.descriptor) if member is None else (member.kind.name, member.kind)
    )
    return f"This is not {name}: {parse_fault(envelope.data, kind) or 'its parser refuses it'}."


def called(kind: EnvelopeType) -> str:
    """A type's name; of one that no schema has, what was expected in its place."""
    return f"what was expected, {kind.told_by}" if kind.told_by else kind.name


def stranger(envelope: Envelope, kind: EnvelopeType) -> str:
    """What speaks against a type that parsed, but found nothing of its own at the top level."""
    if kind.oneof is None or envelope.payload:
        return ""
    numbers = [str(number) for path, number in unknown_fields(oddities(envelope)) if not path]
    unknown = f"it does not know field {', '.join(numbers)}"
    return f"This is hardly {called(kind)}: nothing of its {kind.oneof} is set, and {unknown}." if numbers else ""
