"""Frames side by side, whatever their heads are."""

import pytest
from tests.decoders.steps.trips import context

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps.frames import Frame, in_frames, split


def digit(data: bytes, at: int) -> tuple[int, int]:
    """A head of one decimal digit, maybe with spaces in front."""
    start = at
    while data[start : start + 1] == b" ":
        start += 1
    return int(data[start : start + 1]), start + 1


@pytest.mark.parametrize(
    ("data", "start", "expected"),
    [
        (b"", 0, []),
        (b"xy", 2, []),
        (b"0", 0, [Frame(b"0", b"")]),
        (b"2ab0 1c", 0, [Frame(b"2", b"ab"), Frame(b"0", b""), Frame(b" 1", b"c")]),
        (b"xx1a", 2, [Frame(b"1", b"a")]),
    ],
)
def test_frames(data, start, expected) -> None:
    """Each frame is its head and its part, from the start that is given up to the end."""
    assert split(data, context(), digit, start) == expected


@pytest.mark.parametrize(
    ("data", "limit", "words"),
    [
        (b"2ab3cd", 9, "a part of 3 bytes, where 2 are left, at byte 3"),
        (b"000", 2, "more than the 2 parts that are read of one message (limits: parts) at byte 2"),
    ],
)
def test_refused(data, limit, words) -> None:
    """A part ends within the data, and the parts are counted before they are kept."""
    with pytest.raises(DecodeError) as caught:
        split(data, context(parts=limit), digit)
    assert str(caught.value) == words


def test_closing() -> None:
    """A part of the same length keeps its head as it was, however odd; others get a new one."""
    found = in_frames(split(b" 2ab 1c", context(), digit), lambda length: b"%d" % length)
    assert found.close([b"xy", b"cde"]) == b" 2xy3cde"
    with pytest.raises(ValueError, match="zip"):
        found.close([b"xy"])
