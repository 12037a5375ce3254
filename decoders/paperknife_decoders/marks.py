"""What is odd about an envelope, in short phrases."""

from __future__ import annotations

from paperknife_decoders.envelope import Envelope, Form

__all__ = ["marks"]


def marks(envelope: Envelope) -> tuple[str, ...]:
    """Short phrases for what a reader should notice; the empty tuple for a message with nothing odd about it."""
    if envelope.form is not Form.DECODED:
        return (envelope.fault,) if envelope.fault else ()
    if not envelope.data:
        return ("empty message",)
    if not envelope.payload and envelope.type is not None:
        return (f"nothing of {envelope.type.descriptor.name} is set",)
    return ()
