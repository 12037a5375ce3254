"""What holds of many messages, found by one parse."""

from __future__ import annotations

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.overlay import KEPT, NOTHING, PREFIXES, Accord, files_for, joined, look_for
from paperknife_decoders.schema import load_schema
from paperknife_decoders.wire.writing import varint

PROTOS = {
    "three.proto": """
        syntax = "proto3"; package three;
        enum Side { NONE = 0; BUY = 1; }
        message Leaf { string text = 1; int64 number = 2; }
        message Body {
          repeated Leaf leaves = 1; map<string, Leaf> by_name = 2; repeated int32 numbers = 3; Body inner = 4;
          oneof one { string text = 5; Leaf leaf = 6; int32 number = 7; }
          optional int32 maybe = 8; Side side = 9; map<int32, Side> sides = 10;
        }
        message Beat {}
        message Envelope { oneof payload { Body body = 1; Beat beat = 2; } }
        message Mixed { oneof payload { Body body = 1; Beat beat = 2; int32 count = 4; } int64 time = 3; }
    """,
    "two.proto": """
        syntax = "proto2"; package two;
        import "three.proto";
        enum Closed { A = 0; B = 1; }
        message Body {
          required int32 id = 1; repeated group Part = 2 { repeated three.Leaf leaves = 1; optional Closed closed = 2; }
          repeated Closed many = 3; optional string text = 5 [default = "x"]; extensions 6 to 12;
          extend Body { repeated three.Leaf more = 7; }
        }
        message Envelope { oneof payload { Body body = 1; three.Beat beat = 2; } }
    """,
    "extra.proto": """
        syntax = "proto2"; package extra;
        import "two.proto";
        message Extra { repeated two.Body bodies = 1; }
        extend two.Body { optional Extra extra = 6; repeated int32 numbers = 8 [packed = true]; }
    """,
    "edition.proto": """
        edition = "2023"; package edition;
        message Leaf { string text = 1 [features.utf8_validation = NONE]; repeated Leaf leaves = 2; }
        message Body {
          repeated Leaf parts = 1 [features.message_encoding = DELIMITED]; repeated int32 numbers = 3;
          int32 implicit = 5 [features.field_presence = IMPLICIT]; Body inner = 4;
        }
        message Envelope { oneof payload { Body body = 1; Leaf beat = 2; } }
    """,
}

NAMES = ("three.Envelope", "three.Mixed", "two.Envelope", "edition.Envelope")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory) -> dict[str, EnvelopeType]:
    """Types of every syntax, one with extensions in a file that nothing imports."""
    folder = tmp_path_factory.mktemp("protos")
    for name, text in PROTOS.items():
        (folder / name).write_text(text)
    schema = load_schema([folder])
    assert not schema.faults
    return {name: EnvelopeType(schema.message(name)) for name in NAMES}


def length_delimited(number: int, content: bytes) -> bytes:
    """A field of wire type 2."""
    return varint(number << 3 | 2) + varint(len(content)) + content


NUMBERS = st.integers(1, 12) | st.sampled_from([0, 400])
PLAIN = st.one_of(
    st.builds(lambda number, value: varint(number << 3) + varint(value), NUMBERS, st.integers(0, 300)),
    st.builds(lambda number, value: varint(number << 3 | 5) + value, NUMBERS, st.binary(min_size=4, max_size=4)),
    st.builds(length_delimited, NUMBERS, st.binary(max_size=4)),
)
FIELDS = st.recursive(
    st.lists(PLAIN, max_size=3).map(b"".join),
    lambda inner: st.lists(
        st.builds(length_delimited, NUMBERS, inner)
        | st.builds(lambda number, held: varint(number << 3 | 3) + held + varint(number << 3 | 4), NUMBERS, inner),
        max_size=3,
    ).map(b"".join),
    max_leaves=6,
)
ENVELOPE = st.builds(length_delimited, st.sampled_from([1, 1, 1, 2, 3]), FIELDS)
CONTENT = st.one_of(
    ENVELOPE,
    ENVELOPE,
    FIELDS,
    st.builds(lambda one, other: one + other, ENVELOPE, ENVELOPE),
    st.builds(lambda whole, cut: whole[: -cut or None], ENVELOPE, st.integers(0, 3)),
    st.binary(max_size=6),
)


def parses(kind: EnvelopeType, content: bytes) -> bool:
    """What protobuf says of one message."""
    try:
        kind.parse(content)
    except DecodeError:
        return False
    return True


