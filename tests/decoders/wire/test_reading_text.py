"""How a reading is written."""

from __future__ import annotations

import pytest

from paperknife_decoders.wire.reading_text import hex_text, reading_text
from paperknife_decoders.wire.readings import Kind, Reading, readings
from paperknife_decoders.wire.walker import walk

CASES = [
    (Reading(Kind.VARINT, 7), "7"),
    (Reading(Kind.BOOL, True), "true"),
    (Reading(Kind.DOUBLE, 5021.0), "5021.0"),
    (Reading(Kind.TIME, "2026-03-02T14:03:21Z"), "2026-03-02T14:03:21Z"),
    (Reading(Kind.STRING, 'a"b\n'), '"a\\"b\\n"'),
    (Reading(Kind.STRING, "\x1b[2J"), '"\\u001b[2J"'),
    (Reading(Kind.STRING, "\u202eabc"[:2]), '"\\u202ea"'),
    (Reading(Kind.BYTES), "61626364"),
    (Reading(Kind.MESSAGE), "{…}"),
    (Reading(Kind.PACKED_VARINT, (97, 98, 99, 100)), "[97, 98, 99, 100]"),
]


@pytest.mark.parametrize(("reading", "text"), CASES)
def test_readings(reading, text):
    """Values are written as JSON writes them, and are safe to print."""
    data = b"\x0a\x04abcd"
    assert reading_text(reading, data, walk(data)[0]) == text


@pytest.mark.parametrize("size", [64, 65, 1000])
def test_long_bytes(size):
    """Bytes as hex keep both ends, and their size is told where some are left out."""
    shown = hex_text(bytes(size), 0, size, 64)
    assert shown == "00" * 64 if size == 64 else shown.endswith(f"({size:,} B)")


def test_a_long_packed_list_tells_its_length():
    """Not all numbers are shown, but how many there are is."""
    data = b"\x0a\x64" + bytes([1, 0x96, 1, 2] * 25)
    (field,) = walk(data)
    packed = next(reading for reading in readings(data, field) if reading.kind is Kind.PACKED_VARINT)
    assert reading_text(packed, data, field).endswith(", … 75 in all]")
