"""A protocol: what belongs to which direction, and what only keeps a connection alive."""

from pathlib import Path

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import EMPTY_MESSAGE, Protocol
from paperknife_decoders.schema import load_schema
from paperknife_decoders.steps.length_prefix import LengthPrefix

SCHEMA = """
syntax = "proto3";
package p;
message Body { string text = 1; bytes data = 2; Body inner = 3; }
"""


@pytest.fixture(scope="module")
def kind(tmp_path_factory) -> EnvelopeType:
    path: Path = tmp_path_factory.mktemp("protos") / "p.proto"
    path.write_text(SCHEMA)
    return EnvelopeType(load_schema([path]).message("Body"))


def test_each_direction_has_its_own(kind) -> None:
    """Type and steps; the client has the server's steps where it has none of its own."""
    one, two = LengthPrefix(size=2), LengthPrefix(size=4)
    protocol = Protocol(server=kind, steps=(one,))
    assert protocol.type_for(Direction.SERVER) is kind
    assert protocol.type_for(Direction.CLIENT) is None
    assert protocol.steps_for(Direction.CLIENT) == (one,)
    apart = Protocol(steps=(one,), client_steps=(two,))
    assert [apart.steps_for(side) for side in (Direction.CLIENT, Direction.SERVER)] == [(two,), (one,)]
    assert Protocol(steps=(one,), client_steps=()).steps_for(Direction.CLIENT) == ()


BEATS = [
    (b"\x0a\x01a", False),  # Body.text, and nothing called so
    (b"\x12\x01a", True),
    (b"\x12\x01a\x1a\x00", True),
    (b"\x12\x01a\x0a\x01a", False),
    (b"", False),
    (b"\x78\x01", False),  # an unknown field
]


@pytest.mark.parametrize(("data", "is_heartbeat"), BEATS)
def test_heartbeats_without_a_oneof(kind, data, is_heartbeat) -> None:
    """A message without a `oneof` is a heartbeat if all that is set in it is."""
    protocol = Protocol(server=kind, heartbeats=frozenset({"data", "inner"}))
    (envelope,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, data)
    assert protocol.is_heartbeat(envelope) is is_heartbeat


def test_an_empty_message_is_one_where_that_is_said(kind) -> None:
    """And nowhere else."""
    for heartbeats, expected in ((frozenset({EMPTY_MESSAGE}), True), (frozenset(), False)):
        protocol = Protocol(server=kind, heartbeats=heartbeats)
        (envelope,) = protocol.reader().read(Direction.SERVER, Opcode.BINARY, b"")
        assert protocol.is_heartbeat(envelope) is expected
