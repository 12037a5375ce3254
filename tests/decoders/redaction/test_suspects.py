"""Which contents have to be looked into."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction.suspects import Suspects

PROTO = """
syntax = "proto3"; package suspects;
message Login { string user = 1; string password = 2; }
message Data { string symbol = 1; map<string, string> labels = 5; }
message Beat { int64 time = 1; }
message Envelope { oneof payload { Data data = 1; Login login = 2; Beat beat = 3; } }
message Quiet { oneof payload { Beat beat = 1; } }
"""
USER, LOGIN = b"\x12\x03\x0a\x01a", b"\x12\x03\x12\x01a"
DATA, LABEL, TOKEN = b"\x0a\x03\x0a\x01a", b"\x0a\x05\x2a\x03\x0a\x01a", b"\x0a\x09\x2a\x07\x0a\x05ToKen"
BEAT = b"\x1a\x02\x08\x05"
BINARY, TEXT, PING = Opcode.BINARY, Opcode.TEXT, Opcode.PING
CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


@pytest.mark.parametrize(
    ("direction", "opcodes", "contents", "expected"),
    [
        (CLIENT, [], [], []),
        (CLIENT, [BINARY] * 3, [BEAT, DATA, USER], []),
        (CLIENT, [BINARY] * 3, [BEAT, LOGIN, DATA], [1]),
        (CLIENT, [BINARY] * 2, [LABEL, BEAT], []),
        (CLIENT, [BINARY] * 2, [TOKEN, LABEL], [0, 1]),
        (CLIENT, [BINARY] * 2, [BEAT + LOGIN, BEAT], [0]),
        (CLIENT, [BINARY], [b""], [0]),
        (CLIENT, [PING, BINARY, BINARY], [b"", LOGIN, BEAT], [1]),
        (CLIENT, [TEXT, BINARY], [b"", BEAT], [0]),
        (CLIENT, [PING, PING], [b"x", b"token"], [0, 1]),
        (SERVER, [BINARY] * 2, [LOGIN, TOKEN], []),
    ],
)
def test_places(proto_schema, direction, opcodes: list[int], contents: list[bytes], expected: list[int]) -> None:
    """A content is looked into if a field is there that leads to a secret, or if little is known of it."""
    schema = proto_schema(PROTO)
    kinds = [EnvelopeType(schema.message(f"suspects.{name}")) for name in ("Envelope", "Quiet")]
    protocol = Protocol(client=kinds[0], server=kinds[1])
    reader = protocol.reader()
    found = Suspects(protocol).among(direction, opcodes, contents, lambda: reader.heads(direction, opcodes, contents))
    assert list(found) == expected


@pytest.mark.parametrize(("content", "expected"), [(b"abc", []), (b'{"token": 1}', [0]), (b"{}", [])])
def test_without_a_schema(content: bytes, expected: list[int]) -> None:
    """Only words can be found there."""
    assert list(Suspects(Protocol()).among(CLIENT, [BINARY], [content], lambda: None)) == expected
