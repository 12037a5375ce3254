"""Why bytes do not parse as a type."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory
from google.protobuf.message import DecodeError as ProtobufDecodeError
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.oddities.parse_fault import fault_text, parse_fault
from paperknife_decoders.parsing import read_envelope

PROTO = """
    syntax = "proto3"; package t;
    message Order {
      string id = 1; Order under = 2; repeated uint32 sizes = 3; map<string, Order> named = 4; bytes raw = 5;
    }
    message Root { Order order = 1; repeated Order orders = 2; }
"""

CASES = [
    ("0a03 0a0141", None),
    ("0a03 2a01ff", None),
    ("0a", "a number is cut short at byte 1"),
    ("0a05 0a0141", "field 1 ends after 3 of its 5 bytes at byte 5"),
    ("0a05 0a0341", "field 1 ends after 1 of its 3 bytes at byte 5 in field order"),
    ("0a03 0a01ff", "a string that is not UTF-8 at byte 4 in field order.id"),
    ("0a05 1203 0a01ff", "a string that is not UTF-8 at byte 6 in field order.under.id"),
    ("0a03 1a0181", "a number is cut short at byte 5 in field order.sizes"),
    ("0a0a 2208 0a0161 1203 0a01ff", "a string that is not UTF-8 at byte 11 in field order.named.id"),
    ("12020a00 12020a01", "field 1 ends after 0 of its 1 bytes at byte 8 in field orders"),
    ("0a02 1801 0e", "wire type 6, which does not exist, at byte 4"),
    ("3a05 41", "field 7 ends after 1 of its 5 bytes at byte 3"),
    ("0a02 0001", "field number 0, which is not allowed, at byte 2 in field order"),
]


@pytest.fixture(scope="module")
def root(proto_schema):
    """The type of all messages here."""
    return proto_schema(PROTO).message("t.Root")


@pytest.mark.parametrize(("hexed", "expected"), CASES)
def test_faults(root, hexed, expected):
    """The innermost fault is told with its byte and the path of names to it."""
    fault = parse_fault(bytes.fromhex(hexed), root)
    assert (str(fault) if fault else None) == expected


def test_deep_nesting(root):
    """Nesting that parsers refuse is told as such."""
    data = b""
    for _ in range(10_000):
        size = len(data)
        length = bytearray()
        while size > 127:
            length.append(size & 127 | 128)
            size >>= 7
        data = b"\x12" + bytes([*length, size]) + data
    assert "deeper than 100 levels" in str(parse_fault(data, root))


REASONS = {
    "not UTF-8": (
        b"\x0a\x03\x0a\x01\xff",
        "does not parse as t.Root: a string that is not UTF-8 at byte 4 in field order.id",
    ),
    "a number cut short": (b"\x0a", "does not parse as t.Root: a number is cut short at byte 1"),
    "JSON, whose place in it says nothing": (b'{"order": 1}', "does not parse as t.Root"),
    "good": (b"\x0a\x00", ""),
    "more fields than are looked at": (b"\x38\x01" * 500_000 + b"\x07", "does not parse as t.Root"),
    "a longer list than is looked at": (
        b"\x0a\x84\x80\x40\x1a\x80\x80\x40" + b"\x01" * 0xFFFFF + b"\x81",
        "does not parse as t.Root",
    ),
}


@pytest.mark.parametrize(("data", "expected"), REASONS.values(), ids=REASONS)
def test_the_reason_is_shown(root, data, expected):
    """What does not parse says why and where, if that is found in bounded time."""
    assert fault_text(read_envelope(data, EnvelopeType(root))) == expected


def test_fields_that_are_looked_at_are_counted_in_all(root):
    """The limit holds for the message as a whole, however deep its fields lie."""
    data = b""
    for _ in range(20):
        data = b"\x12" + bytes([len(data) + 8 & 127 | 128, len(data) + 8 >> 7]) + data + b"\x38\x01" * 4
    data += b"\x12\x03\x0a\x01\xff"
    assert parse_fault(data, root, limit=10) is None
    assert parse_fault(data, root) is not None


@given(data=st.binary(max_size=60) | st.lists(st.sampled_from(list(range(34))), max_size=30).map(bytes))
def test_it_finds_a_fault_where_the_parser_does(root, data):
    """A message has a fault exactly if the parser refuses it."""
    try:
        message_factory.GetMessageClass(root).FromString(data)
    except ProtobufDecodeError:
        fault = parse_fault(data, root)
        assert fault is not None
        assert 0 <= fault.offset <= len(data)
    else:
        assert parse_fault(data, root) is None
