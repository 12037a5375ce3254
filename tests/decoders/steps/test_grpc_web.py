"""gRPC-web frames on a WebSocket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import CLIENT, SERVER, goes_there_and_back, opened, refusal

from paperknife_decoders.steps.grpc_web import GrpcWebsockets

STEP = GrpcWebsockets()


def frame(part: bytes, flag: int = 0) -> bytes:
    """One frame."""
    return bytes([flag]) + len(part).to_bytes(4, "big") + part


BLOCK = frame(b"grpc-status: 0\r\n", 0x80)


@pytest.mark.parametrize(
    ("direction", "data", "parts"),
    [
        (CLIENT, b"\x00" + frame(b"ab"), (b"ab",)),
        (CLIENT, b"\x00" + frame(b""), (b"",)),
        (CLIENT, b"\x00" + frame(b"ab") + frame(b"c", 1), (b"ab", b"c")),
        (CLIENT, b"\x00", ()),
        (CLIENT, b"\x01", ()),
        (SERVER, b"", ()),
        (SERVER, frame(b"ab"), (b"ab",)),
        (SERVER, BLOCK, ()),
        (SERVER, BLOCK + frame(b"ab") + frame(b"x", 0x81) + frame(b"") + BLOCK, (b"ab", b"")),
    ],
)
def test_opened(direction, data, parts) -> None:
    """Frames that hold messages are parts; blocks of headers and trailers, and the end, are none."""
    assert opened(STEP, data, direction).parts == parts


@pytest.mark.parametrize(
    ("direction", "data", "words"),
    [
        (CLIENT, b"content-type: application/grpc-web+proto\r\n", "gRPC headers, which hold no message, at byte 0"),
        (CLIENT, b"", "00 and a gRPC frame, or 01 alone, was expected and nothing was found at byte 0"),
        (CLIENT, b"\x01x", "00 and a gRPC frame, or 01 alone, was expected and 01 was found at byte 0"),
        (CLIENT, b"\x0a:\xff", "00 and a gRPC frame, or 01 alone, was expected and 0a was found at byte 0"),
        (CLIENT, b"\x00\x00\x00", "the head of a gRPC frame is cut short and goes on in the next message at byte 1"),
        (
            CLIENT,
            b"\x00" + frame(b"abc")[:-1],
            "a gRPC frame of 3 bytes, of which 2 are here, goes on in the next message at byte 1",
        ),
        (
            SERVER,
            frame(b"") + frame(b"abc")[:5],
            "a gRPC frame of 3 bytes, of which 0 are here, goes on in the next message at byte 5",
        ),
        (
            SERVER,
            b"\x0a\x04abcd",
            "a gRPC frame begins with 00, 01, 80 or 81, and 0a was found: "
            "maybe the rest of a frame that began in an earlier message, at byte 0",
        ),
    ],
)
def test_refused(direction, data, words) -> None:
    """Headers are text and no message, and a frame that is not all there says where the rest is."""
    assert refusal(STEP, data, direction) == words


def test_parts_are_bounded() -> None:
    """Frames are counted before they are kept, blocks too."""
    assert refusal(STEP, BLOCK * 1000, SERVER, parts=10).startswith("more than the 10 parts")


def test_closed() -> None:
    """A changed message gets its new length; flags, blocks and the client's 00 stay."""
    found = opened(STEP, BLOCK + frame(b"ab") + frame(b"c", 1) + BLOCK, SERVER)
    assert found.close([b"", b"xyz"]) == BLOCK + frame(b"") + frame(b"xyz", 1) + BLOCK
    assert opened(STEP, b"\x00" + frame(b"ab")).close([b"x"]) == b"\x00" + frame(b"x")


def test_the_flag_is_in_the_header() -> None:
    """What follows can tell which of the messages are compressed."""
    found = opened(STEP, BLOCK + frame(b"ab", 1) + frame(b"c"), SERVER)
    assert found.headers == ({"compressed": 1}, {"compressed": 0})


@given(st.lists(st.tuples(st.sampled_from([0, 1, 0x80, 0x81]), st.binary(max_size=20)), max_size=6), st.binary())
def test_frames(frames, change) -> None:
    """Frames of all kinds open, and each message can be changed."""
    data = b"".join(frame(part, flag) for flag, part in frames)
    for direction, front in ((CLIENT, b"\x00"), (SERVER, b"")):
        found = goes_there_and_back(STEP, front + data, change, direction)
        assert found is not None
        assert found.parts == tuple(part for flag, part in frames if not flag & 0x80)


@given(
    st.lists(st.sampled_from([0, 0, 0, 1, 2, 0x80, 0xFF])).map(bytes), st.sampled_from([CLIENT, SERVER]), st.binary()
)
def test_any_bytes(data, direction, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(STEP, data, change, direction)
