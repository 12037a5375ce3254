"""The top-level type of one direction: the payload's name without a look inside."""

import contextlib
from pathlib import Path

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
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
message Hiding { int32 WhichOneof = 1; oneof payload { Body near = 2; } }
message Flat { int32 a = 1; optional Body b = 2; }
"""


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    path: Path = tmp_path_factory.mktemp("protos") / "p.proto"
    path.write_text(SCHEMA)
    return load_schema([path])


@pytest.fixture(scope="module")
def kind(schema) -> EnvelopeType:
    return EnvelopeType(schema.message("p.ClientMessage"))


MEMBERS = ["near", "none", "far", "farther", "farthest"]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MEMBERS), st.integers(0, 40_000), st.booleans(), st.binary(max_size=3))
def test_the_name_without_a_look_inside_is_that_of_the_parsed_message(kind, member, size, with_id, tail) -> None:
    """Whatever the member's number and size, and whatever stands beside it, the name is the one that parsing gives."""
    message = kind.parse(b"")
    if member == "none":
        message.none.SetInParent()
    else:
        getattr(message, member).data = bytes(size)
    if with_id:
        message.id = 7
    for content in (message.SerializeToString(), message.SerializeToString() + tail):
        try:
            expected = kind.payload_of(kind.parse(content))
        except DecodeError:
            continue
        assert kind.name_of(content) == expected


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_of_any_kind_have_the_name_that_parsing_gives(kind, content) -> None:
    """Where random bytes parse the name is the same, and where they do not, a name says at most what was begun."""
    try:
        expected = kind.payload_of(kind.parse(content))
    except DecodeError:
        with contextlib.suppress(DecodeError):
            assert kind.name_of(content) in MEMBERS
    else:
        assert kind.name_of(content) == expected


def test_a_field_named_like_a_method_hides_nothing(schema) -> None:
    """A schema may call a field WhichOneof."""
    kind = EnvelopeType(schema.message("p.Hiding"))
    assert kind.payload_of(kind.parse(bytes.fromhex("08011200"))) == "near"


def test_a_type_without_a_oneof_is_called_by_its_name(schema) -> None:
    """proto3 optional makes no payload of a field."""
    kind = EnvelopeType(schema.message("p.Flat"))
    assert kind.oneof is None
    assert kind.payload_of(kind.parse(b"")) == "Flat"
