"""Messages as base64."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import goes_there_and_back, opened, refusal

from paperknife_decoders.steps.base64_text import Base64Text

STEP, URL = Base64Text(), Base64Text("url")
SIGNS = b"\xfb\xff\xbf"  # +/+/ in one alphabet, -_-_ in the other


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", b""),
        (b'""', b""),
        (b"YWI=", b"ab"),
        (b"YWI", b"ab"),
        (b"YQ==", b"a"),
        (b"YWJj", b"abc"),
        (b"+/+/", SIGNS),
        (b"-_-_", SIGNS),
        (b"YR==", b"a"),
        (b' "YWI="\r\n', b"ab"),
        (b"'YWI='", b"ab"),
    ],
)
def test_opened(data, part) -> None:
    """Either alphabet, with padding or without; bits that no byte has are passed over."""
    for step in (STEP, URL):
        assert opened(step, data).parts == (part,)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a": 1}', "base64 was expected, and '{' was found at byte 0"),
        (b"YW\x1bI=", "base64 was expected, and '\\x1b' was found at byte 2"),
        (b"YW\xffI", "base64 was expected, and '\\xff' was found at byte 2"),
        (b"YWJjZ", "base64 was expected, and 5 digits are one too many or too few at byte 0"),
        (b" YWI==", "1 '=' were expected and 2 were found at byte 4"),
        (b"YWJj=", "0 '=' were expected and 1 were found at byte 4"),
        (b"=", "0 '=' were expected and 1 were found at byte 0"),
        (b"+/-_", "base64 was expected, and signs of both its alphabets were found at byte 0"),
        (b"YW I=", "base64 was expected, and its digits, spaces, quotes or '=' are in a wrong order at byte 0"),
        (b'"YWI=', "base64 was expected, and its digits, spaces, quotes or '=' are in a wrong order at byte 0"),
        (b"YQ===", "base64 was expected, and its digits, spaces, quotes or '=' are in a wrong order at byte 0"),
    ],
)
def test_refused(data, words) -> None:
    """What is no base64 is refused, with what was found in its place."""
    assert refusal(STEP, data) == words


@pytest.mark.parametrize(
    ("step", "data", "changed", "closed"),
    [
        (STEP, b"YR==", b"a", b"YR=="),
        (STEP, b"YQ==", SIGNS, b"+/+/"),
        (URL, b"YQ==", SIGNS, b"-_-_"),
        (STEP, b"-_-_", SIGNS * 2, b"-_-_-_-_"),
        (URL, b"+/+/", SIGNS * 2, b"+/+/+/+/"),
        (STEP, b"YQ", b"ab", b"YWI"),
        (STEP, b"YWJj", b"ab", b"YWI="),
        (STEP, b' "YQ=="\n', b"ab", b' "YWI="\n'),
    ],
)
def test_closed(step, data, changed, closed) -> None:
    """Alphabet, padding and all that stands around stay as they were; where the text shows none, as declared."""
    assert opened(step, data).close([changed]) == closed


@given(st.binary(), st.binary(), st.sampled_from(["", " ", '"', "\n'"]))
def test_bytes(message, change, around) -> None:
    """All that is written as base64 is read."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for text in (encode(message), encode(message).rstrip(b"=")):
            found = goes_there_and_back(STEP, around.encode() + text + around[::-1].encode(), change)
            assert found is not None
            assert found.parts == (message,)


@given(st.lists(st.sampled_from(list(b"QYz9+/-_== \"'\n\x00\xff"))).map(bytes), st.binary(max_size=20))
def test_any_bytes(data, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(STEP, data, change)
    goes_there_and_back(URL, data, change)
