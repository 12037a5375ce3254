"""Where secrets lie in a message's bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.secret_spans import begins_like, secret_ranges, secret_spans
from paperknife_decoders.secrets import NO_SECRETS, Secrets

PROTO = """
    syntax = "proto3"; package t;
    message Login { string user = 1; string password = 2; Login other = 3; int32 pin = 4; }
    message Root { Login login = 1; repeated Login logins = 2; string token = 5; }
"""

CASES = [
    ("", Secrets(), set()),
    ("0a03 0a0141", Secrets(), set()),
    ("0a06 0a0141 120141", Secrets(), {5}),
    ("0a05 1a03 120141", Secrets(), {4}),
    ("1203 120141 1203 120142", Secrets(), {2, 7}),
    ("2a0141", Secrets(), {0}),
    ("0a06 0a0141 120141", NO_SECRETS, set()),
    # a number is a secret only where it is declared
    ("0a02 2007", Secrets(), set()),
    ("0a02 2007", Secrets(paths=frozenset({"login.pin"})), {2}),
    ("0a02 2007", Secrets(paths=frozenset({"login"})), {0}),
    # cut in the middle of the secret
    ("0a09 0a0141 120841", Secrets(), {5}),
]


@pytest.mark.parametrize(("hexed", "secrets", "expected"), CASES)
def test_spans(proto_schema, hexed, secrets, expected):
    """The offset of each secret field, at any depth, also in a message that is cut."""
    assert secret_spans(bytes.fromhex(hexed), proto_schema(PROTO).message("t.Root"), secrets) == expected


LOGIN = bytes.fromhex("0a0b 0a0141 1206") + b"hunter"
OTHER = bytes.fromhex("0a03 0a0141")
RANGES = [
    (b"", []),
    (OTHER, []),
    (b"\x00" + OTHER, []),
    (LOGIN, [(5, 13)]),
    # lengths, flags, constants
    (b"\x0d" + LOGIN, [(6, 14)]),
    (b"\x00" + LOGIN, [(6, 14)]),
    (b"\x00\x00\x00\x0d" + LOGIN, [(9, 17)]),
    (b"\x0d\x00\x00\x00" + LOGIN, [(9, 17)]),
    (b"\x01\x00\x00\x00\x0d" + LOGIN, [(10, 18)]),
    (b"\xff" * 8 + LOGIN, [(13, 21)]),
    (b"\xff" * 9 + LOGIN, []),
    # cut, and the second of two
    (b"\x00\x0d" + LOGIN[:-3], [(7, 12)]),
    (b"\x00\x05" + OTHER + b"\x00\x0d" + LOGIN, [(14, 22)]),
]


@pytest.mark.parametrize(("data", "expected"), RANGES)
def test_ranges(proto_schema, data, expected):
    """Start and end of each secret, also where envelopes have a prefix that the protocol does not know of."""
    found = secret_ranges(data, proto_schema(PROTO).message("t.Root"), Secrets())
    assert list(found) == expected
    assert not secret_ranges(data, proto_schema(PROTO).message("t.Root"), NO_SECRETS)


@given(st.binary(max_size=200))
def test_ranges_of_anything(proto_schema, data):
    """Any bytes give ranges within them."""
    for start, end in secret_ranges(data, proto_schema(PROTO).message("t.Root"), Secrets()):
        assert 0 <= start < end <= len(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", False), (b"\x0a\x02ab", True), (b"\x0a\x05ab", True), (b"\x0a", False), (b"\xff", False)],
)
def test_how_a_message_begins(proto_schema, data, expected):
    """By a field that its type has, be it cut short; an empty message, which a step may refuse, begins by nothing."""
    kind = proto_schema('syntax = "proto3"; message Login { string user = 1; }').message("Login")
    assert begins_like(data, 0, kind) is expected
