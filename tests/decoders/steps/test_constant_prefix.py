"""A constant in front of every message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import goes_there_and_back, opened, refusal

from paperknife_decoders.steps.constant_prefix import ConstantPrefix


@pytest.mark.parametrize(
    ("hex", "data", "part"),
    [
        ("00", b"\x00ab", b"ab"),
        ("00", b"\x00", b""),
        ("CAfe", b"\xca\xfe\xca\xfe", b"\xca\xfe"),
        ("ca fe", b"\xca\xfex", b"x"),
    ],
)
def test_opened(hex, data, part) -> None:
    """What lies behind the prefix is the part, once."""
    assert opened(ConstantPrefix(hex), data).parts == (part,)
    assert opened(ConstantPrefix(hex), data).close([b"new"]) == bytes.fromhex(hex) + b"new"


@pytest.mark.parametrize(
    ("hex", "data", "words"),
    [
        ("00", b"", "00 was expected and nothing was found at byte 0"),
        ("00", b"\x08\x01", "00 was expected and 08 was found at byte 0"),
        ("cafe", b"\xca", "cafe was expected and ca was found at byte 0"),
        ("cafe", b"\xca\xff\x00", "cafe was expected and caff was found at byte 0"),
    ],
)
def test_refused(hex, data, words) -> None:
    """Another prefix is refused with both of them in the sentence."""
    assert refusal(ConstantPrefix(hex), data) == words


@pytest.mark.parametrize(
    ("hex", "words"),
    [
        ("", "hex should be at least one byte, as in 00, and is empty"),
        ("0", "hex should be pairs of hex digits, as in cafe01, and is '0'"),
        ("0x00", "hex should be pairs of hex digits, as in cafe01, and is '0x00'"),
        ("\x1b]" * 50, "hex should be pairs of hex digits, as in cafe01, and is '"),
    ],
)
def test_faulty_options(hex, words) -> None:
    """The prefix is one or more bytes in hex."""
    with pytest.raises(ValueError, match="hex should be") as caught:
        ConstantPrefix(hex)
    assert str(caught.value).startswith(words)
    assert str(caught.value).isprintable()


@given(st.binary(min_size=1, max_size=3), st.binary(max_size=10), st.binary(max_size=5))
def test_any_bytes(prefix, data, change) -> None:
    """Any bytes open and close again, or are refused; those behind the prefix always open."""
    step = ConstantPrefix(prefix.hex())
    goes_there_and_back(step, data, change)
    assert goes_there_and_back(step, prefix + data, change) is not None
