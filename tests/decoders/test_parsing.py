"""Bytes that are one envelope, or what else they are."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.envelope import Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.parsing import looks_like_json, no_json, read_envelope, refused, text_envelope, undecoded
from paperknife_decoders.schema import load_schema

SCHEMA = """
syntax = "proto3";
message Body { string text = 1; }
message Up { oneof payload { Body near = 1; } }
"""


@pytest.fixture(scope="module")
def kind(tmp_path_factory) -> EnvelopeType:
    path: Path = tmp_path_factory.mktemp("protos") / "p.proto"
    path.write_text(SCHEMA)
    return EnvelopeType(load_schema([path]).message("Up"))


ENVELOPES = [
    ("0a00", Form.DECODED, "near"),
    ("", Form.DECODED, ""),
    ("0a02ffff", Form.WIRE, ""),
    ("0a05ff", Form.BYTES, ""),
    ("7b7d", Form.JSON, ""),
]


@pytest.mark.parametrize(("content", "form", "payload"), ENVELOPES)
def test_envelopes(kind, content, form, payload) -> None:
    """What does not parse as the type says so, and what it looks like instead."""
    envelope = read_envelope(bytes.fromhex(content), kind)
    assert (envelope.form, envelope.payload) == (form, payload)
    assert bool(envelope.fault) == (form is not Form.DECODED)


JSON = [
    (b"{}", True),
    (b" [1]", True),
    (b"17", False),
    (b'"text"', False),
    (b"{", False),
    (b"", False),
    (b"   ", False),
    (b"[" * 100_000, False),
]


@pytest.mark.parametrize(("data", "is_json"), JSON)
def test_json_is_an_object_or_an_array(data, is_json) -> None:
    """Bare numbers and strings are too easily something else; nesting without end is none."""
    assert looks_like_json(data) is is_json


def test_texts_are_texts(kind) -> None:
    """Whatever their bytes look like; and they say what was expected."""
    for content, form in ((b"\x0a\x00", Form.TEXT), (b"{}", Form.JSON)):
        assert text_envelope(content, kind).form is form
        assert "Up in a binary one was expected" in text_envelope(content, kind).fault
        assert refused(content, kind, Opcode.TEXT, "too short") == text_envelope(content, kind, "too short")
        assert refused(content, kind, Opcode.BINARY, "too short").form in {Form.WIRE, Form.JSON}


def test_a_side_that_sends_json_may_send_something_else() -> None:
    """Which is told."""
    assert no_json(b"{}", Direction.CLIENT).fault == ""
    assert no_json(b"", Direction.CLIENT).fault == ""
    assert no_json(b"\x0a\x00", Direction.CLIENT).fault == "the client's messages are said to be JSON"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_something(kind, data) -> None:
    """And nothing raises."""
    assert read_envelope(data, kind).data == data
    assert undecoded(data, None, "").form in {Form.JSON, Form.WIRE, Form.BYTES}
