"""Zstandard for steps."""

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import context, goes_there_and_back, opened, refusal

from paperknife.settings.zstd_codec import ALL_CODECS, ZSTD
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.registry import step_from, step_to
from paperknife_decoders.steps.stream_codecs import PIECE

STEP = Compressed(ZSTD)
CONTENTS = [b"", b"a", bytes(PIECE), bytes(20 * PIECE + 1), os.urandom(3 * PIECE) + bytes(5 * PIECE) + b"tail"]


def frames_of(content: bytes) -> list[bytes]:
    """`content` as other libraries may write it: each level, with and without size and checksum, in one go or not."""
    frames = [zstandard.ZstdCompressor(level).compress(content) for level in (-5, 1, 3, 19)]
    for size, checksum in ((True, True), (False, True), (False, False)):
        writer = zstandard.ZstdCompressor(write_content_size=size, write_checksum=checksum)
        frames.append(writer.compress(content))
        stream = writer.compressobj()
        half = len(content) // 2
        frames.append(stream.compress(content[:half]) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
        frames[-1] += stream.compress(content[half:]) + stream.flush()
    return frames


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_there_and_back(content) -> None:
    """Whoever wrote the frame, its content comes out in pieces of a bounded size."""
    for data in frames_of(content):
        pieces = list(ZSTD.pieces(data))
        assert b"".join(pieces) == content
        assert all(0 < len(piece) <= PIECE for piece in pieces)
        found = opened(STEP, data)
        assert found.close([b"new"]) == ZSTD.deflate(b"new")


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_what_is_not_whole_is_refused(content) -> None:
    """A frame that is cut anywhere is none, and neither is one with anything behind it."""
    for data in frames_of(content):
        for end in {len(data) - 1, len(data) // 2, 5, 3, 0}:
            assert refusal(STEP, data[:end]).startswith("zstd data")
        behind = f"bytes, where the zstd data should be at their end, at byte {len(data)}"
        assert refusal(STEP, data + b"x") == f"1 {behind}"
        assert refusal(STEP, data + data) == f"{len(data):,} {behind}"


CHECKED = zstandard.ZstdCompressor(write_checksum=True).compress(b"ab" * 50)
HEAD = zstandard.ZstdCompressor().compress(b"")[: -len(b"\x01\x00\x00")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x0a\x02ab", "zstd data were expected, and these are none, at byte 0"),
        (HEAD, f"zstd data that are cut short at byte {len(HEAD)}"),
        (HEAD + b"\x07\x00\x00", f"a zstd block of a kind that does not exist at byte {len(HEAD)}"),
        (HEAD + bytes(300_000) + b"\x01\x00\x00", "zstd data with more than 100,000 blocks at byte 300006"),
        (CHECKED[:-1] + b"\x00", "zstd data were expected, and these are none or damaged"),
    ],
)
def test_refused(data, words) -> None:
    """Something else, and what is damaged, is refused with a reason."""
    assert refusal(STEP, data).startswith(words)


def test_bombs() -> None:
    """A bomb is given up at the limit, and so is a frame that asks for more memory than is usual."""
    said = refusal(STEP, zstandard.ZstdCompressor().compress(bytes(64 << 20)), inflated_bytes=1 << 20)
    assert said == "more than 1,048,576 bytes come out of what is compressed (limits: inflated_bytes) at byte 0"
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    data = stream.compress(b"abc") + stream.flush()
    tracemalloc.start()
    try:
        assert "requires too much memory" in refusal(STEP, data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=60), st.binary(max_size=40), st.integers(0, 100), st.integers(1, 255))
def test_any_bytes(data, content, place, bits) -> None:
    """Any bytes, and any damage, open and close again, or are refused."""
    damaged = bytearray(ZSTD.deflate(content))
    damaged[place % len(damaged)] ^= bits
    for step in (STEP, Compressed(ZSTD, "magic")):
        for each in (data, bytes(damaged), ZSTD.deflate(content)):
            goes_there_and_back(step, each, data)


def test_a_frame_that_was_given_up_leaves_nothing_behind() -> None:
    """Whatever became of the frame before, the next one is read from its start."""
    pieces = ZSTD.pieces(ZSTD.deflate(bytes(9 * PIECE)))
    assert next(pieces) == bytes(PIECE)
    assert refusal(STEP, CHECKED[:-1] + b"\x00")
    assert opened(STEP, CHECKED).parts == (b"ab" * 50,)
    with ThreadPoolExecutor(4) as threads:
        contents = list(threads.map(lambda _: b"".join(ZSTD.pieces(CHECKED)), range(400)))
    assert set(contents) == {b"ab" * 50}


def test_in_definitions() -> None:
    """A definition can name it where it is brought in, beside those of the standard library."""
    definition = {"compressed": {"codec": "zstd", "when": "magic"}}
    step = step_from(definition, ALL_CODECS)
    assert step == Compressed(ZSTD, "magic")
    assert step_to(step) == definition
    with pytest.raises(DecodeError):
        Compressed(ALL_CODECS["gzip"]).open(ZSTD.deflate(b""), context())
