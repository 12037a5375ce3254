"""What is replaced, and by what."""

import pytest

from paperknife_decoders.redaction.edits import DONE, STARS, VARINTS, ZEROS, Edit, apply, joined, moved, spans_of


@pytest.mark.parametrize(
    ("data", "edits", "expected"),
    [
        (b"abc", [], b"abc"),
        (b"abcd", [Edit(1, 3)], b"a**d"),
        (b"abcd", [Edit(1, 3, ZEROS)], b"a\0\0d"),
        (b"\x81\x82\x03\x05", [Edit(0, 4, VARINTS)], b"\x80\x80\x00\x00"),
        (b"abcd", [Edit(0, 4, DONE)], b"abcd"),
        (b"abcd", [Edit(0, 1, STARS), Edit(3, 4, STARS)], b"*bc*"),
    ],
)
def test_edits(data: bytes, edits: list[Edit], expected: bytes) -> None:
    """Bytes are replaced by as many of their kind."""
    assert apply(data, edits) == expected


def test_spans() -> None:
    """Spans are sorted, and those that overlap or touch are one."""
    assert joined([(5, 6), (0, 2), (2, 3), (1, 2)]) == ((0, 3), (5, 6))
    assert spans_of([Edit(3, 4), Edit(0, 1)]) == ((0, 1), (3, 4))
    assert moved(Edit(1, 2, ZEROS), 3) == Edit(4, 5, ZEROS)
