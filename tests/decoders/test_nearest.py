"""Which name was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.nearest import nearest

CASES = [
    ("pric", ["price", "size"], ["price"]),
    ("buyer", ["price", "buy"], ["buy"]),
    ("byu", ["buy", "sell"], ["buy"]),
    ("sym", ["symbol"], ["symbol"]),
    ("kynd", ["kind"], ["kind"]),
    ("ordr", ["order"], ["order"]),
    ("rder", ["order"], ["order"]),
    ("reqest", ["tree", "test", "request"], ["request"]),
    ("reqest", ["tree", "test"], []),
    ("zzz", ["price"], []),
    ("x", ["xylophone", "y"], []),
    ("x", [], []),
    ("", ["a"], []),
]


@pytest.mark.parametrize(("name", "names", "expected"), CASES)
def test_nearest(name, names, expected):
    """One that comes close is found, and none where none does."""
    assert nearest(name, names) == expected


def test_several():
    """The closest first, and no more than were asked for."""
    assert nearest("quote", ["quota", "quotes", "quoted", "price"], 2) == ["quotes", "quoted"]


@given(st.text(max_size=20), st.lists(st.text(max_size=20), unique=True, max_size=10))
def test_a_name_that_is_there_comes_first(name, names):
    """Whatever the names are, it never raises, and gives only what is there."""
    found = nearest(name, [*names, name], 3)
    assert found[:1] == [name]
    assert set(found) <= {*names, name}
