"""The ways in which a value may be written."""

import pytest

from paperknife_decoders.redaction.spellings import Needle, needles


@pytest.mark.parametrize(
    ("needle", "data", "spans"),
    [
        (Needle(b"abc"), b"xabcabcx", [(1, 4), (4, 7)]),
        (Needle(b"abc"), b"ab", []),
        (Needle(b'"ab"', before=-1, after=-1), b'"ab""ab"', [(1, 3), (5, 7)]),
        (Needle(b'"ab"', before=-1, after=-1), b'"ab"ab"', [(1, 3), (4, 6)]),
        (Needle(b"abc", before=1, after=1), b"xabcx", [(0, 5)]),
        (Needle(b"abc", before=1, after=1), b"abc", [(0, 3)]),
        (Needle(b"abc", before=1, after=1), b" abc=", [(1, 4)]),
    ],
)
def test_spans(needle: Needle, data: bytes, spans: list[tuple[int, int]]) -> None:
    """A needle is found everywhere, with what belongs to the value of its neighbours, and less what does not."""
    assert list(needle.spans(data)) == spans


@pytest.mark.parametrize(
    ("value", "count"),
    [(b"abc", 2), (b"abcdefgh", 5), (b"ab/cdefgh", 8), (bytes(range(200, 210)), 8)],
)
def test_each_spelling_once(value: bytes, count: int) -> None:
    """What is the same in two ways of writing is looked for once."""
    found = needles(value)
    assert len(set(found)) == len(found) >= count
    assert all(len(needle.data) >= 4 for needle in found)
