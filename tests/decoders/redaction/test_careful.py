"""Messages read for as long as there is no doubt what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.redaction.candidates import candidates_for
from paperknife_decoders.redaction.careful import CarefulReading
from paperknife_decoders.secrets import Secrets

PROTO = """
syntax = "proto3"; package careful;
message Login { string user = 1; string password = 2; }
message Envelope { int64 id = 1; Login login = 2; string note = 3; }
"""
ID, LOGIN, NOTE = b"\x08\x05", b"\x12\x06\x0a\x01a\x12\x01b", b"\x1a\x02hi"
NESTED = b"\x12\x04" * 120


def reading(proto_schema, data: bytes, *, more: bool = False) -> CarefulReading:
    """Reads as an envelope."""
    kind = EnvelopeType(proto_schema(PROTO).message("careful.Envelope"))
    return CarefulReading(data, candidates_for(kind, Secrets()).own, Secrets(), more=more)


CASES = [
    # data, with unknown fields taken: may hold, reads to the end, is cut, secrets
    (b"", False, (False, True, False, [])),
    (ID + NOTE, False, (False, True, False, [])),
    (ID + LOGIN, False, (True, True, False, [b"b"])),
    (LOGIN + LOGIN, False, (True, True, False, [b"b", b"b"])),
    (LOGIN + b"\x07", False, (True, False, False, [b"b"])),
    (b"\x07" + LOGIN, False, (False, False, False, [])),
    (ID + LOGIN[:-2], False, (True, False, True, [])),
    (LOGIN[:-1] + b"\xc3", False, (True, True, False, [b"\xc3"])),  # a character that is cut
    (LOGIN[:-1] + b"\xc3" + ID, False, (True, False, False, [])),
    (b"\x20\x01" + LOGIN, False, (False, False, False, [])),
    (b"\x20\x01" + LOGIN, True, (True, True, False, [b"b"])),
    (b"\x20\x01" + LOGIN + b"\x07", True, (True, False, False, [b"b"])),
    (b"\x0a\x01a" + LOGIN, True, (False, False, False, [])),  # the id is a number
    (b"\x0b\x0c" + LOGIN, True, (False, False, False, [])),
    (b"\x23\x24" + LOGIN, True, (True, True, False, [b"b"])),
    (b"\x24" + LOGIN, True, (False, False, False, [])),
    (LOGIN + b"\x12\x00", False, (True, True, False, [b"b"])),
]


@pytest.mark.parametrize(("data", "more", "expected"), CASES)
def test_readings(proto_schema, data: bytes, more: bool, expected) -> None:
    """A reading goes as far as all fits, tells if the end is just missing, and has the secrets until there."""
    read = reading(proto_schema, data, more=more)
    may_hold = read.may_hold(0, len(data))
    is_whole = read.run(0, len(data))
    values = [data[field.content : field.content_end] for field, _ in read.secret]
    assert (may_hold, is_whole, read.is_cut, values) == expected


@given(st.binary(max_size=40), st.booleans())
def test_anything(proto_schema, data: bytes, more: bool) -> None:
    """Whatever comes, it does not raise, and there are no secrets where none may be."""
    read = reading(proto_schema, data, more=more)
    may_hold = read.may_hold(0, len(data))
    read.run(0, len(data))
    assert may_hold or not read.secret
