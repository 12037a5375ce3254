"""Reading frames: any cut of any legal stream gives the same messages and the same bytes."""

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.addon.proxy.lane.by_hand import cut, frame, talk

from paperknife.proxy.lane.deflate import Agreement, Inflater
from paperknife.proxy.lane.frames import FrameReader
from paperknife.proxy.lane.received import Received

KEY = b"\x01\x02\x03\x04"
seeds = st.integers(0, 2**32)


def reader_for(*, masked: bool, deflate: bool = False, takeover: bool = True, limit: int = 1 << 24) -> FrameReader:
    inflater = Inflater(Agreement(takeover=takeover)) if deflate else None
    return FrameReader(masked=masked, inflater=inflater, limit=limit)


def collect(reader: FrameReader, chunks: list[bytes]) -> tuple[list[tuple[int, bytes]], list[Received]]:
    received = [reader.receive(chunk) for chunk in chunks]
    said = [pair for each in received for pair in zip(each.opcodes, each.contents, strict=True)]
    return said, received


@settings(max_examples=150, deadline=None)
@given(seeds, seeds, st.booleans(), st.sampled_from([(False, True), (True, True), (True, False)]), st.booleans())
def test_any_cut_gives_the_same_messages(seed, cut_seed, masked, compression, keep) -> None:
    """Whatever the chunks, the messages and control frames are those that were said, in order."""
    deflate, takeover = compression
    what = talk(seed, masked=masked, deflate=deflate, takeover=takeover)
    reader = reader_for(masked=masked, deflate=deflate, takeover=takeover)
    reader.keep = keep
    said, received = collect(reader, cut(what.data, cut_seed))
    assert said == what.said
    assert all(each.violation is None for each in received)
    assert reader.idle


@settings(max_examples=100, deadline=None)
@given(seeds, seeds, st.booleans())
def test_kept_bytes_are_all_there_and_mean_the_same(seed, cut_seed, masked) -> None:
    """With keep, the segments are every byte that came, and reading them again gives the same messages."""
    what = talk(seed, masked=masked)
    reader = reader_for(masked=masked)
    reader.keep = True
    said, received = collect(reader, cut(what.data, cut_seed))
    raws = [segment.raw for each in received for segment in each.segments]
    assert sorted(b"".join(raws)) == sorted(what.data)
    again, _ = collect(reader_for(masked=masked), [b"".join(raws)])
    assert again == said
    for each in received:
        for segment in each.segments:
            for index, raw in segment.units():
                alone, _ = collect(reader_for(masked=masked), [raw])
                assert alone == [(each.opcodes[index], each.contents[index])]


@settings(max_examples=100, deadline=None)
@given(seeds, seeds, st.booleans(), st.sampled_from([0, 1, 100, 5000]))
def test_beyond_the_limit_a_message_comes_in_pieces(seed, cut_seed, deflate, limit) -> None:
    """Pieces and whole messages together are what was said, and no whole message is larger than the limit."""
    what = talk(seed, masked=True, deflate=deflate)
    reader = reader_for(masked=True, deflate=deflate, limit=limit)
    reader.inflater = reader.inflater and type(reader.inflater)(Agreement())
    said, pieces = [], bytearray()
    for chunk in cut(what.data, cut_seed):
        each = reader.receive(chunk)
        if each.violation is not None:
            assert deflate
            assert "inflates to over" in str(each.violation)
            return
        at = 0
        for piece in each.pieces:
            said += zip(each.opcodes[at : piece.after], each.contents[at : piece.after], strict=True)
            at = piece.after
            assert piece.offset == len(pieces)
            pieces += piece.data
            if piece.last:
                assert len(pieces) > limit
                said.append((piece.opcode, bytes(pieces)))
                pieces.clear()
        said += zip(each.opcodes[at:], each.contents[at:], strict=True)
        assert all(len(content) <= max(limit, 125) for content in each.contents)
    assert said == what.said


VIOLATIONS = [
    ("masked by the wrong side", frame(0x82, b"a", KEY), False),
    ("masked by the wrong side", frame(0x82, b"a"), True),
    ("reserved opcode 3", frame(0x83, b"", KEY), True),
    ("reserved opcode 11", frame(0x8B, b"", KEY), True),
    ("reserved bits", frame(0xC2, b"", KEY), True),
    ("reserved bits", frame(0xA2, b"", KEY), True),
    ("reserved bits", frame(0xC9, b"", KEY), True),
    ("control frame of 126 bytes", frame(0x89, bytes(126), KEY), True),
    ("control frame in fragments", frame(0x09, b"", KEY), True),
    ("close frame of one byte", frame(0x88, b"a", KEY), True),
    ("continuation of nothing", frame(0x80, b"a", KEY), True),
    ("new message inside", frame(0x02, b"a", KEY) + frame(0x82, b"b", KEY), True),
    ("highest bit", bytes([0x82, 0xFF]) + b"\xff" * 8, True),
]


