"""Secrets in the bytes of an envelope."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, text_format
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.redaction.edits import apply, spans_of
from paperknife_decoders.redaction.fields import MOST_FIELDS, TooMuch, find_secrets
from paperknife_decoders.redaction.plan import Plan
from paperknife_decoders.secrets import Secrets

PROTO = """
syntax = "proto2";
package fields;
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
enum Level { NONE = 0; HIGH = 7; }
message Inner {
  optional string token = 1; optional int32 pin = 2; repeated sint32 packed = 3 [packed = true];
  repeated fixed32 fixed = 4 [packed = true]; optional double number = 5; optional Inner inner = 6;
  optional string text = 7; optional Level level = 8; repeated bytes data = 9; map<string, int64> counts = 10;
}
message Envelope {
  optional string user = 1; optional string password = 2; repeated bytes api_key = 3;
  optional Inner inner = 4; map<string, string> labels = 5; map<string, Inner> inners = 6;
  optional google.protobuf.Any any = 7; optional google.protobuf.Struct struct = 8;
  optional google.protobuf.StringValue secret = 9;
  optional group Grouped = 10 { optional string token = 1; optional string text = 2; }
  map<string, google.protobuf.StringValue> wrapped = 11;
  repeated Inner several = 12; map<string, string> credentials = 13;
  optional google.protobuf.Value value = 14; optional google.protobuf.ListValue list = 15;
  extensions 100 to 200;
}
extend Envelope { optional string passphrase = 100; }
"""

SECRETS = Secrets()


def masked(kind: EnvelopeType, data: bytes, secrets: Secrets = SECRETS, *, strict: bool = False) -> bytes:
    """The bytes without secrets; of equal length, and as they were outside of what is said to be masked."""
    found = find_secrets(data, kind.descriptor, Plan(secrets), strict=strict)
    result = apply(data, found.edits)
    assert len(result) == len(data)
    kept = bytearray(result)
    for start, end in spans_of(found.edits):
        kept[start:end] = data[start:end]
    assert kept == data
    return result


@pytest.fixture(scope="module")
def kind(proto_schema) -> EnvelopeType:
    """The envelope's type."""
    return EnvelopeType(proto_schema(PROTO).message("fields.Envelope"))


def message_of(kind: EnvelopeType, content: dict) -> object:
    pool = kind.descriptor.file.pool
    return json_format.ParseDict(content, kind.parse(b""), descriptor_pool=pool)


ANY = {"@type": "type.googleapis.com/fields.Inner", "token": "secret", "text": "plain"}

CASES = [
    ({"user": "alice"}, {"user": "alice"}),
    ({"password": "hunter2"}, {"password": "*******"}),
    ({"password": ""}, {"password": ""}),
    ({"apiKey": ["AAECAw==", "Zm9v"]}, {"apiKey": ["KioqKg==", "Kioq"]}),
    ({"inner": {"token": "é", "pin": 5, "text": "t"}}, {"inner": {"token": "**", "pin": 5, "text": "t"}}),
    ({"inner": {"inner": {"inner": {"token": "abc"}}}}, {"inner": {"inner": {"inner": {"token": "***"}}}}),
    ({"labels": {"api_key": "abc", "x": "y"}}, {"labels": {"api_key": "***", "x": "y"}}),
    ({"inners": {"token": {"token": "abc", "text": "t"}}}, {"inners": {"token": {"token": "***", "text": "t"}}}),
    ({"any": ANY}, {"any": ANY | {"token": "******"}}),
    ({"secret": "abc"}, {"secret": "***"}),
    ({"wrapped": {"jwt": "abc", "a": "b"}}, {"wrapped": {"jwt": "***", "a": "b"}}),
    ({"credentials": {"a": "abc"}}, {"credentials": {"a": "***"}}),
    ({"grouped": {"token": "abc", "text": "t"}}, {"grouped": {"token": "***", "text": "t"}}),
    ({"several": [{"token": "a"}, {"token": "b"}]}, {"several": [{"token": "*"}, {"token": "*"}]}),
    ({"[fields.passphrase]": "abc"}, {"[fields.passphrase]": "***"}),
    (
        {"struct": {"password": "abc", "a": {"token": ["x", "yz"]}, "b": "token"}},
        {"struct": {"password": "***", "a": {"token": ["*", "**"]}, "b": "token"}},
    ),
    ({"struct": {"password": {"secret": "a", "b": "c"}}}, {"struct": {"password": {"secret": "*", "b": "c"}}}),
    ({"struct": {"password": 5}}, {"struct": {"password": 5}}),
    ({"value": {"password": "abc"}}, {"value": {"password": "***"}}),
    ({"list": [{"password": "abc"}]}, {"list": [{"password": "***"}]}),
]