def has_unknown(kind: EnvelopeType, content: bytes) -> bool:
    """True if something is lost when a message's unknown fields are discarded."""
    message = kind.parse(content)
    before = kind.serialize(message)
    kind.discard(message)
    return kind.serialize(message) != before


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(contents=st.lists(CONTENT, min_size=1, max_size=4))
def test_it_is_what_a_look_at_each_message_finds(kinds, name: str, contents: list[bytes]) -> None:
    """Whatever comes: each message parses, or not; none with an unknown field passes as known; the names are right."""
    kind = kinds[name]
    found = kind.accord(contents)
    assert found.parses == all(parses(kind, content) for content in contents)
    if not found.parses:
        assert found == NOTHING
        return
    if found.known:
        assert not any(has_unknown(kind, content) for content in contents)
    else:
        # `knows_all_of` misses what the rest makes up for in size; a look at what is lost does not
        assert any(has_unknown(kind, content) or not kind.knows_all_of(content) for content in contents)
    if found.member:
        assert found.known
        assert {kind.payload_of(kind.parse(content)) for content in contents} == {found.member}


BODY, BEAT, NEWER, CLOSED = b"\x0a\x02\x40\x05", b"\x12\x00", b"\x0a\x02\x60\x05", b"\x0a\x04\x13\x10\x09\x14"
DEEP = b"\x0a\x04\x22\x02\x60\x05"
ACCORDS = [
    ("three.Envelope", [], Accord(True, True)),
    ("three.Envelope", [BODY] * 9, Accord(True, True, "body")),
    ("three.Envelope", [BODY + BODY, BODY], Accord(True, True, "body")),
    ("three.Envelope", [BEAT], Accord(True, True, "beat")),
    ("three.Envelope", [BODY, BEAT], Accord(True, True)),
    ("three.Envelope", [BODY, b""], Accord(True, True)),
    ("three.Envelope", [BODY, NEWER, BODY], Accord(parses=True)),
    ("three.Envelope", [BODY, DEEP], Accord(parses=True)),
    ("three.Envelope", [BODY, b"\x0a\x03\x40"], NOTHING),
    ("three.Envelope", [b"\x0a\x04\x40\x05", b"\x40\x05"], NOTHING),
    ("three.Envelope", [BEAT, b"\x12\x02\x00\x01"], Accord(parses=True)),
    ("three.Mixed", [BODY] * 9, Accord(True, True)),
    ("three.Mixed", [b"\x18\x00"], Accord(True, True)),
    ("two.Envelope", [CLOSED], Accord(parses=True)),
    ("two.Envelope", [b"\x0a\x04\x32\x02\x0a\x00"], Accord(True, True, "body")),
    ("two.Envelope", [b"\x0a\x04\x32\x02\x0a\x05"], NOTHING),
]


@pytest.mark.parametrize(("name", "contents", "expected"), ACCORDS)
def test_accord(kinds, name: str, contents: list[bytes], expected: Accord) -> None:
    """Of a feed the one payload is told; a newer field at any depth, a cut message, a field beside it are noticed.

    A message that is cut off does not go on in the next one.
    """
    assert kinds[name].accord(contents) == expected


@pytest.mark.parametrize("length", [0, 1, 127, 128, KEPT - 1, KEPT, 1 << 21])
def test_messages_of_any_size(kinds, length: int) -> None:
    """They are joined with their lengths, of which only the short ones' are kept."""
    content = length_delimited(1, length_delimited(5, b"x" * length))
    assert joined([content, b""]) == length_delimited(1, content) + b"\x0a\x00"
    assert kinds["three.Envelope"].accord([content] * 2) == Accord(True, True, "body")
    assert max(PREFIXES) < KEPT


def test_files_come_after_what_they_import(kinds) -> None:
    """Also those of extensions, which nothing imports."""
    names = [file.name for file in files_for(kinds["two.Envelope"].descriptor)]
    assert names == ["three.proto", "two.proto", "extra.proto"]


def test_a_type_that_cannot_be_copied_is_looked_at_by_nobody(kinds, monkeypatch) -> None:
    """Then nothing is said to hold of its messages."""
    monkeypatch.setattr("paperknife_decoders.overlay.files_for", lambda descriptor: [])
    assert look_for(kinds["three.Envelope"].descriptor, {})([BODY]) == NOTHING


def test_a_chain_of_types_of_any_length(proto_schema) -> None:
    """Protobuf follows it by recursion, which ends somewhere."""
    types = "".join(f"message M{number} {{ M{number + 1} next = 1; }}" for number in range(2000))
    schema = proto_schema(f'syntax = "proto3"; package chain; {types} message M2000 {{ int32 end = 1; }}')
    assert look_for(schema.message("chain.M0"), {})([b"\x0a\x00"]) == NOTHING
    assert look_for(schema.message("chain.M1980"), {})([b"\x0a\x00"]).known
