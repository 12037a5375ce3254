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
import "google/protobuf/timestamp.proto"; import "google/protobuf/empty.proto"; import "google/protobuf/wrappers.proto";
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
message Fields {
  uint32 id = 3; repeated Body many = 2; Body one = 1; map<string, Body> by_name = 4; Time at = 5; Body far = 16;
  google.protobuf.Timestamp time = 6; google.protobuf.Empty ping = 7; google.protobuf.StringValue text = 8;
}
message Bodies { repeated Body many = 1; Body one = 2; }
message Numbers { int32 a = 1; repeated int32 b = 2; }
message Time { int64 seconds = 1; }
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


SET_FIELDS = [
    ("", "Fields"),
    ("1807", "Fields"),
    ("0a00", "one"),
    ("1807 0a00", "one"),
    ("1200", "many"),
    ("1200 1200", "many"),
    ("1200 0a00", "one+many"),
    ("2200", "Fields"),
    ("3200", "Fields"),
    ("4200", "Fields"),
    ("3a00", "ping"),
    ("820100", "far"),
    ("2a00 820100 0a00 f87f01", "one+at+far"),
    ("f87f01", "Fields"),
]


@pytest.mark.parametrize(("content", "expected"), SET_FIELDS)
def test_set_fields(schema, content, expected) -> None:
    """Messages that are set and lists of them name the payload, in the order of their numbers; maps and values none."""
    kind = EnvelopeType(schema.message("p.Fields"), set_fields=True)
    data = bytes.fromhex(content)
    assert kind.payload_of(kind.parse(data)) == expected
    assert kind.name_of(data) == expected
    assert kind.head(data) in ("", expected)
    assert set(expected.split("+")) <= set(kind.payloads)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SET_FIELDS), max_size=4), st.binary(max_size=3), st.booleans())
def test_set_fields_of_any_bytes(schema, parts, tail, bodies) -> None:
    """Whatever else stands beside a field, the name without a look inside is the one that parsing gives."""
    kind = EnvelopeType(schema.message("p.Bodies" if bodies else "p.Fields"), set_fields=True)
    content = b"".join(bytes.fromhex(content) for content, _ in parts) + tail
    with contextlib.suppress(DecodeError):
        expected = kind.payload_of(kind.parse(content))
        assert kind.name_of(content) == expected
        accord = kind.accord([content] * 9)
        assert accord.member in ("", expected)


def test_where_nothing_can_be_set(schema) -> None:
    """A type of numbers has its own name, and a oneof says what the payload is whatever else is asked for."""
    assert EnvelopeType(schema.message("p.Numbers"), set_fields=True).payloads == ("Numbers",)
    assert EnvelopeType(schema.message("p.ClientMessage"), set_fields=True).payloads[:2] == ("near", "none")


def test_many_fields_at_once(tmp_path) -> None:
    """A peer that sets hundreds of fields does not get a name of hundreds."""
    fields = "".join(f"M f{number} = {number};" for number in range(1, 300))
    (tmp_path / "p.proto").write_text(f'syntax = "proto3"; message M {{ {fields} }}')
    kind = EnvelopeType(load_schema([tmp_path]).message("M"), set_fields=True)
    message = kind.parse(b"")
    for number in range(1, 300):
        getattr(message, f"f{number}").SetInParent()
    assert kind.payload_of(message) == "f1+f2+f3+f4+f5+f6+f7+f8+291 more"
