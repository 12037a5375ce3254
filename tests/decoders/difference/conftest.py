"""A schema with all that can be compared, and messages of it."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from google.protobuf import json_format
from hypothesis import strategies as st

from paperknife_decoders.envelope import Envelope
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import load_schema
from paperknife_decoders.wire.writing import varint

PROTOS = {
    "three.proto": """
        syntax = "proto3"; package three;
        import "google/protobuf/timestamp.proto"; import "google/protobuf/any.proto";
        import "google/protobuf/struct.proto"; import "google/protobuf/wrappers.proto";
        import "google/protobuf/duration.proto";
        enum Side { NONE = 0; BUY = 1; SELL = 2; }
        message Decimal { string value = 1; }
        message Leaf { string text = 1; uint64 request_id = 2; double price = 3; Decimal limit = 4; Side side = 5; }
        message Body {
          repeated Leaf leaves = 1; map<string, Leaf> by_name = 2; repeated int32 numbers = 3; Body inner = 4;
          oneof one { string name = 5; Leaf leaf = 6; int32 number = 7; }
          optional int32 maybe = 8; repeated double doubles = 9; map<string, string> labels = 10;
          google.protobuf.Timestamp time = 11; google.protobuf.Any any = 12; google.protobuf.Struct extra = 13;
          bytes raw = 14; string client_tag = 15; string password = 16; int64 sent_at = 17; float ratio = 18;
          google.protobuf.Value value = 19; google.protobuf.StringValue order_id = 20; optional string note = 21;
          map<int32, double> by_number = 22; repeated string order_ids = 23; google.protobuf.Duration took = 24;
          bool open = 25; repeated google.protobuf.Timestamp times = 26;
        }
        message Beat { uint64 sequence = 1; }
        message Envelope { oneof payload { Body body = 1; Beat beat = 2; } int64 time = 3; string id = 4; }
    """,
    "two.proto": """
        syntax = "proto2"; package two;
        import "three.proto";
        enum Closed { A = 1; B = 2; }
        message Body {
          required int32 id = 1; repeated group Part = 2 { repeated three.Leaf leaves = 1; optional Closed closed = 2; }
          repeated Closed many = 3; optional string text = 5 [default = "x"]; extensions 6 to 12;
          extend Body { repeated three.Leaf more = 7; optional double weight = 8; }
        }
        message Envelope { oneof payload { Body body = 1; three.Beat beat = 2; } }
    """,
}


@pytest.fixture(scope="session")
def kinds(tmp_path_factory) -> dict[str, EnvelopeType]:
    """Envelope types by the name of their package."""
    folder = tmp_path_factory.mktemp("protos")
    for name, text in PROTOS.items():
        (folder / name).write_text(text)
    schema = load_schema([folder])
    assert not schema.faults
    return {name: EnvelopeType(schema.message(f"{name}.Envelope")) for name in ("three", "two")}


def length_delimited(number: int, content: bytes) -> bytes:
    """A field of wire type 2."""
    return varint(number << 3 | 2) + varint(len(content)) + content


NUMBERS = st.integers(1, 27)
DOUBLES = st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf")]).map(lambda value: struct.pack("<d", value))
NANS = st.sampled_from([b"\x01\0\0\0\0\0\xf8\xff", b"\0\0\0\0\0\0\xf8\x7f"])
TEXTS = st.sampled_from([b"", b"a", b"b", b"\x08\x01", b"\x08\xff\x01", b"desk", b"type.googleapis.com/three.Leaf"])
PLAIN = st.one_of(
    st.builds(lambda number, value: varint(number << 3) + varint(value), NUMBERS, st.integers(0, 3)),
    st.builds(lambda number: varint(number << 3) + b"\x81\x80\x00", NUMBERS),
    st.builds(lambda number, value: varint(number << 3 | 1) + value, NUMBERS, DOUBLES | NANS),
    st.builds(length_delimited, NUMBERS, TEXTS),
)
FIELDS = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda number, parts, is_group: (
            varint(number << 3 | 3) + b"".join(parts) + varint(number << 3 | 4)
            if is_group
            else length_delimited(number, b"".join(parts))
        ),
        NUMBERS,
        st.lists(inner, max_size=4),
        st.booleans(),
    ),
    max_leaves=12,
)


@st.composite
def two_messages(draw) -> tuple[bytes, bytes]:
    """Two envelopes that have much in common: the fields of one, some of them moved, changed, doubled or taken out."""
    one = draw(st.lists(FIELDS, max_size=6))
    other = draw(st.permutations(one)) if draw(st.booleans()) else list(one)
    if draw(st.booleans()):
        other = [*other[: draw(st.integers(0, len(other)))], *draw(st.lists(FIELDS, max_size=2))]
    number = draw(st.sampled_from([1, 1, 1, 2]))
    return length_delimited(number, b"".join(one)), length_delimited(number, b"".join(other))


@pytest.fixture
def decoded_three(kinds) -> Callable[[dict], Envelope]:
    """A function that makes an envelope of JSON."""
    kind = kinds["three"]

    def made(content: dict) -> Envelope:
        message = json_format.ParseDict(content, kind.parse(b""), descriptor_pool=kind.descriptor.file.pool)
        return read_envelope(message.SerializeToString(), kind)

    return made
