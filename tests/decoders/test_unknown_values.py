"""The values of unknown fields, for programs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import MASK, NO_SECRETS, Secrets
from paperknife_decoders.unknown_values import VALUES, unknown_values

PROTO = """
syntax = "proto2"; package u;
enum Side { NONE = 0; BUY = 1; }
message Leg { optional int32 id = 1; optional Side side = 2; repeated Leg legs = 3; }
message Wrapped { optional string value = 1; }
message Login { optional string user = 1; optional string password = 2; optional Wrapped token = 3; }
message Envelope {
  optional Leg leg = 1; map<string, Leg> named = 2; optional Login login = 3; map<string, Wrapped> headers = 4;
  extensions 100 to 200;
}
extend Envelope { optional Leg extra = 100; }
"""


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    """The type of the envelopes."""
    folder = tmp_path_factory.mktemp("unknown")
    (folder / "u.proto").write_text(PROTO)
    return EnvelopeType(load_schema(folder).message("u.Envelope"))


def varint(path, number, value):
    """What is expected of an unknown number."""
    return {"path": path, "number": number, "type": "varint", "value": value}


CASES = {
    "nothing": ("0a02 0801", []),
    "empty": ("", []),
    "a number": ("9806 07", [varint("", 99, 7)]),
    "several of one number": ("9806 07 9806 08", [varint("", 99, 7), varint("", 99, 8)]),
    "a negative number": ("9806 ffffffffffffffffff01", [varint("", 99, (1 << 64) - 1)]),
    "fixed": (
        "9d06 0000c03f 9906 000000000000f83f",
        [
            {"path": "", "number": 99, "type": "fixed32", "value": 0x3FC00000},
            {"path": "", "number": 99, "type": "fixed64", "value": 0x3FF8000000000000},
        ],
    ),
    "text": (
        "9a06 05 68656c6c6f",
        [{"path": "", "number": 99, "type": "length", "size": 5, "value": "68656c6c6f", "text": "hello"}],
    ),
    "bytes": ("9a06 02 ff00", [{"path": "", "number": 99, "type": "length", "size": 2, "value": "ff00"}]),
    "escapes": ("9a06 02 1b63", [{"path": "", "number": 99, "type": "length", "size": 2, "value": "1b63"}]),
    "nothing in it": ("9a06 00", [{"path": "", "number": 99, "type": "length", "size": 0, "value": ""}]),
    "a group": ("9b06 0801 9c06", [{"path": "", "number": 99, "type": "group", "size": 2, "value": "0801"}]),
    "inside": ("0a08 0801 1a04 0802 4805", [varint("leg.legs", 9, 5)]),
    "in a map": ("1207 0a0161 1202 4805", [varint("named", 9, 5)]),
    "in an extension": ("a206 02 4805", [varint("[u.extra]", 9, 5)]),
    "a closed enum": ("0a02 1007", [varint("leg", 2, 7)]),
    "a known field of another wire type": (
        "0a05 0d01000000",
        [{"path": "leg", "number": 1, "type": "fixed32", "value": 1}],
    ),
}


@pytest.mark.parametrize(("data", "expected"), CASES.values(), ids=CASES)
def test_values(kind, data, expected):
    """Each with its path, number, wire type and value."""
    envelope = read_envelope(bytes.fromhex(data), kind)
    found = unknown_values(envelope, Secrets())
    assert found == expected
    assert json.loads(json.dumps(found)) == expected


SECRET = {
    "a password of another wire type": ("1a02 1007", [varint("login", 2, MASK)]),
    "what may hold the password": (
        "1b 1206736563726574 1c",
        [{"path": "", "number": 3, "type": "group", "value": MASK}],
    ),
    "in a message that is secret": ("1a04 1a02 4805", []),
    "under a secret key": ("220e 0a0870617373776f7264 1202 4805", []),
}


@pytest.mark.parametrize(("data", "expected"), SECRET.values(), ids=SECRET)
def test_secrets(kind, data, expected):
    """Nothing of what a schema calls secret is given, unless the user asked for it."""
    envelope = read_envelope(bytes.fromhex(data), kind)
    assert envelope.message is not None
    assert unknown_values(envelope, Secrets()) == expected
    everything = unknown_values(envelope, NO_SECRETS)
    assert everything
    assert MASK not in json.dumps(everything)


def test_declared_paths_are_secret(kind):
    """A path hides all below it."""
    envelope = read_envelope(bytes.fromhex("0a024805"), kind)
    assert unknown_values(envelope, Secrets(frozenset({"leg"}))) == []
    assert unknown_values(envelope, Secrets(frozenset({"leg.id"}))) == [varint("leg", 9, 5)]


def test_long_content_is_cut(kind):
    """The beginning of it, and its size."""
    data = bytes.fromhex("9a06") + b"\x90\x4e" + b"x" * 10_000
    (found,) = unknown_values(read_envelope(data, kind), Secrets())
    assert (found["size"], found["value"], found["text"]) == (10_000, "78" * 1024, "x" * 1024)


def test_text_is_cut_between_characters(kind):
    """A beginning of a text is a text."""
    data = bytes.fromhex("9a06") + b"\xb9\x17" + b"x" + "é".encode() * 1500
    (found,) = unknown_values(read_envelope(data, kind), Secrets())
    assert found["text"] == "x" + "é" * 511


def test_many_are_cut(kind):
    """As many as a reader may want."""
    envelope = read_envelope(bytes.fromhex("980607") * 1000, kind)
    assert len(unknown_values(envelope, Secrets())) == VALUES


def test_what_is_not_decoded_has_none(kind):
    """There the wire fields are listed already."""
    for data in (b"{}", b"\xff\xff", b"hello"):
        assert unknown_values(read_envelope(data, kind), Secrets()) == []
    assert unknown_values(read_envelope(b"\x08\x01", None), Secrets()) == []


@given(st.binary(max_size=200))
def test_it_never_raises(kind, data):
    """Whatever a peer sends."""
    json.dumps(unknown_values(read_envelope(data, kind), Secrets()))
