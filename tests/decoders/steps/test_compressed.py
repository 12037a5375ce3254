"""Messages that are compressed."""

import gzip
import re
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import context, goes_there_and_back, opened, refusal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps import open_parts
from paperknife_decoders.steps.binary_header import BinaryHeader
from paperknife_decoders.steps.compressed import Compressed
from paperknife_decoders.steps.stream_codecs import CODECS
from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.wire.writing import varint

ALWAYS = [Compressed(codec) for codec in CODECS.values()]
BY_MAGIC = [Compressed(codec, "magic") for codec in CODECS.values() if codec.magic]
GZIP, ZLIB = CODECS["gzip"], CODECS["zlib"]


def label(step: Compressed) -> str:
    """A name for a test."""
    return f"{step.codec.name}, {step.when}"


@pytest.mark.parametrize("step", ALWAYS + BY_MAGIC, ids=label)
@pytest.mark.parametrize("content", [b"", b"ab", b"ab" * 100_000], ids=len)
def test_opened(step, content) -> None:
    """What is compressed comes out; a change is compressed the same way."""
    found = opened(step, step.codec.deflate(content))
    assert found.parts == (content,)
    assert found.close([b"new"]) == step.codec.deflate(b"new")


def test_what_is_not_changed_keeps_its_bytes() -> None:
    """Level, time and name are those of the peer, as long as the content is."""
    for data in (gzip.compress(b"ab" * 99, 9, mtime=7), gzip.compress(b"ab" * 99, 0, mtime=0)):
        assert opened(Compressed(GZIP), data).parts == (b"ab" * 99,)


@pytest.mark.parametrize("step", BY_MAGIC, ids=label)
@pytest.mark.parametrize("data", [b"", b"\x1f", b"\x78", b"\x08\x1d", b"\x0a\x02ab", b"(\xb5/"])
def test_all_else_passes(step, data) -> None:
    """With `magic`, what begins otherwise is itself the part, changed or not."""
    found = opened(step, data)
    assert found.parts == (data,)
    assert found.close([b"new"]) == b"new"


@pytest.mark.parametrize("step", BY_MAGIC, ids=label)
def test_what_looks_compressed_is_compressed(step) -> None:
    """A plain part that is changed to begin with the magic would be taken for compressed, so it is."""
    new = step.codec.deflate(b"x")
    closed = opened(step, b"plain").close([new])
    assert opened(step, closed).parts == (new,)


@pytest.mark.parametrize(
    ("step", "data", "words"),
    [
        (Compressed(GZIP), b"", "gzip data that are cut short at byte 0"),
        (Compressed(GZIP), b"\x0a\x02ab", "gzip data were expected, and these are none or damaged"),
        (Compressed(GZIP, "magic"), b"\x1f\x8b", "gzip data that are cut short at byte 2"),
        (
            Compressed(GZIP, "magic"),
            b"\x1f\x8b\x00" + bytes(9),
            "gzip data were expected, and these are none or damaged",
        ),
        (Compressed(GZIP), GZIP.deflate(b"a") * 2, "21 bytes, where the gzip data should be at their end, at byte 21"),
        (Compressed(ZLIB), GZIP.deflate(b"a"), "zlib data were expected, and these are none or damaged"),
    ],
)
def test_refused(step, data, words) -> None:
    """What is no stream, or not one only, is refused."""
    assert refusal(step, data).startswith(words)


@pytest.mark.parametrize("step", ALWAYS, ids=label)
def test_bombs(step) -> None:
    """A bomb is given up at the limit, and costs little more memory than that; a content of that size still opens."""
    bomb = step.codec.deflate(bytes(16 << 20))
    tracemalloc.start()
    try:
        said = refusal(step, bomb, inflated_bytes=1 << 20)
        assert said == "more than 1,048,576 bytes come out of what is compressed (limits: inflated_bytes) at byte 0"
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()
    fitting = step.codec.deflate(bytes(1 << 20))
    assert len(step.open(fitting, context(inflated_bytes=1 << 20)).parts[0]) == 1 << 20


def test_the_limit_is_for_the_whole_message() -> None:
    """Many parts together, and one within another, get no more than one alone."""
    packed = GZIP.deflate(bytes(600))
    several = (varint(len(packed)) + packed) * 2
    for steps, data in (
        ((VarintDelimited(), Compressed(GZIP)), several),
        ((Compressed(GZIP), Compressed(GZIP)), GZIP.deflate(GZIP.deflate(bytes(999)))),
    ):
        assert open_parts(steps, data, context(inflated_bytes=1200)).parts[0].strip(b"\x00") == b""
        with pytest.raises(DecodeError, match="more than 1,000 bytes come out"):
            open_parts(steps, data, context(inflated_bytes=1000))


def test_faulty_options() -> None:
    """Raw deflate data cannot be told from others."""
    with pytest.raises(
        ValueError, match="when should be always, and is magic: deflate data begin with nothing special"
    ):
        Compressed(CODECS["deflate"], "magic")


STEPS = st.sampled_from(ALWAYS + BY_MAGIC)


@given(STEPS, st.binary(), st.binary())
def test_contents(step, content, change) -> None:
    """All that is compressed opens, and can be changed."""
    found = goes_there_and_back(step, step.codec.deflate(content), change)
    assert found is not None
    assert found.parts == (content,)


@given(STEPS, st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08", b"\x78\x9c", b"\x03"]), st.binary(), st.binary())
def test_any_bytes(step, start, rest, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(step, start + rest, start + change)


def test_a_flag() -> None:
    """Where a number in front says so, a part is compressed, whatever it begins with; the flag stays."""
    steps = (BinaryHeader("z:u8"), Compressed(CODECS["zlib"], "z=1|3"))
    packed = zlib.compress(b"content")
    for data, part in ((b"\x01" + packed, b"content"), (b"\0" + packed, packed), (b"\0", b"")):
        found = open_parts(steps, data, context())
        assert (found.parts, found.close(found.parts)) == ((part,), data)
    changed = open_parts(steps, b"\x03" + packed, context()).close([b"other"])
    assert (changed[0], zlib.decompress(changed[1:])) == (3, b"other")
    assert open_parts(steps, b"\0plain", context()).close([packed]) == b"\0" + packed
    with pytest.raises(DecodeError):
        open_parts(steps, b"\x01plain", context())
    with pytest.raises(
        DecodeError, match="a number y in front, which tells what is compressed, was expected, and there"
    ):
        open_parts((BinaryHeader("z:u8"), Compressed(CODECS["zlib"], "y=1")), b"\x01", context())


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("alway", "when should be always, magic, or a flag, as in compressed=1, and is 'alway'; did you mean always?"),
        ("z=x", "a number, decimal or as 0x7f, was expected, and 'x' was found"),
        ("=1", "a condition, as in kind=2|3, was expected, and '=1' was found"),
    ],
)
def test_what_is_no_flag(when, words) -> None:
    """What `when` can be is said."""
    with pytest.raises(ValueError, match=re.escape(words)):
        Compressed(CODECS["gzip"], when)
