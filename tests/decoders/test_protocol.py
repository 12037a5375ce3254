"""A protocol: which type reads what."""

from pathlib import Path

import pytest

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.envelope import Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

SCHEMA = """
syntax = "proto3";
package p;
message Body { string text = 1; bytes data = 2; Body inner = 3; }
message Empty {}
message ClientMessage {
  oneof payload {
    Body near = 1; Empty none = 15; Body far = 16; Body farther = 2047; Body farthest = 2048; string text = 9;
    int32 number = 10;
  }
  int64 id = 3;
}
message ServerMessage { oneof payload { Body near = 2; } }
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("protos") / "p.proto"
    path.write_text(SCHEMA)
    return load_schema([path])


@pytest.fixture(scope="module")
def protocol(schema) -> Protocol:
    client, server = direction_types(schema)
    return Protocol(client=client, server=server)


READ = [
    (Direction.CLIENT, Opcode.BINARY, "0a00", Form.DECODED, "near"),
    (Direction.CLIENT, Opcode.BINARY, "", Form.DECODED, ""),
    (Direction.SERVER, Opcode.BINARY, "1200", Form.DECODED, "near"),
    (Direction.SERVER, Opcode.BINARY, "0a00", Form.DECODED, ""),
    (Direction.CLIENT, Opcode.BINARY, "0a05ff", Form.BYTES, ""),
    (Direction.CLIENT, Opcode.BINARY, "0a02ffff", Form.WIRE, ""),
    (Direction.CLIENT, Opcode.BINARY, "7b7d", Form.JSON, ""),
    (Direction.CLIENT, Opcode.TEXT, "7b7d", Form.JSON, ""),
    (Direction.CLIENT, Opcode.TEXT, "0a00", Form.TEXT, ""),
]


@pytest.mark.parametrize(("direction", "opcode", "content", "form", "payload"), READ)
def test_the_direction_alone_fixes_the_type(protocol, direction, opcode, content, form, payload) -> None:
    """Each message is read as its direction's type, or is honestly something else."""
    reader = protocol.reader()
    (envelope,) = reader.read(direction, opcode, bytes.fromhex(content))
    assert (envelope.form, envelope.payload) == (form, payload)
    assert reader.payloads(direction, [opcode], [bytes.fromhex(content)]) == [payload or reader_name(envelope)]


def reader_name(envelope) -> str:
    """A message that is begun by one member has its name, whether or not that parses."""
    return "near" if envelope.form is Form.WIRE else ""


def test_control_frames_have_no_payload(protocol) -> None:
    """A ping's bytes are never taken for an envelope."""
    contents = [bytes.fromhex("0a00"), bytes.fromhex("0a00"), b"text"]
    opcodes = [Opcode.PING, Opcode.BINARY, Opcode.TEXT]
    assert protocol.reader().payloads(Direction.CLIENT, opcodes, contents) == ["", "near", ""]
    assert protocol.reader().read(Direction.CLIENT, Opcode.PING, contents[0]) == ()


@pytest.mark.parametrize(
    ("data", "is_heartbeat"),
    [
        (b"\x0a\x01a", False),  # Body.text, and nothing called so
        (b"\x12\x01a", True),
        (b"\x12\x01a\x1a\x00", True),
        (b"\x12\x01a\x0a\x01a", False),
        (b"", False),
        (b"\x78\x01", False),  # an unknown field
    ],
)
def test_heartbeats_without_a_oneof(schema, data, is_heartbeat) -> None:
    """A message without a `oneof` is a heartbeat if all that is set in it is."""
    protocol = Protocol(server=EnvelopeType(schema.message("Body")), heartbeats=frozenset({"data", "inner"}))
    (envelope,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, data)
    assert protocol.is_heartbeat(envelope) is is_heartbeat
