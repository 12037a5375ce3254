"""An envelope as a JSON object and in the text format."""

from __future__ import annotations

import json

import pytest
from google.protobuf import json_format, text_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperknife_decoders.documents import json_object, textproto
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.wire.writing import length_delimited

SECRETS = Secrets()

PROTO = """
syntax = "proto3";
package doc;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Side { NONE = 0; BUY = 1; }
message All {
  int32 a = 1; int64 b = 2; uint64 c = 3; float d = 4; double e = 5; bool f = 6; string g = 7; bytes h = 8; Side i = 9;
  repeated int64 j = 10; map<string, sint64> k = 11; map<bool, Side> l = 12; map<int64, All> m = 13;
  repeated All n = 14;
  optional uint32 o = 15; google.protobuf.Timestamp p = 16; google.protobuf.Duration q = 17;
  google.protobuf.FieldMask r = 18; google.protobuf.Struct s = 19; google.protobuf.Value t = 20;
  google.protobuf.ListValue u = 21; google.protobuf.Any v = 22; google.protobuf.Empty w = 23;
  google.protobuf.Int64Value x = 24; google.protobuf.BytesValue y = 25; google.protobuf.FloatValue z = 26;
  google.protobuf.NullValue aa = 27; repeated google.protobuf.Any bb = 28; fixed64 cc = 29;
  sfixed64 dd = 30;
  string password = 40; int32 pin = 41; map<string, string> headers = 42; google.protobuf.StringValue token = 43;
  repeated string secret = 44;
  map<string, google.protobuf.StringValue> wrapped = 45;
}
message Envelope { oneof payload { All all = 1; } }
"""

SAMPLES = [
    {},
    {"a": -1, "b": "-9223372036854775808", "c": "18446744073709551615", "cc": "5", "dd": "-5"},
    {"d": 0.1, "e": 0.1, "f": True, "g": "é\u202e", "h": "AAE="},
    {"d": "NaN", "e": "-Infinity", "i": "BUY", "j": ["1", "2"], "k": {"x": "-1"}, "l": {"true": "BUY"}},
    {"d": 1e30, "e": -0.0, "i": 9, "m": {"5": {"a": 1}}, "n": [{}, {"a": 2}], "o": 0},
    {"p": "2026-03-02T14:03:21.5Z", "q": "-1.5s", "r": "a,bC", "w": {}, "x": "0", "y": "", "z": "NaN"},
    {"s": {"a": [1, None, {"b": True}], "c": 1.5}, "t": "x", "u": [1, []], "aa": None},
    {"v": {"@type": "x/doc.All", "a": 1}, "bb": [{"@type": "x/google.protobuf.Duration", "value": "20s"}, {}]},
    {"v": {"@type": "x/google.protobuf.Struct", "value": {"a": 1}}, "t": None},
]


@pytest.mark.parametrize("content", SAMPLES)
def test_json_is_what_the_library_writes(decoded, content: dict) -> None:
    """Where nothing is secret and all is valid, the object is the one of the proto3 JSON mapping."""
    envelope = decoded(PROTO, {"all": content})
    theirs = json_format.MessageToDict(
        envelope.message, preserving_proto_field_name=True, descriptor_pool=envelope.type.descriptor.file.pool
    )
    assert json_object(envelope, SECRETS) == theirs


def test_what_the_mapping_has_no_place_for(decoded) -> None:
    """A time of the year 30,000, an Any of an unknown type: the plain fields of the message, and the rest as ever."""
    envelope = decoded(PROTO, {"all": {"a": 1, "v": {"@type": "x/doc.All"}}})
    message = envelope.message
    message.all.p.seconds = 10**15
    message.all.q.seconds = 10**15
    message.all.r.paths.append("a.B_")
    message.all.v.type_url = "x/doc.Nothing"
    message.all.v.value = b"\x01"
    message.all.t.number_value = float("inf")
    shown = json_object(read_envelope(message.SerializeToString(), envelope.type), SECRETS)["all"]
    assert shown == {
        "a": 1,
        "p": {"seconds": "1000000000000000"},
        "q": {"seconds": "1000000000000000"},
        "r": {"paths": ["a.B_"]},
        "t": "Infinity",
        "v": {"@type": "x/doc.Nothing", "value": "AQ=="},
    }


SECRET_CONTENT = {
    "password": "hunter2",
    "pin": 4711,
    "headers": {"Authorization": "hunter2", "Accept": "yes"},
    "token": "hunter2",
    "secret": ["hunter2", "hunter2"],
    "wrapped": {"api_key": "hunter2", "other": "yes"},
    "s": {"password": "hunter2", "list": [{"token": "hunter2"}]},
    "v": {"@type": "x/doc.All", "password": "hunter2", "a": 1},
    "n": [{"password": "hunter2", "m": {"1": {"token": "hunter2"}}}],
}


def test_secrets_are_masked(decoded) -> None:
    """By name wherever text is: in fields, wrappers, lists, maps, Struct, Any, at any depth."""
    envelope = decoded(PROTO, {"all": SECRET_CONTENT})
    before = envelope.message.SerializeToString(deterministic=True)
    shown = json_object(envelope, SECRETS)["all"]
    text = textproto(envelope, SECRETS)
    assert "hunter2" not in json.dumps(shown) + text
    assert shown["headers"] == {"Authorization": "[redacted]", "Accept": "yes"}
    assert shown["wrapped"] == {"api_key": "[redacted]", "other": "yes"}
    assert shown["s"] == {"password": "[redacted]", "list": [{"token": "[redacted]"}]}
    assert shown["v"] == {"@type": "x/doc.All", "a": 1, "password": "[redacted]"}
    assert shown["pin"] == 4711
    assert text.count("hunter2") == 0
    assert text.count("[redacted]") >= 9
    assert envelope.message.SerializeToString(deterministic=True) == before
    assert "hunter2" in json.dumps(json_object(envelope, NO_SECRETS))


