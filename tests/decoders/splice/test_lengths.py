"""Edits, and the lengths around them."""

from __future__ import annotations

import pytest

from paperknife_decoders.splice import SpliceError
from paperknife_decoders.splice.lengths import Edit, applied, length_like, relengthed
from paperknife_decoders.wire.walker import Field, WireType, walk

LENGTHS = [
    ("05", 5, 6, "06"),
    ("05", 5, 128, "8001"),
    ("8001", 128, 5, "05"),
    ("8500", 5, 6, "8600"),
    ("8500", 5, 128, "8001"),
    ("8500", 5, 16384, "808001"),
    ("85808000", 5, 300, "ac828000"),
    ("8580808000", 5, 0, "8080808000"),
]


@pytest.mark.parametrize(("before", "size", "new", "after"), LENGTHS)
def test_lengths(before, size, new, after) -> None:
    """A length that takes more bytes than it needs does so further on, where the new one fits in them."""
    width = len(bytes.fromhex(before))
    assert length_like(Field(1, WireType.LENGTH, size, 0, 1, 1 + width, 0, 0), new).hex() == after


def test_too_long() -> None:
    """No parser takes more than 2 GiB."""
    with pytest.raises(SpliceError, match=r"^field 1 would have 2,147,483,648 bytes; parsers take no more than 2 GiB$"):
        length_like(Field(1, WireType.LENGTH, 1, 0, 1, 2, 3, 3), 1 << 31)


def test_records_side_by_side() -> None:
    """Each edit changes the length of the record that it is in: at the end of one and at the start of the next too."""
    data = bytes.fromhex("0a0161 0a0162 0a0163")
    edits = [Edit(3, 3, b"x"), Edit(5, 5, b"y"), Edit(5, 6, b"")]
    assert applied(data, relengthed(edits, walk(data))).hex(" ") == "0a 02 61 78 0a 01 79 0a 01 63"


def test_what_stays_the_same_is_not_written_anew() -> None:
    """A record that keeps its length keeps the bytes of its length; a group has none."""
    data = bytes.fromhex("0b 0c")
    assert relengthed([Edit(1, 1, b"\x08\x01")], walk(data)) == [Edit(1, 1, b"\x08\x01")]
    data = bytes.fromhex("0a 818000 61")
    assert relengthed([Edit(4, 5, b"b")], walk(data)) == [Edit(4, 5, b"b")]
