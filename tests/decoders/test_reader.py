"""Reading one connection: which type reads what, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from paperknife_decoders.direction_types import direction_types
from paperknife_decoders.envelope import Form
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.rest import NOTHING
from paperknife_decoders.schema import load_schema
from paperknife_decoders.steps.grpc_web import GrpcWebsockets
from paperknife_decoders.steps.json_field import JsonField
from paperknife_decoders.steps.length_prefix import LengthPrefix

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


REFUSED = [
    (Opcode.TEXT, "0a00", Form.TEXT),
    (Opcode.TEXT, "0a024142", Form.TEXT),
    (Opcode.TEXT, "7b7d", Form.JSON),
    (Opcode.BINARY, "0a00", Form.WIRE),
    (Opcode.BINARY, "0a05ff", Form.BYTES),
    (Opcode.BINARY, "7b7d", Form.JSON),
]


@pytest.mark.parametrize(("opcode", "content", "form"), REFUSED)
def test_what_a_step_refuses(protocol, opcode, content, form) -> None:
    """A text that a step refuses is a text, and says why; only of a binary message there is a wire view."""
    text = opcode is Opcode.TEXT
    stepped = replace(protocol, steps=(JsonField("data"),) if text else (LengthPrefix(),), in_text=text)
    (envelope,) = stepped.reader().read(Direction.CLIENT, opcode, bytes.fromhex(content))
    assert envelope.form is form
    assert envelope.fault or form is Form.JSON


def test_a_piece_of_something_is_no_wire_format(protocol) -> None:
    """What goes on in the next message looks like nothing, whatever its bytes would be by themselves."""
    reader = replace(protocol, steps=(GrpcWebsockets(),)).reader()
    before = reader.rest(Direction.SERVER, Opcode.BINARY, b"\0\0\0\0\x04", NOTHING)
    (envelope,) = reader.read(Direction.SERVER, Opcode.BINARY, b"\x12\0", before)
    assert (envelope.form, envelope.fault) == (
        Form.BYTES,
        "continues a gRPC frame of 4 bytes: 2 are here now, the rest comes in the next message",
    )
    (envelope,) = reader.read(Direction.SERVER, Opcode.BINARY, b"\x12\0", before.with_more(b"\x12\0", 9))
    assert (envelope.payload, envelope.data) == ("near", b"\x12\0\x12\0")


def test_control_frames_have_no_payload(protocol) -> None:
    """A ping's bytes are never taken for an envelope."""
    contents = [bytes.fromhex("0a00"), bytes.fromhex("0a00"), b"text"]
    opcodes = [Opcode.PING, Opcode.BINARY, Opcode.TEXT]
    assert protocol.reader().payloads(Direction.CLIENT, opcodes, contents) == ["", "near", ""]
    assert protocol.reader().read(Direction.CLIENT, Opcode.PING, contents[0]) == ()
