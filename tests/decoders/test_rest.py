"""What messages leave for the next one."""

from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.rest import LOST, NOTHING


@given(st.lists(st.binary(max_size=50)), st.sampled_from([NOTHING, LOST]))
def test_pieces(pieces, rest) -> None:
    """What is added lies in it in order, and what was there before stays a value of its own."""
    before = []
    for piece in pieces:
        before.append((rest, rest.joined()))
        rest = rest.with_more(piece, 99)
    assert rest.joined() == b"".join(pieces)
    assert rest.size == sum(map(len, pieces))
    assert all(each.joined() == data for each, data in before)
    assert rest.is_open == any(pieces)


def test_many_small_pieces_are_few() -> None:
    """A thing in ten thousand messages is kept in a handful of pieces."""
    rest = NOTHING
    for _ in range(10_000):
        rest = rest.with_more(b"x", 10_001)
    assert rest.size == 10_000
    assert len(rest.pieces) < 20


def test_whether_anything_is_open() -> None:
    """Nothing is open where all is finished, nor where nobody knows."""
    assert not NOTHING.is_open
    assert not LOST.is_open
    assert not LOST.known
