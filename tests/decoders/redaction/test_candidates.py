"""The types that unread bytes are tried as."""

from __future__ import annotations

import pytest

from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.redaction.candidates import Candidates, candidates_for
from paperknife_decoders.secrets import Secrets

PROTO = """
syntax = "proto3"; package candidates;
message Login { string user = 1; string password = 2; }
message Quote { string symbol = 1; int64 price = 20; }
message Order { string account = 1; bytes extra = 2; Carrier within = 3; }
message Carrier { uint32 kind = 1; bytes body = 2; }
message Outer { repeated Carrier all = 1; string name = 2; }
"""
TYPES = {1: "candidates.Login", 2: "candidates.Quote", 3: "candidates.Order"}


def found(proto_schema, root: str, paths: frozenset[str] = frozenset(), **more: object) -> Candidates:
    """The candidates of a definition's client."""
    schema = proto_schema(PROTO)
    sides = {"client": f"candidates.{root}", "server": f"candidates.{root}"} if root else {}
    data = {"name": "candidates", **sides, **more}
    kind = protocol_from(read_definition(data), schema).client
    assert kind is not None
    return candidates_for(kind, Secrets(paths=paths))


BEHIND = {"steps": [{"binary-header": {"layout": "n:u8"}}], "behind": {"by": "header.n", "types": TYPES}}
CARRIES = [{"in": "candidates.Carrier", "at": "body", "by": "kind", "types": TYPES}]


def test_a_plain_type(proto_schema) -> None:
    """Where nothing is carried there is the direction's own type."""
    kind = EnvelopeType(proto_schema(PROTO).message("candidates.Login"))
    candidates = candidates_for(kind, Secrets())
    assert (candidates.own.kind, candidates.own.path, candidates.own.risky) == (kind.descriptor, (), {2})
    assert candidates.own.begins == {0x0A, 0x8A, 0x12, 0x92}
    assert not candidates.any_carried


@pytest.mark.parametrize(
    ("root", "more", "paths", "expected"),
    [
        ("Carrier", {"carries": CARRIES}, [], {(("Login",), (2,)), (("Order",), (3,))}),
        ("Outer", {"carries": CARRIES}, [], {(("all", "Login"), (2,)), (("all", "Order"), (3,))}),
        (
            "Carrier",
            {"carries": CARRIES},
            ["Quote.price", "Order.account"],
            {(("Login",), (2,)), (("Quote",), (20,)), (("Order",), (1, 3))},
        ),
        ("", BEHIND, [], {(("Login",), (2,))}),
    ],
)
def test_what_is_carried(proto_schema, root, more, paths, expected) -> None:
    """Each type that may hold a secret is there once, with the path by which secrets are declared, by first byte."""
    candidates = found(proto_schema, root, frozenset(paths), **more)
    every = {id(each): each for row in candidates.carried.values() for each in row}.values()
    assert {(each.path, tuple(sorted(each.risky))) for each in every} == expected
    assert all(byte in each.begins for byte, row in candidates.carried.items() for each in row)


@pytest.mark.parametrize(
    ("data", "is_just"),
    [
        (b"\x0a\x01a\x12\x03abc", True),
        (b"\x0a\x01a", False),  # a quote may be so too
        (b"\x0a\x01a\x12\x03abc\x20\x05", False),
        (b"\x0a\x01a\x12\x03ab", False),
    ],
)
def test_just_one_type(proto_schema, data: bytes, is_just: bool) -> None:
    """Bytes are of a type without doubt if all of them are, and they are of no harmless one."""
    candidates = found(proto_schema, "Carrier", carries=[{**CARRIES[0], "types": {1: TYPES[1], 2: TYPES[2]}}])
    (login,) = candidates.carried[0x12]
    assert candidates.is_just(login, data) is is_just
