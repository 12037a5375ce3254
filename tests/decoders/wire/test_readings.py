"""What length-delimited content is read as."""

from __future__ import annotations

import hashlib
import struct
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.wire.readings import SAMPLE, Kind, best_reading, content_readings, readings
from paperknife_decoders.wire.walker import Field, WireType, walk, walk_partly

BEST = [
    # the empty one first
    (b"", Kind.STRING),
    # text
    (b"B", Kind.STRING),
    (b"ESZ6", Kind.STRING),
    ("Grüße, 世界".encode(), Kind.STRING),
    (b"(2", Kind.STRING),
    (b"line one\nline two\r\n", Kind.STRING),
    (b"\x1b[31mred\x1b[0m alert, said the peer", Kind.STRING),
    (str(uuid.UUID(int=7)).encode(), Kind.STRING),
    (b'{"a": 1}', Kind.STRING),
    # messages
    (b"\x08\x01", Kind.MESSAGE),
    (b"\x08\x96\x01", Kind.MESSAGE),
    (b"\x0a\x05hello", Kind.MESSAGE),
    (b"\x0a\x0ahelloworld", Kind.MESSAGE),
    (b"\x0a\x00", Kind.MESSAGE),
    (b"\x0a\x04ESZ6\x10\x07", Kind.MESSAGE),
    (b"\x0b\x08\x01\x0c", Kind.MESSAGE),
    # packed numbers
    (b"\x01\x02\x03", Kind.PACKED_VARINT),
    (b"\xac\x02\x90\x03", Kind.PACKED_VARINT),
    (b"\x00" * 5, Kind.PACKED_VARINT),
    (struct.pack("<3d", 5021.25, 5021.5, 0), Kind.PACKED_DOUBLE),
    (struct.pack("<2f", 1.1, 2.2), Kind.PACKED_FLOAT),
    # bytes
    (b"\xff", Kind.BYTES),
    (b"\xe2\x82", Kind.BYTES),
    (hashlib.sha256(b"1").digest(), Kind.BYTES),
    (hashlib.md5(b"23").digest(), Kind.BYTES),
    (bytes(range(256)), Kind.BYTES),
    (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", Kind.BYTES),
]

ALSO = [
    (b"(2", Kind.MESSAGE),
    (b"\x0a\x0ahelloworld", Kind.STRING),
    (b"\x08\x01\x10\x02", Kind.PACKED_VARINT),
    (b"\x01\x02\x03", Kind.BYTES),
    (struct.pack("<3d", 5021.25, 5021.5, 0), Kind.BYTES),
    # a field number of a message is seldom so high: not the best reading, but still one
    (b"\xf8\xff\xff\xff\x0f\x01", Kind.MESSAGE),
]


@pytest.mark.parametrize(("data", "kind"), BEST)
def test_the_best_reading(data, kind):
    """The likeliest reading comes first."""
    assert content_readings(data, 0, len(data))[0].kind is kind


@pytest.mark.parametrize(("data", "kind"), ALSO)
def test_other_readings(data, kind):
    """What the bytes allow besides is not kept back."""
    assert kind in [reading.kind for reading in content_readings(data, 0, len(data))[1:]]


def test_values():
    """Strings and numbers are read; what nests has no value of its own."""
    values = {reading.kind: reading.value for reading in content_readings(b"\x08\x01\x10\x02", 0, 4)}
    assert values[Kind.PACKED_VARINT] == (8, 1, 16, 2)
    assert values[Kind.MESSAGE] is None
    assert content_readings(struct.pack("<2f", 1.1, 2.2), 0, 8)[0].value == (1.1, 2.2)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("Grüße"[:3].encode()[:-1], Kind.STRING),
        (b"\x0a\x05hel", Kind.MESSAGE),
        (b"\x0a\x05hello\x10", Kind.MESSAGE),
        (b"\xff\xff", Kind.BYTES),
    ],
)
def test_content_that_is_cut(data, kind):
    """Text cut within a character is text, and a message cut within a field is a message."""
    assert content_readings(data, 0, len(data), cut=True)[0].kind is kind


def test_long_content_is_judged_by_its_beginning():
    """A long string is read up to a limit, also where that falls into a character."""
    data = b"a" + "é".encode() * SAMPLE
    best = content_readings(data, 0, len(data))[0]
    assert best.kind is Kind.STRING
    assert isinstance(best.value, str)
    assert len(best.value) < SAMPLE


def test_only_the_content_is_read():
    """The bytes around a field make no difference."""
    data = b"\x0a\x04ESZ6\x12\x02\xff\xff"
    first, second = walk(data)
    assert readings(data, first)[0].value == "ESZ6"
    assert readings(data, second)[0].kind is Kind.BYTES


@given(st.binary(max_size=40), st.booleans())
def test_any_content_has_readings(data, cut):
    """Content is always at least bytes; nothing raises, and no reading comes twice."""
    kinds = [reading.kind for reading in content_readings(data, 0, len(data), cut=cut)]
    assert Kind.BYTES in kinds
    assert len(set(kinds)) == len(kinds)


@given(st.binary(max_size=40), st.booleans())
def test_the_short_way_to_the_best_reading(data, cut):
    """The quick answer is the same as the first of all readings."""
    for field in (Field(1, WireType.LENGTH, len(data), 0, 0, 0, len(data), len(data)), *walk_partly(data).fields):
        if field.wire_type is WireType.LENGTH:
            expected = content_readings(data, field.content, field.content_end, cut=cut)[0]
        else:
            expected = readings(data, field)[0]
        assert best_reading(data, field, cut=cut) == expected


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1))
def test_plain_text_is_a_string(text):
    """Text without control characters is a string, whatever else it could be."""
    best = content_readings(text.encode(), 0, len(text.encode()))[0]
    assert (best.kind, best.value) == (Kind.STRING, text)
