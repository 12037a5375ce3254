"""Nothing of a peer's moves the cursor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.printable import elide, printable, printable_bytes

ESCAPED = [
    ("plain, ünïcode 漢字 🙂", "plain, ünïcode 漢字 🙂"),
    ("back\\slash", "back\\slash"),
    ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
    ("\x1b[2J\x07\x00\x7f", "\\x1b[2J\\x07\\x00\\x7f"),
    ("\u202egpj.exe\u200b", "\\u202egpj.exe\\u200b"),
    ("\x9b1m\xa0", "\\x9b1m\\xa0"),
    ("\U000e0041\ud800", "\\U000e0041\\ud800"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), ESCAPED)
def test_printable(text: str, shown: str) -> None:
    """Controls, bidirectional marks and half characters are escapes; all else is as it was."""
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_printable_is_one_printable_line(text: str) -> None:
    """Whatever it is made of."""
    shown = printable(text)
    assert shown.isprintable()
    shown.encode()
    assert printable(shown) == shown


BYTES = [
    (b"", 32, ""),
    (b"\x00\xff", 32, "00ff"),
    (b"12345678", 8, "3132333435363738"),
    (b"123456789", 8, "31323334…36373839 (9 B)"),
    (bytes(5000), 3, "00…0000 (5,000 B)"),
]


@pytest.mark.parametrize(("data", "limit", "shown"), BYTES)
def test_printable_bytes(data: bytes, limit: int, shown: str) -> None:
    """Hex; of much, both ends and how much it is."""
    assert printable_bytes(data, limit) == shown


@given(st.text(), st.integers(1, 50))
def test_elided_text_keeps_to_its_limit(text: str, limit: int) -> None:
    """What fits is left alone; of what does not, beginning and end are kept."""
    shown = elide(text, limit)
    assert len(shown) <= limit
    if len(text) <= limit:
        assert shown == text
    else:
        head, _, tail = shown.partition("…") if "…" not in text else ("", "", "")
        assert text.startswith(head)
        assert text.endswith(tail)
