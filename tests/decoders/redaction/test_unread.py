"""Secrets in what does not parse."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.protocol import EnvelopeType, text_envelope, undecoded
from paperknife_decoders.redaction.edits import apply
from paperknife_decoders.redaction.unread import find_in_unread
from paperknife_decoders.secrets import Secrets

PROTO = """
syntax = "proto3"; package unread;
message Login { string user = 1; string password = 2; int32 pin = 3; }
message Envelope { Login login = 1; }
"""
LOGIN = b"\x0a\x0a\x0a\x01a\x12\x03abc\x18\x05"
HIDDEN = b"\x0a\x0a\x0a\x01a\x12\x03***\x18\x05"

SECRETS = Secrets(paths=frozenset({"login.pin"}))
PIN = HIDDEN[:-1] + b"\x00"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (LOGIN[:-3], HIDDEN[:-3]),
        (LOGIN + b"\x07", PIN + b"\x07"),
        (b"\x00\x00\x00\x0c" + LOGIN, b"\x00\x00\x00\x0c" + PIN),
        (b"\x0c" + LOGIN + b"\x0c" + LOGIN, b"\x0c" + PIN + b"\x0c" + PIN),
        (b"\x00password=abc", b"\x00password=***"),
        (b"\xff\xff", b"\xff\xff"),
    ],
)
def test_bytes(proto_schema, data: bytes, expected: bytes) -> None:
    """Of what is cut short, or stands behind a few bytes, fields with secret names go as far as they are there."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    assert masked(undecoded(data, kind, "")) == expected


def test_a_text_that_is_protobuf(proto_schema) -> None:
    """A message that was sent as a text is looked at as one too."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    assert masked(text_envelope(LOGIN, kind)) == PIN
    assert masked(text_envelope(LOGIN, None)) == LOGIN


def masked(envelope: Envelope) -> bytes:
    return apply(envelope.data, find_in_unread(envelope, SECRETS).edits)