@pytest.mark.parametrize(("content", "expected"), CASES)
def test_named_secrets(kind, content: dict, expected: dict) -> None:
    """A text with a secret name becomes asterisks wherever it lies, and everything else stays."""
    data = message_of(kind, content).SerializeToString(deterministic=True)
    assert masked(kind, data) == message_of(kind, expected).SerializeToString(deterministic=True)


DECLARED = [
    ("user", 'user: "abc" password: "x"', 'user: "***" password: "*"'),
    ("inner.pin", "inner { pin: 300 number: 2 }", "inner { pin: 0 number: 2 }"),
    ("inner.pin", "inner { inner { pin: 3 } }", "inner { inner { pin: 3 } }"),
    ("inner.packed", "inner { packed: [1, -300, 70000] }", "inner { packed: [0, 0, 0] }"),
    ("inner.fixed", "inner { fixed: [1, 2] }", "inner { fixed: [0, 0] }"),
    ("inner.number", "inner { number: 2.5 }", "inner { number: 0 }"),
    ("inner.level", "inner { level: HIGH }", "inner { level: NONE }"),
    ("inner.counts", 'inner { counts { key: "ab" value: 7 } }', 'inner { counts { key: "**" value: 0 } }'),
    (
        "inner",
        'inner { pin: 1 text: "abc" inner { fixed: 5 data: "ab" level: HIGH } }',
        'inner { pin: 0 text: "***" inner { fixed: 0 data: "**" level: NONE } }',
    ),
    ("inners.text", 'inners { key: "a" value { text: "t" } }', 'inners { key: "a" value { text: "*" } }'),
    ("grouped", 'Grouped { text: "t" }', 'Grouped { text: "*" }'),
    (
        "struct.a",
        'struct { fields { key: "a" value { number_value: 3 } } fields { key: "b" value { number_value: 3 } } }',
        'struct { fields { key: "a" value { number_value: 0 } } fields { key: "b" value { number_value: 3 } } }',
    ),
    ("any.text", 'any { [t/fields.Inner] { text: "t" } }', 'any { [t/fields.Inner] { text: "*" } }'),
]


@pytest.mark.parametrize(("path", "content", "expected"), DECLARED)
def test_declared_secrets(kind, path: str, content: str, expected: str) -> None:
    """A declared path holds for every kind of field and for all below it, and for that path alone."""
    pool = kind.descriptor.file.pool
    before, after = (text_format.Parse(text, kind.parse(b""), descriptor_pool=pool) for text in (content, expected))
    secrets = Secrets(paths=frozenset({path}))
    assert kind.parse(masked(kind, before.SerializeToString(), secrets)) == after


RAW = [
    ("22 04 10 80 80 00", "22 04 10 80 80 00", "a zero that is over-long already"),
    ("22 04 10 81 82 03", "22 04 10 80 80 00", "an over-long number stays as wide"),
    ("22 03 15 01 02", None, "a number that is cut short"),
    ("22 03 1a 01 05", "22 03 1a 01 00", "packed"),
    ("22 02 18 05", "22 02 18 00", "not packed"),
    ("22 04 9a 06 01 61", "22 04 9a 06 01 2a", "a field that the schema does not know"),
    ("22 02 10 05 22 02 10 06", "22 02 10 00 22 02 10 00", "said twice"),
]


@pytest.mark.parametrize(("data", "expected", "_"), RAW)
def test_on_the_wire(kind, data: str, expected: str | None, _: str) -> None:
    """Whatever form a number has on the wire, it is zero in the same form; bytes that do not parse are refused."""
    secrets = Secrets(paths=frozenset({"inner"}))
    if expected is None:
        with pytest.raises(DecodeError):
            masked(kind, bytes.fromhex(data), secrets)
    else:
        assert masked(kind, bytes.fromhex(data), secrets) == bytes.fromhex(expected)


