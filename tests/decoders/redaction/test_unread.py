"""Secrets in what does not parse."""

from __future__ import annotations

import random

import pytest

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.protocol import text_envelope, undecoded
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
        (b"\xff" * 20_000 + b" password=abc", b"\xff" * 20_000 + b" password=***"),
        (b"\xff\xff", b"\xff\xff"),
        # a number that no schema of ours has, before and after; a text that is none
        (b"\x78\x01" + LOGIN + b"\x07", b"\x78\x01" + LOGIN + b"\x07"),
        (LOGIN + b"\x78\x01\x07", PIN + b"\x78\x01\x07"),
        (LOGIN.replace(b"bc", b"\xff\xfe") + b"\x07", LOGIN.replace(b"bc", b"\xff\xfe") + b"\x07"),
        # behind a prefix every byte has to be accounted for
        (b"\x0c" + LOGIN + b"\x0c" + LOGIN[:-1], b"\x0c" + LOGIN + b"\x0c" + LOGIN[:-1]),
        (b"\x0c" + LOGIN + b"\xff\xff", b"\x0c" + LOGIN + b"\xff\xff"),
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
    assert masked(text_envelope(b"a" * 20_000 + b" token=abc", None)) == b"a" * 20_000 + b" token=***"


def test_what_chance_makes(proto_schema) -> None:
    """Bytes that mean nothing are kept as they are, and nothing in them is taken for a secret from then on."""
    kind = EnvelopeType(proto_schema(PROTO).message("unread.Envelope"))
    chance = random.Random(7)
    for size in [*range(1, 600), *[2_000] * 100, *[70_000] * 20]:
        data = chance.randbytes(size)
        found = find_in_unread(undecoded(data, kind, ""), SECRETS)
        assert not found.edits and not found.values, data[:100]


def masked(envelope: Envelope) -> bytes:
    return apply(envelope.data, find_in_unread(envelope, SECRETS).edits)