@pytest.mark.parametrize(("what", "data", "masked"), VIOLATIONS)
@pytest.mark.parametrize("keep", [False, True])
def test_a_violation_is_named_and_what_came_before_it_is_read(what: str, data: bytes, masked: bool, keep: bool) -> None:
    """Each breach of RFC 6455 is named; messages before it are read, and every byte is there to be passed on."""
    before = frame(0x82, b"before", KEY if masked else b"")
    reader = reader_for(masked=masked)
    reader.keep = keep
    received = reader.receive(before + data)
    assert what in str(received.violation)
    assert received.contents == [b"before"]
    if keep:
        assert b"".join(segment.raw for segment in received.segments) == before + data


@pytest.mark.parametrize("keep", [False, True])
def test_a_corrupt_compressed_message_is_a_violation(keep: bool) -> None:
    """Bytes that do not inflate end the reading, and pass."""
    data = frame(0xC2, b"\xff\xff\xff", KEY) + b"after"
    reader = reader_for(masked=True, deflate=True)
    reader.keep = keep
    received = reader.receive(data)
    assert "cannot be inflated" in str(received.violation)
    assert b"".join(segment.raw for segment in received.segments) == (data if keep else b"")


def test_a_bomb_ends_the_reading_and_not_the_memory() -> None:
    """A message that inflates a thousandfold is followed to a few times the limit and no further."""
    squeeze = zlib.compressobj(wbits=-15)
    bomb = squeeze.compress(bytes(50_000_000)) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    received = reader_for(masked=True, deflate=True, limit=100_000).receive(frame(0xC2, bomb, KEY))
    assert "inflates to over" in str(received.violation)
    assert sum(len(piece.data) for piece in received.pieces) < 5_000_000


def test_a_boundary_is_where_something_may_be_put_in() -> None:
    """The boundary is the last point between two messages, counted in the bytes of the chunk."""
    one = frame(0x82, b"one")
    reader = reader_for(masked=False)
    assert reader.receive(one).boundary == len(one)
    assert reader.receive(one + one[:3]).boundary == len(one)
    assert reader.receive(one[3:4]).boundary == -1
    assert reader.receive(one[4:] + frame(0x02, b"part")).boundary == len(one) - 4
    assert reader.receive(frame(0x89, b"ping")).boundary == -1
    assert reader.receive(frame(0x80, b"end")).boundary == 5


@settings(max_examples=100, deadline=None)
@given(seeds, seeds, seeds)
def test_keeping_may_begin_and_end_anywhere(seed, cut_seed, switch_seed) -> None:
    """Switching between looking on and keeping at any chunk neither loses nor doubles a byte or a message."""
    what = talk(seed, masked=True, deflate=True)
    reader, chance = reader_for(masked=True, deflate=True), random.Random(switch_seed)
    said, forwarded = [], bytearray()
    for chunk in cut(what.data, cut_seed):
        rest = chunk
        if reader.keep and chance.random() < 0.2:
            forwarded += reader.release()
        if not reader.keep and chance.random() < 0.3:
            if not reader.idle:
                each = reader.receive(rest, one_message=True)
                said += zip(each.opcodes, each.contents, strict=True)
                taken = each.boundary if each.boundary > 0 else len(rest)
                forwarded += rest[:taken]
                rest = rest[taken:]
            reader.keep = reader.idle
        each = reader.receive(rest)
        said += zip(each.opcodes, each.contents, strict=True)
        forwarded += b"".join(segment.raw for segment in each.segments) if reader.keep else rest
    if reader.keep:
        forwarded += reader.release()
    assert said == what.said
    again, _ = collect(reader_for(masked=True, deflate=True), [bytes(forwarded)])
    assert sorted(again) == sorted(what.said)


@settings(max_examples=100, deadline=None)
@given(seeds, seeds, st.sampled_from([125, 5000, 1 << 24]))
def test_reading_may_stop_at_the_next_boundary(seed, cut_seed, limit) -> None:
    """Message by message, what is read is all that was said, and never more than one message at a time."""
    what = talk(seed, masked=True)
    reader, whole = reader_for(masked=True, limit=limit), reader_for(masked=True, limit=limit)
    for chunk in cut(what.data, cut_seed):
        rest = chunk
        found, expected = [], whole.receive(chunk)
        while rest:
            each = reader.receive(rest, one_message=True)
            found += each.contents
            if each.boundary <= 0:
                break
            assert reader.idle
            assert sum(opcode < 8 for opcode in each.opcodes) + sum(piece.last for piece in each.pieces) <= 1
            rest = rest[each.boundary :]
        assert found == expected.contents
        assert reader.idle == whole.idle


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), seeds, st.booleans(), st.booleans(), st.booleans())
def test_garbage_never_raises(data, cut_seed, masked, deflate, keep) -> None:
    """Any bytes either read or end in a violation; with keep, every byte is accounted for."""
    reader = reader_for(masked=masked, deflate=deflate, limit=64)
    reader.keep = keep
    passed = 0
    chunks = cut(data, cut_seed)
    for number, chunk in enumerate(chunks):
        each = reader.receive(chunk)
        passed += sum(len(segment.raw) for segment in each.segments)
        if each.violation is not None:
            assert not keep or passed == sum(map(len, chunks[: number + 1]))
            return
    if keep:
        assert passed + len(reader.release()) == len(data)
