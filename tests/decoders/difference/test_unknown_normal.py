"""Unknown fields in normal form."""

from __future__ import annotations

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty

from paperknife_decoders.difference.unknown_normal import LARGEST, settle_unknown, unknown_by_number, unknown_bytes
from paperknife_decoders.parsing import read_envelope

CASES = [
    (b"", b""),
    (b"\x12\x01a\x08\x01", b"\x08\x01\x12\x01a"),
    (b"\x08\x02\x12\x00\x08\x01", b"\x08\x02\x08\x01\x12\x00"),
    (b"\x08\x81\x80\x00", b"\x08\x01"),
    (b"\x88\x00\x01", b"\x08\x01"),
    (b"\x0d\x01\x00\x00\x00", b"\x0d\x01\x00\x00\x00"),
    (b"\x09\x01\x00\x00\x00\x00\x00\x00\x80", b"\x09\x01\x00\x00\x00\x00\x00\x00\x80"),
    (b"\x0b\x18\x01\x10\x81\x00\x0c", b"\x0b\x10\x01\x18\x01\x0c"),
    (b"\x08" + b"\xff" * 9 + b"\x01", b"\x08" + b"\xff" * 9 + b"\x01"),
]


@pytest.mark.parametrize(("data", "normal"), CASES)
def test_unknown_fields_are_sorted_and_short(data, normal) -> None:
    """Those of one number keep their order."""
    message = Empty.FromString(data)
    settle_unknown(message)
    assert message.SerializeToString() == normal


def test_they_are_found_at_any_depth(kinds) -> None:
    """In lists, in maps, and beside known fields, which stay."""
    leaf = b"\xc0\x3e\x02\xb8\x3e\x01\x0a\x01x"
    body = b"\x0a\x09" + leaf + b"\x12\x0e\x0a\x01k\x12\x09" + leaf + b"\x32\x09" + leaf
    message = read_envelope(b"\x0a" + bytes([len(body)]) + body, kinds["three"]).message
    settle_unknown(message)
    for each in (message.body.leaves[0], message.body.by_name["k"], message.body.leaf):
        assert each.SerializeToString() == b"\x0a\x01x\xb8\x3e\x01\xc0\x3e\x02"


def test_they_are_told_by_number() -> None:
    """Each number with all that it has."""
    found = unknown_by_number(Duration.FromString(b"\x08\x01\x28\x01\x20\x07\x28\x02"))
    assert {number: [each.data for each in fields] for number, fields in found.items()} == {4: [7], 5: [1, 2]}


def test_of_a_large_message_they_stay_as_they_came() -> None:
    """A peer may send so many that sorting them would hold everything up; they are compared as a whole."""
    data = b"\x28\x02\x20\x01" * (LARGEST // 4 + 1)
    message = Duration.FromString(b"\x08\x07" + data)
    settle_unknown(message)
    assert message.SerializeToString() == b"\x08\x07" + data
    assert unknown_bytes(message) == data
