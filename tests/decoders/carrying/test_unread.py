"""Bytes of no known type in made envelopes."""

from __future__ import annotations

import pytest

from paperknife_decoders.carrying.unread import has_unread
from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.tree import tree_text

PROTO = """
syntax = "proto3"; package u;
message Frame { uint32 kind = 1; bytes body = 2; string text = 3; }
message Order { string symbol = 1; }
"""
CARRIES = [{"in": "Frame", "at": "body", "by": "kind", "types": {7: "Order"}}]
UNKNOWN = b"\x08\x05\x12\x04\x0a\x02ES"


@pytest.mark.parametrize(
    ("content", "secrets", "expected"),
    [
        (UNKNOWN, Secrets(), ["# nothing of Frame is set", "# what body holds, of no known type:", '# 1: "ES"']),
        (UNKNOWN, Secrets(frozenset({"body"})), ["# nothing of Frame is set"]),
        (b"\x08\x05\x12\x01\xff", Secrets(), ["# nothing of Frame is set"]),
        (b"\x08\x07\x12\x04\x0a\x02ES", Secrets(), []),
    ],
)
def test_unknown_numbers_show_the_wire_view(proto_schema, content, secrets, expected) -> None:
    """Beside the bytes, where they can be Protobuf and are no secret; what is known shows nothing of the kind."""
    definition = {"name": "x", "client": "Frame", "server": "Frame", "carries": CARRIES}
    protocol = protocol_from(read_definition(definition), proto_schema(PROTO), secrets=secrets)
    (envelope,) = protocol.reader().read(Direction.CLIENT, Opcode.BINARY, content)
    comments = [line for line in tree_text(envelope, protocol.secrets).splitlines() if line.startswith("#")]
    assert [line for line, start in zip(comments, expected, strict=True) if not line.startswith(start)] == []


MANY = (
    PROTO + "message Many { repeated Frame items = 1; map<string, Frame> by_name = 2; uint32 id = 3; Frame one = 4; }"
)
KNOWN = b"\x08\x07\x12\x04\x0a\x02ES"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", False),
        (b"\x18\x05", False),
        (b"\x0a\x08" + KNOWN, False),
        (b"\x0a\x00", False),
        (b"\x0a\x08" + KNOWN + b"\x0a\x08" + UNKNOWN, True),
        (b"\x22\x02\x08\x05", True),
        (b"\x22\x02\x08\x07", False),
        (b"\x12\x0d\x0a\x01k\x12\x08" + UNKNOWN, True),
        (b"\x18\x05\xf8\x7f\x01", False),
    ],
)
def test_what_is_not_read_is_found_at_any_depth(proto_schema, content, expected) -> None:
    """A key that stands for no type is found in lists and maps too; what is empty carries nothing."""
    definition = {"name": "x", "client": "Many", "server": "Many", "carries": CARRIES}
    protocol = protocol_from(read_definition(definition), proto_schema(MANY))
    (envelope,) = protocol.reader().read(Direction.CLIENT, Opcode.BINARY, content)
    assert envelope.message is not None
    assert has_unread(envelope.message) is expected
