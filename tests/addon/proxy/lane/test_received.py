"""What reading a chunk gives, and the order of its parts."""

import pytest

from paperknife.proxy.lane.received import Piece, Received, Segment

FIRST, SECOND, AFTER_ONE = (
    Piece(2, b"a", 0, last=False, after=0, compressed=False),
    Piece(2, b"b", 1, last=False, after=0, compressed=False),
    Piece(2, b"c", 2, last=False, after=1, compressed=False),
)


@pytest.mark.parametrize(
    ("segment", "piece", "number", "follows"),
    [
        (Segment(-1, b"raw", pieces=1), FIRST, 0, True),
        (Segment(-1, b"raw", pieces=1), SECOND, 1, False),
        (Segment(-1, b"raw", pieces=0), FIRST, 0, False),
        (Segment(0, b"ping"), SECOND, 1, True),
        (Segment(0, b"ping"), AFTER_ONE, 2, False),
        (Segment(1, b"pong"), AFTER_ONE, 2, True),
    ],
)
def test_a_piece_is_told_of_before_its_bytes_leave(segment, piece, number, follows) -> None:
    """Raw bytes follow the pieces that were read with them or before them, and no others."""
    assert segment.follows(piece, number) is follows


def test_contents_and_opcodes_go_together() -> None:
    """What is added has the next index."""
    received = Received()
    assert [received.add(2, b"message"), received.add(9, b"ping")] == [0, 1]
    assert (received.opcodes, received.contents) == ([2, 9], [b"message", b"ping"])
