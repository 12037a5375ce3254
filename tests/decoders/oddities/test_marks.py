"""What is said to be odd about an envelope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.marks import brief, marks, oddities, unknown_fields
from paperknife_decoders.parsing import read_envelope

PROTO = """
    syntax = "proto3"; package t;
    enum Side { NONE = 0; BUY = 1; }
    message Order { string id = 1; Side side = 2; Nothing nothing = 3; repeated Order legs = 4; }
    message Nothing {}
    message ClientMessage { int64 sequence = 9; oneof payload { Order order = 1; Nothing ping = 2; } }
"""

CASES = [
    ("0a03 0a0141", ()),
    ("0a02 1001", ()),
    ("1200", ()),
    ("0a00", ()),
    ("", ("empty message",)),
    ("4805", ("nothing of ClientMessage is set",)),
    ("0a02 1009", ("order.side=9 unknown",)),
    ("0a02 6001", ("order.unknown field 12",)),
    ("0a02 1001 6001", ("unknown field 12",)),
    ("0a04 1a02 6001", ("order.nothing.unknown field 12",)),
    (
        "0a0a 1009 22021007 22026001",
        ("order.side=9 unknown", "order.legs.side=7 unknown", "order.legs.unknown field 12"),
    ),
    (
        "0a0a 28013001380140015001",
        ("order.unknown field 5", "order.unknown field 6", "order.unknown field 7", "and 2 more"),
    ),
    ("1202 0001", ("field number 0 in ping",)),
    ("6001", ("nothing of ClientMessage is set: another type, or the other direction?", "unknown field 12")),
    (
        "0a030a0541",
        ("does not parse as t.ClientMessage: field 1 ends after 1 of its 5 bytes at byte 5 in field order",),
    ),
    # over-long, but nothing odd about what it says
    ("0a83808000 0a0141", ()),
    ("0a04 10818000", ()),
]


@pytest.fixture(scope="module")
def kind(proto_schema):
    """The type of all envelopes here."""
    return EnvelopeType(proto_schema(PROTO).message("t.ClientMessage"))


@pytest.mark.parametrize(("hexed", "expected"), CASES)
def test_marks(kind, hexed, expected):
    """Short phrases, at most three of one sort, and how many more there are."""
    assert marks(read_envelope(bytes.fromhex(hexed), kind)) == expected


def test_unknown_fields(kind):
    """Unknown fields are also told in a form to be counted, without the enum values."""
    envelope = read_envelope(bytes.fromhex("0a061009 6001 6001 6801"), kind)
    assert unknown_fields(oddities(envelope)) == (("order", 12), ("", 13))


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.DECODED])
def test_what_is_not_decoded(kind, form):
    """An envelope that is not decoded says why, if that is known, and has no unknown fields."""
    assert marks(Envelope(b"x", form, kind, fault="no \x1b good")) == ("no \\x1b good",)
    assert marks(Envelope(b"x", form, None)) == ()
    assert unknown_fields(oddities(Envelope(b"x", form, kind))) == ()


@given(data=st.binary(max_size=40))
def test_any_bytes_have_marks(kind, data):
    """Whatever a peer sends, marks are a few printable phrases, and a message without any has a payload."""
    envelope = read_envelope(data, kind)
    found = marks(envelope)
    assert len(found) <= 5
    assert all(phrase.isprintable() for phrase in found)
    if not found and envelope.form is Form.DECODED:
        assert envelope.payload


@pytest.mark.parametrize(
    ("mark", "short"),
    [
        ("status=6 unknown", "status=6?"),
        ("unknown field 12", "field 12?"),
        ("trades.unknown field 6", "trades.field 6?"),
        ("nothing of ServerMessage is set: another type, or the other direction?", "another type?"),
        ("nothing of ServerMessage is set", "nothing of ServerMessage is set"),
        ("and 3 more", "and 3 more"),
    ],
)
def test_brief(mark: str, short: str) -> None:
    """Where there is little room the same is said in fewer words."""
    assert brief(mark) == short
