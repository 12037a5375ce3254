"""Fields of text in front of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.decoders.steps.trips import goes_there_and_back, opened, refusal

from paperknife_decoders.steps.ascii_header import AsciiHeader

THREE = AsciiHeader(3)


@pytest.mark.parametrize(
    ("step", "data", "part", "header"),
    [
        (THREE, b"a,b,7,\x0a,\xff", b"\x0a,\xff", {"field_1": "a", "field_2": "b", "field_3": "7"}),
        (THREE, b",,,", b"", {"field_1": "", "field_2": "", "field_3": ""}),
        (AsciiHeader(1, "::"), b"a:b::c::d", b"c::d", {"field_1": "a:b"}),
        (AsciiHeader(1, "\r\n\r\n"), b"Path: x\r\n\r\n\x00", b"\x00", {"field_1": "Path: x"}),
    ],
)
def test_opened(step, data, part, header) -> None:
    """The part begins behind as many separators as are declared, and may hold more; the fields are its header."""
    found = opened(step, data)
    assert (found.parts, found.headers) == ((part,), (header,))
    assert found.close([b",new"]) == data[: len(data) - len(part)] + b",new"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "3 fields with ',' behind each were expected, and 0 were found, of which the last ends at byte 0"),
        (b"a,b,c", "3 fields with ',' behind each were expected, and 2 were found, of which the last ends at byte 4"),
        (b"a,\xc3\xa4,c,", "a header in ASCII was expected and the byte c3 was found at byte 2"),
    ],
)
def test_refused(data, words) -> None:
    """Fewer fields, and fields that are no ASCII, are refused."""
    assert refusal(THREE, data) == words


@pytest.mark.parametrize(
    ("fields", "separator", "words"),
    [
        (0, ",", "fields should be a number from 1 to 100, and is 0"),
        (101, ",", "fields should be a number from 1 to 100, and is 101"),
        (3, "", "separator should be one or more ASCII characters, and is ''"),
        (3, "\u00b7", "separator should be one or more ASCII characters, and is '\\xb7'"),
    ],
)
def test_faulty_options(fields, separator, words) -> None:
    """There is at least one field, and a separator that can be found."""
    with pytest.raises(ValueError, match="should be") as caught:
        AsciiHeader(fields, separator)
    assert str(caught.value) == words


@given(
    st.integers(1, 5),
    st.sampled_from([",", "|", ",,", "a,a"]),
    st.lists(st.sampled_from(list(b",|a\xff\x00"))).map(bytes),
    st.binary(),
)
def test_any_bytes(fields, separator, data, change) -> None:
    """Any bytes open and close again, or are refused."""
    goes_there_and_back(AsciiHeader(fields, separator), data, change)
