"""A length of fixed size in front of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import close_refusal, goes_there_and_back, opened, refusal

from paperknife_decoders.steps.length_prefix import LengthPrefix

U16 = LengthPrefix(2)
SEVERAL = LengthPrefix(2, several=True)
ITSELF = LengthPrefix(2, "little", includes_itself=True, several=True)


@pytest.mark.parametrize(
    ("step", "data", "parts"),
    [
        (LengthPrefix(), b"\x00\x00\x00\x02ab", (b"ab",)),
        (LengthPrefix(), b"\x00\x00\x00\x00", (b"",)),
        (LengthPrefix(1), b"\x02ab", (b"ab",)),
        (LengthPrefix(2, "little"), b"\x02\x00ab", (b"ab",)),
        (LengthPrefix(3), b"\x00\x00\x02ab", (b"ab",)),
        (LengthPrefix(8, "little"), b"\x02" + bytes(7) + b"ab", (b"ab",)),
        (SEVERAL, b"", ()),
        (SEVERAL, b"\x00\x02ab\x00\x00\x00\x01c", (b"ab", b"", b"c")),
        (ITSELF, b"\x04\x00ab\x02\x00\x03\x00c", (b"ab", b"", b"c")),
    ],
)
def test_opened(step, data, parts) -> None:
    """Size and order of the length are as declared, and it counts itself where that is declared."""
    assert opened(step, data).parts == parts


@pytest.mark.parametrize(
    ("step", "data", "words"),
    [
        (U16, b"", "a length of 2 bytes was expected, and there is nothing at byte 0"),
        (U16, b"\x00", "a length of 2 bytes, of which 1 are left, at byte 0"),
        (U16, b"\x00\x03ab", "a part of 3 bytes, where 2 are left, at byte 0"),
        (U16, b"\x00\x02ab\x00\x01c", "3 bytes behind the only part, which has 2, at byte 4"),
        (U16, b"\x00\x02abc", "1 byte behind the only part, which has 2, at byte 4"),
        (SEVERAL, b"\x00\x02ab\x00", "a length of 2 bytes, of which 1 are left, at byte 4"),
        (ITSELF, b"\x02\x00\x01\x00", "a length of 1, which should count its own 2 bytes, at byte 2"),
        (LengthPrefix(8), b"\xff" * 8, "a part of 18,446,744,073,709,551,615 bytes, where 0 are left, at byte 0"),
    ],
)
def test_refused(step, data, words) -> None:
    """Lengths end within the message, and only where that is declared is there more than one."""
    assert refusal(step, data) == words


@pytest.mark.parametrize(
    ("step", "data", "changed", "words"),
    [
        (LengthPrefix(1), b"\x01a", (bytes(256),), "a part of 256 bytes, where the length can tell 255 at most,"),
        (
            LengthPrefix(1, includes_itself=True),
            b"\x02a",
            (bytes(255),),
            "a part of 255 bytes, where the length can tell 254 at most,",
        ),
    ],
)
def test_too_long_to_close(step, data, changed, words) -> None:
    """A part that has become too long for its length is a fault, and not a wrong length."""
    assert close_refusal(step, data, changed).startswith(words)


STEPS = st.builds(LengthPrefix, st.sampled_from([1, 2, 3, 4, 8]), st.sampled_from(["big", "little"]), st.booleans())


@given(STEPS, st.lists(st.binary(max_size=100), max_size=5), st.binary(max_size=200))
def test_messages(step, messages, change) -> None:
    """With all options, what is written is read, and each part can be changed."""
    for several, written in ((True, messages), (False, messages[:1])):
        both = LengthPrefix(step.size, step.order, step.includes_itself, several)
        found = goes_there_and_back(both, b"".join(both.prefix(len(part)) + part for part in written), change)
        if several or written:
            assert found is not None
            assert found.parts == tuple(written)


@given(STEPS, st.booleans(), st.lists(st.integers(0, 4), max_size=30).map(bytes), st.binary(max_size=100))
def test_any_bytes(step, several, data, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(LengthPrefix(step.size, step.order, step.includes_itself, several), data, change)
