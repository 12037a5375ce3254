"""The one exception of the decoders."""

import pickle

import pytest

from paperknife_decoders.errors import DecodeError

CASES = [
    (DecodeError("too short"), "too short at byte 0"),
    (DecodeError("too short", 7), "too short at byte 7"),
    (DecodeError("too short", 7, ("order", 3)), "too short at byte 7 in field order.3"),
]


@pytest.mark.parametrize(("error", "text"), CASES)
def test_it_says_what_where_and_in_which_field(error: DecodeError, text: str) -> None:
    """It is a ValueError, and can be sent between processes."""
    assert str(error) == text
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (again.reason, again.offset, again.path, str(again)) == (error.reason, error.offset, error.path, text)