def test_a_member_that_another_one_overrides(proto_schema) -> None:
    """What the parser throws away is on the wire all the same, and masked there."""
    schema = proto_schema(
        'syntax = "proto3"; package o; message L { string password = 1; } message N { int32 n = 1; }'
        "message Envelope { oneof payload { L l = 1; N n = 2; } }"
    )
    kind = EnvelopeType(schema.message("o.Envelope"))
    data = kind.parse(b"\x0a\x05\x0a\x03abc").SerializeToString() + b"\x12\x02\x08\x05"
    assert kind.payload_of(kind.parse(data)) == "n"
    assert masked(kind, data) == b"\x0a\x05\x0a\x03***\x12\x02\x08\x05"


STRICT = [
    ("text", b"\xca\x3e\x02zz", b"\xca\x3e\x02**"),
    ("number", b"\xc8\x3e\xac\x02", b"\xc8\x3e\x80\x00"),
    ("known", b"\x0a\x01a", b"\x0a\x01a"),
    ("inner unknown", b"\x22\x07\x3a\x01t\xca\x06\x01z", b"\x22\x07\x3a\x01t\xca\x06\x01*"),
    ("wrong wire type", b"\x08\x05", b"\x08\x00"),
    ("unknown group", b"\xcb\x3e\x0a\x01a\xcc\x3e", b"\xcb\x3e\x0a\x01*\xcc\x3e"),
    ("unknown any", b"\x3a\x08\x0a\x03t/x\x12\x01v", b"\x3a\x08\x0a\x03t/x\x12\x01*"),
]


@pytest.mark.parametrize(("_", "data", "expected"), STRICT)
def test_strictly(kind, _: str, data: bytes, expected: bytes) -> None:
    """What the schema does not know is blanked at every level where strictness is asked for, and kept else."""
    assert masked(kind, data, strict=True) == expected
    assert masked(kind, data) == data


def test_too_much(kind) -> None:
    """A message with more fields than are looked at is refused, in bounded time; so is one that nests too deeply."""
    with pytest.raises(TooMuch):
        masked(kind, b"\x0a\x00" * (MOST_FIELDS + 1))
    data = b""
    for depth in range(150):
        size = len(data)
        length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
        data = (b"\x22" if depth == 149 else b"\x32") + length + data
    with pytest.raises(TooMuch):
        masked(kind, data)


@settings(deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_any_bytes(kind, data: bytes, strict: bool) -> None:
    """Whatever comes is masked in equal length or refused with the one error."""
    try:
        masked(kind, data, Secrets(paths=frozenset({"inner", "struct.a", "value"})), strict=strict)
    except DecodeError:
        return


PLAIN, HIDDEN = st.sampled_from(["", "plain", "ünïcode"]), st.sampled_from(["S3CR3T", "S3CR3T-é", "S3CR3T" * 30])
INNER = st.deferred(
    lambda: st.fixed_dictionaries(
        {},
        optional={
            "token": HIDDEN,
            "text": PLAIN,
            "pin": st.integers(-5, 5),
            "packed": st.lists(st.integers(-999, 999), max_size=3),
            "inner": INNER,
            "counts": st.dictionaries(PLAIN, st.integers(0, 9), max_size=2),
        },
    )
)
CONTENT = st.fixed_dictionaries(
    {},
    optional={
        "user": PLAIN,
        "password": HIDDEN,
        "inner": INNER,
        "several": st.lists(INNER, max_size=3),
        "inners": st.dictionaries(PLAIN, INNER, max_size=2),
        "labels": st.dictionaries(PLAIN, PLAIN, max_size=2),
        "credentials": st.dictionaries(PLAIN, HIDDEN, max_size=2),
        "struct": st.dictionaries(PLAIN, PLAIN | st.fixed_dictionaries({"token": HIDDEN, "a": PLAIN}), max_size=3),
        "grouped": st.fixed_dictionaries({"token": HIDDEN, "text": PLAIN}),
        "secret": HIDDEN,
    },
)


@settings(deadline=None)
@given(CONTENT, st.binary(max_size=9))
def test_whole_messages(kind, content: dict, unknown: bytes) -> None:
    """Of any message every secret goes and nothing else: it parses again, and what changed are the secrets alone."""
    more = b"\xca\x3e" + bytes([len(unknown)]) + unknown
    data = message_of(kind, content).SerializeToString() + more
    result = masked(kind, data)
    assert b"S3CR3T" not in result
    found = find_secrets(data, kind.descriptor, Plan(SECRETS))
    assert all(value.startswith(b"S3CR3T") for value in found.values)
    assert sum(map(len, found.values)) == sum(end - start for start, end, _ in found.edits)
    kind.parse(result)
    assert masked(kind, result) == result
