"""Whether an envelope is what it was taken for."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.mismatch import mismatch
from paperknife_decoders.parsing import read_envelope

PROTO = """
    syntax = "proto3"; package t;
    message Order { string id = 1; }
    message Envelope { int32 sequence = 9; oneof payload { Order order = 1; } }
"""

CASES = [
    (b"", ""),
    (b"\x0a\x03\x0a\x01A", ""),
    (b"\x48\x01", ""),
    (b"\x0a\x02\x60\x01", ""),
    (b"\x60\x01", "This is hardly t.Envelope: nothing of its payload is set, and it does not know field 12."),
    (
        b"\x60\x01\x68\x01",
        "This is hardly t.Envelope: nothing of its payload is set, and it does not know field 12, 13.",
    ),
    (b"\x0a\x03\x0a\x01", "This is not t.Envelope: field 1 ends after 0 of its 1 bytes at byte 4 in field order."),
    (b'{"a": 1}', "This is JSON, not t.Envelope."),
]

WITHOUT_TYPE = [
    (b"", ""),
    (b"\x08\x01", ""),
    (b"hello", "This is not Protobuf: the end of group 13, which is not open, at byte 2."),
    (b'{"a": 1}', "This is JSON, not Protobuf."),
]


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_with_a_type(proto_schema, data, expected):
    """A type that parsed is believed if it found something of its own, or nothing that it does not know."""
    kind = EnvelopeType(proto_schema(PROTO).message("t.Envelope"))
    assert mismatch(read_envelope(data, kind)) == expected


@pytest.mark.parametrize(("data", "expected"), WITHOUT_TYPE)
def test_without_a_type(data, expected):
    """Without a type bytes only need to be Protobuf."""
    assert mismatch(read_envelope(data, None)) == expected
