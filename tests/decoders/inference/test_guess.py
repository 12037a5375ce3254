"""Types and labels, narrowed by all samples of a field."""

from __future__ import annotations

import struct

import pytest

from paperknife_decoders.inference.guess import guess
from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.unknown import varint


def number(value: int) -> bytes:
    """Field 1 with a varint."""
    return b"\x08" + varint(value & (1 << 64) - 1)


def fixed(layout: str, *values: float) -> bytes:
    """Field 1, once for each value."""
    tag = b"\x09" if layout in "dqQ" else b"\x0d"
    return b"".join(tag + struct.pack(f"<{layout}", value) for value in values)


def content(*samples: bytes | str) -> bytes:
    """Field 1, once for each content."""
    parts = [each.encode() if isinstance(each, str) else each for each in samples]
    return b"".join(b"\x0a" + varint(len(each)) + each for each in parts)


TIME = b"\x08" + varint(1_790_000_000) + b"\x10" + varint(500_000_000)
DIGEST = bytes(range(120, 152))

CASES = {
    "numbers": ([number(7), number(300)], "int64", "7 to 300"),
    "negative numbers": ([number(7), number(-2)], "int64", "-2 to 7"),
    "hashes": ([number(7), number(-(1 << 62))], "uint64", "could be int64"),
    "few ones": ([number(1)] * 3, "int64", "could be bool"),
    "many ones and zeros": ([number(1), number(0)] * 10, "optional bool", "could be a number"),
    "few different ones": ([number(1), number(3)] * 10, "int64", "only 1, 3; could be an enum"),
    "times": ([number(1_790_000_000_000)] * 2, "int64", "could be a time"),
    "a zero": ([number(7), number(0)], "optional int64", "0 to 7"),
    "several numbers": ([number(7) + number(8)], "repeated int64 [packed = false]", "7 to 8"),
    "doubles": ([fixed("d", 5021.25)], "double", "could be fixed64"),
    "floats": ([fixed("f", 0.5), fixed("f", 1.5)], "float", "could be fixed32"),
    "integers": ([fixed("Q", 7)], "fixed64", "could be double"),
    "integers below zero": ([fixed("i", -7)], "sfixed32", "could be float"),
    "zeros": ([fixed("d", 0.0)], "optional fixed64", "always 0"),
    "text": ([content("ESZ6"), content("NQZ6")], "string", "2 of 2 samples read as text; could be bytes"),
    "text that is none once": ([content("ESZ6"), content(b"\xff")], "bytes", "2 samples of 1 to 4 B"),
    "texts": ([content("ESZ6", "NQZ6")], "repeated string", "2 of 2 samples"),
    "no text ever": ([content("")], "optional string", "always empty"),
    "what was masked": ([content("*****"), content("*")], "string", "a secret, so call it password or the like"),
    "lines": ([content("one\ntwo")], "string", "read as text"),
    "rough text": ([content("\x1b[31mred alert")], "string", "control characters"),
    "messages": ([content(b"\x08\x01"), content(b"\x08\x96\x01")], "message", "could be bytes"),
    "many messages": ([content(b"\x08\x01")] * 4, "message", "4 of 4 samples read as a message"),
    "no message once": ([content(b"\x08\x01"), content(b"\x08\xff")], "bytes", "1 read as a message before one did"),
    "messages or nothing": ([content(b"\x08\x01"), content("")], "message", "2 of 2 samples"),
    "a text that is a message": ([content(" A")], "string", "could be bytes, or a message"),
    "times in two parts": ([content(TIME)], "google.protobuf.Timestamp", "read as a time"),
    "packed doubles": ([content(struct.pack("<2d", 5021.1, 0.3))], "repeated double", "could be bytes"),
    "packed floats": ([content(struct.pack("<2f", 1.1, 2.2))], "repeated float", "could be bytes"),
    "packed numbers": ([content(b"\x01\x02\x03")], "repeated int64", "could be bytes"),
    "a digest": ([content(DIGEST)], "bytes", "32 B"),
    "bytes twice": ([content(b"\x01\x02\x03", b"\x04")], "repeated bytes", "1 to 3 B"),
    "packed and not": ([number(300), content(b"\x01\x02")], "repeated int64", "came both packed and one by one"),
    "mixed": ([number(7), number(7), content(b"\xff\xfe")], "int64", "1 sample as length stay unknown"),
    "groups": ([b"\x0b\x0c"], "group", "proto3 cannot declare"),
}


@pytest.mark.parametrize(("messages", "expected", "note"), CASES.values(), ids=CASES)
def test_guess(messages, expected, note):
    """All samples agree on the type; the note says on what it is founded, and what else it could be."""
    sketch = Sketch()
    assert all(map(sketch.absorb, messages))
    made = guess(sketch.fields[1])
    assert f"{made.label} {made.type}{made.options}".strip() == expected
    assert note in made.note


def test_a_payload_is_no_list():
    """A member of a `oneof` has no label, and is a message though nothing is in it."""
    sketch = Sketch()
    sketch.absorb(content(b""))
    assert (guess(sketch.fields[1], in_oneof=True).type, guess(sketch.fields[1]).type) == ("message", "string")
    sketch.absorb(content(b"\x01\x02\x03"))
    assert guess(sketch.fields[1], in_oneof=True).label == ""
