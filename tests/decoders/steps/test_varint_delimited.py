"""Messages behind their lengths as varints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import goes_there_and_back, opened, refusal

from paperknife_decoders.steps.varint_delimited import VarintDelimited
from paperknife_decoders.wire.writing import varint

STEP = VarintDelimited()


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ()),
        (b"\x00", (b"",)),
        (b"\x00\x00", (b"", b"")),
        (b"\x02ab", (b"ab",)),
        (b"\x02ab\x00\x01c", (b"ab", b"", b"c")),
        (b"\x82\x00ab\x01c", (b"ab", b"c")),
        (b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00\x01c", (b"", b"c")),
        (b"\x80\x01" + bytes(128), (bytes(128),)),
    ],
)
def test_opened(data, parts) -> None:
    """Every length has a part, an empty one too; lengths with more bytes than they need are read, and kept."""
    assert opened(STEP, data).parts == parts


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x03ab", "a part of 3 bytes, where 2 are left, at byte 0"),
        (b"\x01a\x80", "a length that is cut short at byte 2"),
        (b"\x01a\xff\xff", "a length that is cut short at byte 2"),
        (b"\x01a\x07", "a part of 7 bytes, where 0 are left, at byte 2"),
        (b"\xff" * 10 + b"\x01", "a varint of more than 10 bytes at byte 0"),
        (b"\xff" * 9 + b"\x01", "a part of 18,446,744,073,709,551,615 bytes, where 0 are left, at byte 0"),
    ],
)
def test_refused(data, words) -> None:
    """Lengths and parts end within the message, and nothing lies behind them."""
    assert refusal(STEP, data) == words


@pytest.mark.parametrize(
    ("data", "changed", "closed"),
    [
        (b"\x82\x00ab\x01c", (b"xy", b"c"), b"\x82\x00xy\x01c"),
        (b"\x82\x00ab\x01c", (b"xyz", b"c"), b"\x03xyz\x01c"),
        (b"\x00\x81\x00c", (bytes(200), b"c"), b"\xc8\x01" + bytes(200) + b"\x81\x00c"),
        (b"\x01c", (b"",), b"\x00"),
    ],
)
def test_closed(data, changed, closed) -> None:
    """Only the length of a part that has another one is written anew."""
    assert opened(STEP, data).close(changed) == closed


def test_parts_are_bounded() -> None:
    """A message of empty messages is no way to fill the memory."""
    assert refusal(STEP, bytes(1_000_000), parts=100).startswith("more than the 100 parts")


@given(st.lists(st.binary(max_size=200)), st.binary(max_size=300))
def test_messages(messages, change) -> None:
    """What libraries write is read message by message."""
    data = b"".join(varint(len(message)) + message for message in messages)
    found = goes_there_and_back(STEP, data, change)
    assert found is not None
    assert found.parts == tuple(messages)


@given(st.lists(st.sampled_from([b"\x00", b"\x01", b"\x80", b"\x82", b"\xff", b"ab"])).map(b"".join), st.binary())
def test_any_bytes(data, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(STEP, data, change)
