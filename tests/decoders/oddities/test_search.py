"""What lies in a message's bytes and its type does not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.oddities.search import Oddity, OddityKind, find_oddities

UNKNOWN, ENUM, ZERO = OddityKind.UNKNOWN_FIELD, OddityKind.UNKNOWN_ENUM_VALUE, OddityKind.FIELD_ZERO

PROTO = """
    syntax = "proto2"; package t;
    enum Side { BUY = 1; SELL = -1; }
    enum Phase { CLOSED = 0; OPEN = 1; }
    message Leg { optional string symbol = 1; optional Side side = 2; optional Leg under = 3; }
    message Bare {}
    message Root {
      optional Leg leg = 1;
      repeated Leg legs = 2;
      map<string, Leg> by_name = 3;
      repeated Side sides = 4;
      repeated sint32 numbers = 5 [packed = true];
      optional group Old = 6 { optional int32 x = 1; }
      map<int32, Phase> phase_of = 7;
      optional Bare bare = 8;
      extensions 100 to 199;
    }
    extend Root { optional Leg extra = 100; optional Side extra_side = 101; }
"""

CASES = [
    # nothing odd
    ("", []),
    ("0a03 0a0141", []),
    ("0a02 1001", []),
    ("0a0b 10ffffffffffffffffff01", []),
    ("20 01 20 ffffffffffffffffff01", []),
    ("22 01 01", []),
    ("2a 02 0102", []),
    ("28 01 28 02", []),
    ("33 08 05 34", []),
    ("1a 09 0a0161 1204 0a02 4142", []),
    ("a206 03 0a0141", []),
    # unknown fields
    ("48 01", [(UNKNOWN, (), 9)]),
    ("0a02 2001", [(UNKNOWN, ("leg",), 4)]),
    ("0a04 1a02 2001", [(UNKNOWN, ("leg", "under"), 4)]),
    ("12022001 12022001 12022801", [(UNKNOWN, ("legs",), 4), (UNKNOWN, ("legs",), 5)]),
    ("1a07 0a0161 1202 2001", [(UNKNOWN, ("by_name",), 4)]),
    ("1a05 0a0161 1801", [(UNKNOWN, ("by_name",), 3)]),
    ("33 10 05 34", [(UNKNOWN, ("old",), 2)]),
    ("4b 08 05 4c", [(UNKNOWN, (), 9)]),
    ("a206 02 2001", [(UNKNOWN, ("[t.extra]",), 4)]),
    # a known number with another wire type is what a parser calls unknown
    ("0801", [(UNKNOWN, (), 1)]),
    ("30 01", [(UNKNOWN, (), 6)]),
    # enum values, closed ones too
    ("0a02 1007", [(ENUM, ("leg", "side"), 7)]),
    ("22 03 010207", [(ENUM, ("sides",), 2), (ENUM, ("sides",), 7)]),
    ("3a04 0801 1009", [(ENUM, ("phase_of",), 9)]),
    ("a806 05", [(ENUM, ("[t.extra_side]",), 5)]),
    ("0a0b 10feffffffffffffffff01", [(ENUM, ("leg", "side"), -2)]),
    # field number 0, which upb takes in a type without fields
    ("42 02 0001", [(ZERO, ("bare",), 0)]),
]


@pytest.fixture(scope="module")
def root(proto_schema):
    """The type of all messages here."""
    return proto_schema(PROTO).message("t.Root")


@pytest.mark.parametrize(("hexed", "expected"), CASES)
def test_oddities(root, hexed, expected):
    """Each oddity is found once, with the path to it."""
    assert find_oddities(bytes.fromhex(hexed), root) == tuple(Oddity(*case) for case in expected)


def test_the_number_of_oddities_is_bounded(root):
    """A peer cannot make the list of oddities grow."""
    data = b"".join(bytes([number << 3 & 127 | 128, number >> 4, 1]) for number in range(200, 260))
    assert len(find_oddities(data, root)) == 32
    assert len(find_oddities(data, root, limit=5)) == 5


def test_the_search_is_bounded(root):
    """No more fields are looked at than allowed; the oddity behind them stays unseen."""
    data = b"\x28\x01" * 100 + b"\x48\x01"
    assert find_oddities(data, root, most_fields=50) == ()
    assert len(find_oddities(data, root, most_fields=101)) == 1


@given(data=st.binary(max_size=60))
def test_any_bytes_can_be_searched(root, data):
    """Bytes that are no message of the type do no harm."""
    assert len(find_oddities(data, root)) <= 32


def test_deep_nesting(root):
    """More levels than a parser follows are not followed."""
    data = b"\x20\x01"
    for _ in range(10_000):
        size = len(data)
        length = bytearray()
        while size > 127:
            length.append(size & 127 | 128)
            size >>= 7
        data = b"\x1a" + bytes([*length, size]) + data
    assert find_oddities(data, root.fields_by_name["leg"].message_type) == ()
