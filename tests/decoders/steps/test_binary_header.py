"""Headers of numbers and bytes in front of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import close_refusal, goes_there_and_back, opened, refusal

from paperknife_decoders.steps.binary_header import BinaryHeader

STEAM = BinaryHeader("type:u32le&0x7fffffff|0x80000000 length:u32le header:bytes(length)")
MAJSOUL = BinaryHeader("kind:u8=1|2|3 id:u16le?kind=2|3")
SIZED = BinaryHeader("magic:u16be=0xcafe size:u16be=length(part)")
TOTAL = BinaryHeader("total:u8&0x0f=length(all) flag:u8")
MAYBE = BinaryHeader("more:u8 n:u8?more=1 extra:bytes(n)")


@pytest.mark.parametrize(
    ("step", "data", "part", "header"),
    [
        (BinaryHeader("a:u8"), b"\x07", b"", {"a": 7}),
        (BinaryHeader("a:u16le b:u16be"), b"\x01\x02\x01\x02x", b"x", {"a": 0x201, "b": 0x102}),
        (BinaryHeader("a:u24le b:u24be"), b"\1\2\3\1\2\3", b"", {"a": 0x30201, "b": 0x10203}),
        (BinaryHeader("a:i8 b:i16be c:i64le"), b"\xff" * 12, b"\xff", {"a": -1, "b": -1, "c": -1}),
        (BinaryHeader("a:u64be"), b"\xff" * 8, b"", {"a": 2**64 - 1}),
        (BinaryHeader("a:bytes(2)"), b"\xca\xfe\x00", b"\x00", {"a": "cafe"}),
        (BinaryHeader("a:u8&0xf0"), b"\x7fx", b"x", {"a": 0x70}),
        (STEAM, bytes.fromhex("9202008002000000aabb0801"), b"\x08\x01", {"type": 658, "length": 2, "header": "aabb"}),
        (STEAM, bytes.fromhex("0100008000000000"), b"", {"type": 1, "length": 0, "header": ""}),
        (MAJSOUL, b"\x01\x0a\x00", b"\x0a\x00", {"kind": 1}),
        (MAJSOUL, b"\x02\x0a\x00", b"", {"kind": 2, "id": 10}),
        (SIZED, b"\xca\xfe\x00\x02ab", b"ab", {"magic": 0xCAFE, "size": 2}),
        (TOTAL, b"\xf4\x09ab", b"ab", {"total": 4, "flag": 9}),
        # what says how many bytes there are may be missing itself
        (MAYBE, b"\x00ab", b"ab", {"more": 0}),
        (MAYBE, b"\x01\x01ab", b"b", {"more": 1, "n": 1, "extra": "61"}),
    ],
)
def test_opened(step, data, part, header) -> None:
    """The values of the header are told by name, and what is behind it is the part; a change leaves the header."""
    found = opened(step, data)
    assert (found.parts, found.headers) == ((part,), (header,))
    assert {name: type(value) for name, value in header.items()}.items() <= step.header_kinds.items()
    if step not in (SIZED, TOTAL):
        assert found.close([b"new!"]) == data[: len(data) - len(part)] + b"new!"


@pytest.mark.parametrize(
    ("step", "data", "part", "closed"),
    [
        (SIZED, b"\xca\xfe\x00\x02ab", b"", b"\xca\xfe\x00\x00"),
        (SIZED, b"\xca\xfe\x00\x02ab", bytes(300), b"\xca\xfe\x01\x2c" + bytes(300)),
        (TOTAL, b"\xf4\x09ab", b"abc", b"\xf5\x09abc"),
    ],
)
def test_lengths(step, data, part, closed) -> None:
    """A length of the part is told anew; the bits beside it stay."""
    assert opened(step, data).close([part]) == closed


@pytest.mark.parametrize(
    ("step", "data", "words"),
    [
        (STEAM, b"", "type of 4 bytes, of which 0 are left, at byte 0"),
        (STEAM, b"\x01\x00\x00\x80\x05", "length of 4 bytes, of which 1 are left, at byte 4"),
        (STEAM, bytes.fromhex("01000080ffffffff00"), "header of 4,294,967,295 bytes, of which 1 are left, at byte 8"),
        (
            STEAM,
            bytes.fromhex("0100000000000000"),
            "type with 0x80000000 beside its value was expected and 0x0 was found at byte 0",
        ),
        (MAJSOUL, b"\x04ab", "kind 1 or 2 or 3 was expected and 4 was found at byte 0"),
        (SIZED, b"\xfe\xca\x00\x00", "magic 0xcafe was expected and 0xfeca was found at byte 0"),
        (SIZED, b"\xca\xfe\x02\x00ab", "size of 2 was expected and 512 was found at byte 2"),
        (TOTAL, b"\xf3\x09ab", "total of 4 was expected and 3 was found at byte 0"),
    ],
)
def test_refused(step, data, words) -> None:
    """A header that is cut short, or that holds what cannot be, is refused."""
    assert refusal(step, data) == words


def test_too_long() -> None:
    """A part is refused that is longer than its length can tell."""
    words = "a part of 14 bytes, where total can tell 15 at most, at byte 0"
    assert close_refusal(TOTAL, b"\xf2\x09", [bytes(14)]) == words


def test_faulty_layout() -> None:
    """A layout is read when the step is made."""
    with pytest.raises(ValueError, match="layout, character 6, 'b:u17'"):
        BinaryHeader("a:u8 b:u17")


@given(
    st.sampled_from([STEAM, MAJSOUL, SIZED, TOTAL, MAYBE, BinaryHeader("a:i16le=-2|-1 b:bytes(1) c:u8=length(part)")]),
    st.sampled_from([b"", b"\x01\0\0\x80", b"\x01\0\0\x80\x01\0\0\0", b"\x02", b"\xca\xfe\0", b"\xf2", b"\xff\xffx"]),
    st.lists(st.sampled_from(list(b"\x00\x01\x02\x80\xff"))).map(bytes),
    st.binary(max_size=13),
)
def test_any_bytes(step, front, data, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(step, front + data, change)