@pytest.mark.parametrize(
    "path",
    [
        *("all.pin", "all.password", "all.headers", "all.n", "all.n.password", "all.n.m", "all.s"),
        *("all.s.list.token", "all.v", "all.token.value", "all"),
    ],
)
def test_declared_paths_are_masked(decoded, path: str) -> None:
    """A declared secret is masked whatever its kind, and the text format stays one that can be read."""
    envelope = decoded(PROTO, {"all": SECRET_CONTENT})
    secrets = Secrets(paths=frozenset({path}), names=frozenset())
    everything = json.dumps(json_object(envelope, NO_SECRETS))
    shown = json.dumps(json_object(envelope, secrets))
    assert "[redacted]" in shown
    assert shown.count("hunter2") + shown.count("4711") < everything.count("hunter2") + everything.count("4711")
    text = textproto(envelope, secrets)
    assert "[redacted]" in text
    text_format.Parse(text, envelope.type.parse(b""), descriptor_pool=envelope.type.descriptor.file.pool)


def test_text_format_says_what_was_taken_out(decoded) -> None:
    """Numbers have no mask: a comment names the field instead."""
    text = textproto(decoded(PROTO, {"all": {"pin": 4711, "a": 1}}), Secrets(paths=frozenset({"all.pin"})))
    assert text == "# all.pin: [redacted]\nall {\n  a: 1\n}\n"


def test_text_format_of_an_any_that_is_damaged(decoded) -> None:
    """Where the library for the text format gives up, the JSON stands in a comment."""
    broken = length_delimited(1, b"example.org/doc.Envelope") + length_delimited(2, b"\xff")
    text = textproto(decoded(PROTO, {}, length_delimited(1, length_delimited(22, broken))), Secrets())
    assert text.startswith('# {"all": {"v": {"@type": "example.org/doc.Envelope"')
    assert text.isprintable()


PROTO2 = """
syntax = "proto2";
package old;
message Envelope {
  optional string text = 1; extensions 100 to 200; repeated string more = 2;
  optional group Part = 3 { optional int32 a = 1; }
}
extend Envelope { optional string note = 100; optional string password = 101; }
"""


def test_proto2(proto_schema) -> None:
    """Text that is no UTF-8, extensions and groups are shown; a secret extension is masked."""
    kind = EnvelopeType(proto_schema(PROTO2).message("Envelope"))
    data = b"\x0a\x02\xffa" + b"\x12\x01\xfe" + b"\x1b\x08\x05\x1c" + b"\xa2\x06\x01n" + b"\xaa\x06\x01x"
    envelope = read_envelope(data, kind)
    assert json_object(envelope, SECRETS) == {
        "text": "\\xffa",
        "more": ["\\xfe"],
        "part": {"a": 5},
        "[old.note]": "n",
        "[old.password]": "[redacted]",
    }
    assert '[old.password]: "[redacted]"' in textproto(envelope, SECRETS)


SEVEN = {"number": 1, "type": "varint", "value": 7}
MASKED = {"password": "[redacted]", "a": "NaN"}


def test_a_field_that_is_called_like_a_method(decoded) -> None:
    """A schema may have a field called ListFields, which the library's own writers do not survive."""
    proto = 'syntax = "proto3"; package m; message Envelope { Envelope ListFields = 1; int32 a = 2; }'
    kind = decoded(proto, {}).type
    envelope = read_envelope(bytes.fromhex("0a021005"), kind)
    assert json_object(envelope, SECRETS) == {"ListFields": {"a": 5}}
    assert textproto(envelope, SECRETS) == '# {"ListFields": {"a": 5}}'


@pytest.mark.parametrize(
    ("envelope", "known"),
    [
        (Envelope(b"\x08\x07", Form.WIRE, fault="f"), {"form": "wire", "fault": "f", "fields": [SEVEN], "hex": "0807"}),
        (Envelope(b'{"password": "x", "a": NaN}', Form.JSON), {"form": "json", "json": MASKED}),
        (Envelope(b"a\xff", Form.TEXT), {"form": "text", "text": "a\\xff"}),
        (Envelope(b"\xff", Form.BYTES, fault="no"), {"form": "bytes", "fault": "no", "hex": "ff"}),
    ],
    ids=["wire", "json", "text", "bytes"],
)
def test_other_forms(envelope: Envelope, known: dict) -> None:
    """What is no message is an object that says what it is; in the text format it is a comment."""
    assert json_object(envelope, SECRETS) == known
    assert textproto(envelope, SECRETS).startswith("# {")


def test_a_message_that_is_cut_short_keeps_its_secrets(decoded) -> None:
    """Bytes that do not parse show no secret, in hex neither."""
    whole = decoded(PROTO, {"all": {"g": "shown", "password": "hunter2"}})
    cut = read_envelope(whole.data[:-1], whole.type)
    assert cut.form is not Form.DECODED
    assert b"hunter".hex() not in json.dumps(json_object(cut, SECRETS))
    assert b"hunter".hex() not in textproto(cut, SECRETS)


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_raises(decoded, data: bytes) -> None:
    """Whatever comes can be written as strict JSON and as text format."""
    reader = Protocol(client=decoded(PROTO, {}).type).reader()
    for opcode in (Opcode.TEXT, Opcode.BINARY):
        for envelope in reader.read(Direction.CLIENT, opcode, data):
            json.dumps(json_object(envelope, SECRETS), allow_nan=False)
            textproto(envelope, SECRETS)
