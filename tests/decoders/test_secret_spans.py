"""Where secrets lie in a message's bytes."""

from __future__ import annotations

import pytest

from paperknife_decoders.secret_spans import secret_spans
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
