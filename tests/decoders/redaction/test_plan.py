"""Where secrets can be at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.redaction.fields import find_secrets
from paperknife_decoders.redaction.plan import Plan, risky_payloads, varint_pattern
from paperknife_decoders.secrets import Secrets

HEAD = """
syntax = "proto3"; package plans;
import "google/protobuf/any.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
message None { string text = 1; int32 password = 2; None more = 3; Ring ring = 4; map<string, int32> counts = 5;
  map<int32, string> lines = 6; map<string, None> nones = 7; google.protobuf.StringValue word = 8; }
message Ring { None none = 1; Ring next = 2; }
message Login { string password = 1; }
message Deep { Ring ring = 1; repeated Deep deeper = 2; Login login = 3; }
message Labels { map<string, string> labels = 1; }
message Logins { map<int32, Login> logins = 1; }
message Open { google.protobuf.Any any = 1; }
message Json { google.protobuf.Value value = 1; }
message Wrapped { google.protobuf.BytesValue api_key = 1; }
"""

PAYLOADS = """
message Envelope { oneof payload { None none = 1; Login login = 2; Deep deep = 3; Labels labels = 4; Logins logins = 5;
  Open open = 6; Json json = 7; Wrapped wrapped = 8; Ring ring = 9; } %s }
"""


@pytest.mark.parametrize(
    ("beside", "paths", "expected"),
    [
        ("", [], {"login", "deep", "labels", "logins", "open", "json", "wrapped"}),
        ("", ["none.text"], {"none", "login", "deep", "labels", "logins", "open", "json", "wrapped"}),
        ("", ["ring.none.more.text"], {"ring", "login", "deep", "labels", "logins", "open", "json", "wrapped"}),
        ("string token = 20;", [], None),
        (
            "string text = 20; int64 time = 21;",
            ["nowhere"],
            {"login", "deep", "labels", "logins", "open", "json", "wrapped"},
        ),
        ("string text = 20;", ["text"], None),
        ("Login more = 20;", [], None),
    ],
)
def test_risky_payloads(proto_schema, beside: str, paths: list[str], expected: set[str] | None) -> None:
    """A payload is risky if any field that can hold a secret is in reach of it, in rings of types too."""
    kind = EnvelopeType(proto_schema(HEAD + PAYLOADS % beside).message("plans.Envelope"))
    risky = risky_payloads(kind, Plan(Secrets(paths=frozenset(paths))))
    assert (risky and set(risky)) == expected


def test_without_names(proto_schema) -> None:
    """Where nothing is secret by name or path, only what is open to anything is looked into."""
    kind = EnvelopeType(proto_schema(HEAD + PAYLOADS % "").message("plans.Envelope"))
    risky = risky_payloads(kind, Plan(Secrets(names=frozenset()))) or {}
    assert {name: risk.by_key for name, risk in risky.items()} == {"labels": True, "open": False, "json": True}


@pytest.mark.parametrize(
    ("number", "data", "is_there"),
    [
        (0x0A, b"x\x0ax", True),
        (0x0A, b"\x8a\x00", True),
        (0x0A, b"\x8a\x80\x80\x00", True),
        (0x0A, b"\x8a\x01", False),
        (0x0A, b"", False),
        (0x1A2, b"\xa2\x03", True),
        (0x1A2, b"\xa2\x83\x00", True),
        (0x1A2, b"\xa2\x02", False),
    ],
)
def test_tags(number: int, data: bytes, is_there: bool) -> None:
    """A tag is found in each of its forms."""
    assert bool(re.search(varint_pattern(number), data, re.DOTALL)) == is_there


PIECES = (b"\x0a\x03abc", b"\x8a\x00\x03abc", b"\x8a\x80\x00\x03abc", b"\x10\x05", b"\xf2\x07\x02\x0ax", b"\x0a\x00")


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=5))
def test_no_secret_without_its_tag(proto_schema, pieces: list[bytes]) -> None:
    """Where the pattern of a payload finds nothing, there is nothing to find."""
    kind = EnvelopeType(proto_schema(HEAD + PAYLOADS % "").message("plans.Envelope"))
    plan = Plan(Secrets())
    payload = b"".join(pieces)
    data = b"\x12" + bytes([len(payload)]) + payload
    risky = risky_payloads(kind, plan)
    assert risky is not None
    if find_secrets(data, kind.descriptor, plan).edits:
        assert risky["login"].tag.search(data[2:])
