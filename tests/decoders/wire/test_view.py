"""The wire view and the wire summary."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.paint import ANSI
from paperknife_decoders.wire.view import Limits, wire_summary, wire_text


def field(number: int, content: bytes | str) -> bytes:
    """A length-delimited field of fewer than 16,384 bytes."""
    data = content.encode() if isinstance(content, str) else content
    size = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 127 | 128, len(data) >> 7])
    return bytes([number << 3 | 2]) + size + data


PRICE = b"\x09" + struct.pack("<d", 5021.25)

VIEWS = [
    (b"", "# empty: no field is set"),
    (b"\x08\x96\x01", "1: 150"),
    (b"\x08\x07", "1: 7                    # or sint64 -4"),
    (b"\x08\x01", "1: 1                    # or true or sint64 -1"),
    (b"\x08\x00", "1: 0                    # or false"),
    (b"\x18\xfb" + b"\xff" * 8 + b"\x01", "3: -5"),
    (PRICE, "1: 5021.25              # double, or fixed64 4662242937462063104"),
    (field(1, "ESZ6"), '1: "ESZ6"'),
    (field(1, ""), '1: ""                   # empty'),
    (field(1, "(2"), '1: "(2"                 # or message {5=50}'),
    (field(1, b"\x01\x02\x03"), "1: [1, 2, 3]            # maybe packed varints, or bytes 010203"),
    (field(1, b"\xff\x00"), "1: ff00                 # bytes"),
    (
        field(3, PRICE),
        "3:                      # message, 9 B\n  1: 5021.25            # double, or fixed64 46622429374",
    ),
    (b"\x0b\x10\x02\x0c", "1:                      # group, 2 B\n  2: 2"),
]

BROKEN = [
    (b"\x08\x96\x01\x0e\x01", "1: 150\n# wire type 6, which does not exist, at byte 3; the rest is 0e01"),
    (b"\x08", "# a number is cut short at byte 1; the rest is 08"),
    (field(2, "hello")[:-2], '2: "hel"                # field 2 ends after 3 of its 5 bytes at byte 5'),
    (
        field(2, field(3, "hello") + b"\x08\x02")[:-4],
        "2:                      # message, 5 B  # field 2 ends after 5 of its 9 bytes at byte 7\n"
        '  3: "hel"              # field 3 ends after 3 of its 5 bytes at byte 7',
    ),
    (b"\x0b\x08\x02", "1:                      # group, 2 B  # group 1 is still open at byte 3\n  1: 2"),
]


def squeezed(text: str) -> list[str]:
    """The lines with runs of spaces within them made one, for the columns of comments are not the point."""
    return [re.sub(r"(?<=\S) +", " ", line) for line in text.splitlines()]


@pytest.mark.parametrize(("data", "view"), VIEWS)
def test_views(data, view):
    """Each field has a line with its number, its best reading and what else it could be."""
    shown = wire_text(data)
    assert squeezed(shown)[: view.count("\n")] == squeezed(view)[: view.count("\n")]
    assert squeezed(shown)[-1].startswith(squeezed(view)[-1])


@pytest.mark.parametrize(("data", "view"), BROKEN)
def test_broken_bytes(data, view):
    """What could be read comes first; then what is wrong at which byte, and the rest as hex."""
    assert squeezed(wire_text(data)) == squeezed(view)


def test_comments_stand_in_one_column():
    """Short values leave their comments below each other."""
    lines = wire_text(b"\x08\x07\x10\x09" + field(3, b"\x08\x07")).splitlines()
    assert len({line.index("#") for line in lines}) == 1


def nested(levels: int) -> bytes:
    """A message in a message in a message ..."""
    data = b""
    for _ in range(levels):
        size = len(data)
        length = bytearray()
        while size > 127:
            length.append(size & 127 | 128)
            size >>= 7
        data = b"\x0a" + bytes([*length, size]) + data
    return data


def test_ten_thousand_levels():
    """Deep nesting ends in a line that says so."""
    shown = wire_text(nested(10_000))
    assert len(shown.splitlines()) == Limits().depth + 1
    assert "nested deeper than 32 levels" in shown


def test_many_fields():
    """After the most lines that are shown, the last one tells how many bytes are left."""
    lines = wire_text(b"\x08\x07" * 100, limits=Limits(lines=10)).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "# the last 180 of 200 bytes are not shown"


def test_many_fields_inside():
    """The limit counts the lines of all levels."""
    data = field(1, b"\x08\x07" * 50) + b"\x10\x01"
    lines = wire_text(data, limits=Limits(lines=10)).splitlines()
    assert lines[-1] == "# the last 84 of 104 bytes are not shown"


def test_long_values():
    """The middle of a long value is left out, and its size is told."""
    shown = wire_text(field(1, "x" * 10_000) + field(2, b"\xff\x00" * 5_000))
    assert max(map(len, shown.splitlines())) < 600
    assert "…" in shown
    assert shown.count("(10,000 B)") == 2


def test_hidden_fields():
    """A field that holds a secret shows its number alone."""
    data = field(1, "user") + field(2, "s3cret")
    shown = wire_text(data, hidden=frozenset({len(field(1, "user"))}))
    assert shown.splitlines() == ['1: "user"', "2: [redacted]"]


def test_a_message_with_a_hidden_field_is_never_shown_as_text():
    """A message that could be read as text is opened if a secret lies in it: the text would show it."""
    password = field(6, "x" * 32)
    data = field(1, password)
    assert wire_text(data).startswith('1: "2 xxx')
    assert squeezed(wire_text(data, hidden=frozenset({2}))) == ["1: # message, 34 B", "  6: [redacted]"]
    assert wire_summary(data, 100, hidden=frozenset({2})) == "1={6=[redacted]}"


SUMMARIES = [
    (b"", ""),
    (b"\x08\x07" + field(2, "ESZ6"), '1=7 2="ESZ6"'),
    (field(3, PRICE + b"\x10\x02") + b"\x20\x01", "3={1=5021.25 2=2} 4=1"),
    (field(1, b"\x01\x02"), "1=[1, 2]"),
    (field(1, b"\xff\x00"), "1=ff00"),
    (b"\x0b\x10\x02\x0c", "1={2=2}"),
    (field(2, field(3, "hello"))[:-2], '2={3="hel"} ! field 2 ends after 5 of its 7 bytes at byte 7'),
    (b"\x0e", "! wire type 6, which does not exist, at byte 0"),
    (nested(10), "1={1={1={1={1={…}}}}}"),
]


@pytest.mark.parametrize(("data", "summary"), SUMMARIES)
def test_summaries(data, summary):
    """One line with the best readings; what breaks is told once."""
    assert wire_summary(data, 100) == summary


def test_a_narrow_summary():
    """What does not fit ends in an ellipsis."""
    assert wire_summary(b"\x08\x07" + field(2, "ESZ6 and more"), 12) == '1=7 2="ESZ6…'
    assert wire_summary(b"\x08\x07\x10\x02", 5) == "1=7 …"


ESCAPES = re.compile("\x1b" + r"\[[0-9;]*m")


@given(st.binary(max_size=60), st.integers(0, 40))
def test_any_bytes_can_be_shown(data, width):
    """Nothing raises, nothing unprintable comes out, a summary stays within its width, with colours or without."""
    shown = wire_text(data)
    assert all(line.isprintable() for line in shown.split("\n"))
    assert ESCAPES.sub("", wire_text(data, ANSI)) == shown
    summary = wire_summary(data, width)
    assert summary.isprintable()
    assert len(summary) <= width
    assert ESCAPES.sub("", wire_summary(data, width, ANSI)) == summary


@given(st.text())
def test_hostile_text_is_escaped(text):
    """No control character of a peer is printed as it is."""
    data = field(1, text[:60])
    assert wire_text(data).replace("\n", "").isprintable()
    assert wire_summary(data, 100).isprintable()
