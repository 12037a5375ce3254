"""An envelope: one decoded top-level Protobuf message, or the honest reason why there is none."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.message import Message as ProtoMessage

if TYPE_CHECKING:
    from paperknife_decoders.envelope_type import EnvelopeType

__all__ = ["Envelope", "Form"]


class Form(enum.Enum):
    """What the bytes of an envelope turned out to be."""

    DECODED = "decoded"
    """Parsed by the schema's type for this direction. Whether it makes sense is what `marks` tells."""
    WIRE = "wire"
    """Valid Protobuf wire format, but there is no schema for it or it does not fit the schema."""
    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    """Not Protobuf, not text: left alone."""


class Envelope(NamedTuple):
    """One envelope of a message.

    `data` are its own bytes (without framing), `type` what the protocol expects in this direction, `message` the parsed
    message where `form` is `DECODED`. `payload` is the name of the member that is set in the type's `oneof` (or what
    else `EnvelopeType.payload_of` gives), the empty string where nothing is set or nothing is known. `fault` says in
    words why it is not decoded, where it is not.
    """

    data: bytes
    form: Form
    type: EnvelopeType | None = None
    message: ProtoMessage | None = None
    payload: str = ""
    fault: str = ""
