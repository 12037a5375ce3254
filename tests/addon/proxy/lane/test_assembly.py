"""Messages in several frames, and beyond the limit: whole up to it, and then one piece of each chunk."""

import zlib

import pytest
from tests.addon.proxy.lane.by_hand import BINARY, CONTINUATION, PING, TEXT, frame

from paperknife.proxy.lane.assembly import GATHERED, Assembly, Oversize
from paperknife.proxy.lane.deflate import Agreement, Inflater
from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.received import Piece, Received
from paperknife.proxy.lane.violation import Violation

FIN, RSV1 = 0x80, 0x40
LIMIT = 1000


def squeezed(content: bytes) -> bytes:
    """The payload of a compressed message."""
    deflater = zlib.compressobj(wbits=-15)
    return (deflater.compress(content) + deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


def beyond_the_limit(*, keep: bool) -> FrameReader:
    """The reader of a message that has just gone beyond the limit."""
    reader = FrameReader(masked=False, limit=LIMIT)
    reader.keep = keep
    (piece,) = reader.receive(frame(BINARY, b"a" * 600) + frame(CONTINUATION, b"b" * 600)).pieces
    assert piece == Piece(BINARY, b"a" * 600 + b"b" * 600, 0, last=False, after=0, compressed=False)
    return reader


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("size", [1, 2, 100, 1500])
def test_the_fragments_of_one_chunk_are_one_piece(keep, size) -> None:
    """However small they are, with the right offset; where raw bytes are kept, they leave in one go as well."""
    reader = beyond_the_limit(keep=keep)
    chunk = b"".join(frame(CONTINUATION, bytes([number]) * size) for number in range(50))
    for turn in range(3):
        received = reader.receive(chunk)
        (piece,) = received.pieces
        assert piece.data == b"".join(bytes([number]) * size for number in range(50))
        assert piece.offset == 1200 + turn * 50 * size
        assert [(segment.raw, segment.pieces) for segment in received.segments] == ([(chunk, 1)] if keep else [])
    received = reader.receive(frame(FIN | CONTINUATION, b"end") + frame(FIN | TEXT, b"after"))
    assert [(piece.data, piece.offset, piece.last) for piece in received.pieces] == [
        (b"end", 1200 + 150 * size, False),
        (b"", 1203 + 150 * size, True),
    ]
    assert received.contents == [b"after"]


@pytest.mark.parametrize("keep", [False, True])
def test_a_control_frame_parts_the_pieces_before_it_from_those_behind_it(keep) -> None:
    """The order of what is told is that of the bytes."""
    reader = beyond_the_limit(keep=keep)
    before, ping, behind = frame(CONTINUATION, b"before"), frame(FIN | PING, b"?"), frame(CONTINUATION, b"behind")
    received = reader.receive(before + before + ping + behind + behind)
    assert [(piece.data, piece.after) for piece in received.pieces] == [(b"beforebefore", 0), (b"behindbehind", 1)]
    raws = [segment.raw for segment in received.segments]
    assert raws == ([before + before, ping, behind + behind] if keep else [])


def test_what_a_chunk_inflates_to_comes_in_pieces_of_about_a_megabyte() -> None:
    """So that nobody has to take tens of megabytes at once."""
    content = bytes(5 * GATHERED)
    reader = FrameReader(masked=False, inflater=Inflater(Agreement()), limit=2 * GATHERED)
    received = reader.receive(frame(FIN | RSV1 | BINARY, squeezed(content)))
    assert b"".join(piece.data for piece in received.pieces) == content
    assert max(len(piece.data) for piece in received.pieces[1:]) <= 2 * GATHERED
    assert [piece.last for piece in received.pieces] == [False] * (len(received.pieces) - 1) + [True]


@pytest.mark.parametrize("keep", [False, True])
def test_empty_fragments_without_end_are_not_held_back_for_ever(keep) -> None:
    """Raw bytes are held up to a few times the limit; then the message goes on in pieces."""
    reader = FrameReader(masked=False, limit=LIMIT)
    reader.keep = keep
    empty, passed = frame(CONTINUATION, b""), 0
    reader.receive(frame(BINARY, b"begun"))
    for _ in range(10 * LIMIT):
        passed += sum(len(segment.raw) for segment in reader.receive(empty).segments)
    assert passed == (10 * LIMIT * len(empty) + 7 if keep else 0)
    (last,) = [piece for piece in reader.receive(frame(FIN | CONTINUATION, b"")).pieces if piece.last] or [None]
    assert (last is not None) is keep


def test_a_violation_hands_out_what_was_read_before_it_and_all_raw_bytes() -> None:
    """A message that inflates without end is followed to a few times the limit; its bytes pass."""
    found = Received()
    assembly = Assembly(RSV1 | BINARY, Inflater(Agreement()), LIMIT)
    assembly.held += b"raw"
    with pytest.raises(Violation, match="inflates to over"):
        assembly.add(squeezed(bytes(100 * LIMIT)), found)
        assembly.finish(found)
    assembly.let_go(found)
    assert [segment.raw for segment in found.segments] == [b"raw"]
    assert found.segments[0].pieces == len(found.pieces)
    assert assembly.release() == b""


@pytest.mark.parametrize("cuts", [(0,), (1, 2, 3), (5, 6, 13), (3, 3, 9)])
def test_a_frame_beyond_the_limit_is_unmasked_part_by_part(cuts) -> None:
    """The key goes on where it stopped, wherever the payload is cut."""
    content, key = bytes(range(20)), b"\x01\x02\x03\x04"
    payload = frame(FIN | BINARY, content, key)[6:]
    oversize = Oversize(final=True, key=key, left=len(payload))
    parts = [payload[start:end] for start, end in zip((0, *cuts), (*cuts, None), strict=True)]
    assert b"".join(map(oversize.unmask, parts)) == content
    assert oversize.left == 0
