"""gRPC-web frames on a WebSocket."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import CLIENT, SERVER, goes_there_and_back, opened, refusal

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.rest import LOST, NOTHING
from paperknife_decoders.steps import Context, Limits
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
        (CLIENT, b"", "00 and a gRPC frame, or 01 alone, was expected and nothing was found at byte 0"),
        (CLIENT, b"\x01x", "00 and a gRPC frame, or 01 alone, was expected and 01 was found at byte 0"),
        (CLIENT, b"\x0a:\xff", "00 and a gRPC frame, or 01 alone, was expected and 0a was found at byte 0"),
        (CLIENT, b"\x00\x02", "a gRPC frame begins with 00, 01, 80 or 81, and 02 was found at byte 1"),
        (SERVER, b"\x0a\x04abcd", "a gRPC frame begins with 00, 01, 80 or 81, and 0a was found at byte 0"),
    ],
)
def test_refused(direction, data, words) -> None:
    """What is no frame says at which byte, and what is there."""
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


MARKS = [
    (CLIENT, b"content-type: application/grpc-web+proto\r\n", "gRPC headers, which hold no message"),
    (CLIENT, b"\x00\x00\x00", "begins a gRPC frame, whose head goes on in the next message"),
    (CLIENT, b"\x00" + frame(b"abc")[:-1], "begins a gRPC frame of 3 bytes that goes on in the next message"),
    (SERVER, frame(bytes(300))[:5], "begins a gRPC frame of 300 bytes that goes on in the next message"),
    (SERVER, BLOCK + frame(b"abc")[:5], "begins a gRPC frame of 3 bytes that goes on in the next message"),
    (SERVER, BLOCK[:9], "begins a gRPC frame of 16 bytes that goes on in the next message"),
]


@pytest.mark.parametrize(("direction", "data", "mark"), MARKS)
def test_marked(direction, data, mark) -> None:
    """A message without a part of its own says why: headers are text, and a frame may end in another message."""
    found = opened(STEP, data, direction)
    assert found.parts == ()
    assert found.mark == mark


def test_a_change_of_what_has_passed() -> None:
    """What lies in this message can be changed; what would alter an earlier one is refused, a length too."""
    first, second = frame(b"abcdef")[:7], frame(b"abcdef")[7:] + frame(b"x")
    before = opened(STEP, first, SERVER).rest
    found = STEP.open(second, Context(SERVER, before=before))
    assert found.parts == (b"abcdef", b"x")
    assert found.passed == 2
    assert found.close(found.parts) == second
    assert found.close([b"abCDEF", b"longer"]) == b"CDEF" + frame(b"longer")
    for changed in (b"Abcdef", b"abcdefg", b""):
        with pytest.raises(DecodeError, match="lies in an earlier message, which has passed"):
            found.close([changed, b"x"])


def test_partly() -> None:
    """What there is of a frame counts as a part for who asks, and can be changed but not in length."""
    found = STEP.open(b"\x00" + frame(b"x") + frame(b"abcdef")[:7], Context(CLIENT, partly=True))
    assert found.parts == (b"x", b"ab")
    assert found.close([b"yz", b"**"]) == b"\x00" + frame(b"yz") + b"\0\0\0\0\x06**"
    with pytest.raises(DecodeError, match="can only keep its length"):
        found.close([b"x", b"*"])
    found = STEP.open(b"\x00cd", Context(CLIENT, partly=True, before=found.rest))
    assert (found.parts, found.passed) == ((b"abcd",), 2)
    assert found.close([b"ab**"]) == b"\x00**"


FRAMES = st.lists(st.tuples(st.sampled_from([0, 1, 0x80, 0x81]), st.binary(max_size=12)), max_size=6)


@given(FRAMES, st.lists(st.integers(0, 80)), st.sampled_from([CLIENT, SERVER]), st.booleans())
def test_any_cut_of_any_frames(frames, cuts, direction, partly) -> None:
    """However messages cut a stream of frames, its parts come out in order, and closing gives each message again."""
    stream = b"".join(frame(part, flag) for flag, part in frames)
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    front = b"\x00" if direction is CLIENT else b""
    rest, parts = NOTHING, []
    for start, end in pairwise(places):
        message = front + stream[start:end]
        found = STEP.open(message, Context(direction, before=rest))
        assert found.close(found.parts) == message
        assert found.parts or found.mark or frames
        parts += found.parts
        if partly:
            more = STEP.open(message, Context(direction, before=rest, partly=True))
            assert more.parts[: len(found.parts)] == found.parts
            assert more.close(more.parts) == message
        rest = found.rest
    assert parts == [part for flag, part in frames if not flag & 0x80]
    assert not rest.is_open


@given(st.lists(st.binary(max_size=12).map(lambda part: b"\x0a" + part), min_size=1), st.integers(1, 40))
def test_a_beginning_that_is_missing(bodies, start) -> None:
    """Whoever comes late, to heads and contents in messages of their own, reads what is there or nothing."""
    messages = [half for body in bodies for half in (frame(body)[:5], body)]
    rest, parts = LOST, []
    for message in messages[start:]:
        try:
            found = STEP.open(message, Context(SERVER, before=rest))
        except DecodeError:
            rest = LOST
            continue
        parts += found.parts
        rest = found.rest
    late = bodies[(start + 1) // 2 :]
    assert parts == late


def test_zeros_in_the_middle() -> None:
    """Zeros could be any number of empty frames; where nobody knows what came before, they are none."""
    found = STEP.open(bytes(20), Context(SERVER, before=LOST))
    assert (found.parts, found.rest) == ((), LOST)
    assert found.mark == "what came before is not known, and so where a gRPC frame begins"
    guess = STEP.open(frame(b"abcdef")[:6], Context(SERVER, before=LOST)).rest
    assert STEP.open(b"bcdef", Context(SERVER, before=guess)).parts == (b"abcdef",)
    again = STEP.open(
        frame(b"whole"), Context(SERVER, before=STEP.open(b"\0\0\0\0\x02a", Context(SERVER, before=LOST)).rest)
    )
    assert again.parts == (b"whole",)


def test_a_frame_beyond_the_limit() -> None:
    """A frame that is too large is passed over and not kept, and what comes behind it is read."""
    limits = Limits(gathered_bytes=100)
    rest, seen = NOTHING, []
    for message in (frame(bytes(300))[:10], bytes(200), bytes(95) + frame(b"next"), frame(b"more")):
        found = STEP.open(message, Context(SERVER, before=rest, limits=limits))
        assert found.close(found.parts) == message
        assert not found.rest.pieces
        seen.append(found.parts or found.mark)
        rest = found.rest
    assert seen == [
        "begins a gRPC frame of 300 bytes, which are more than are gathered (limits: gathered_bytes)",
        "continues a gRPC frame of more than the 100 bytes that are gathered (limits: gathered_bytes)",
        (b"next",),
        (b"more",),
    ]
