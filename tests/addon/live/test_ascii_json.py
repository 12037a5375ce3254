"""JSON for terminals."""

import json

from hypothesis import given
from hypothesis import strategies as st

from paperknife.live.ascii_json import ascii_json


def test_json_in_ascii() -> None:
    """Every character beyond is escaped, and so is DEL."""
    assert ascii_json({"a": "\x7f\u202e\x9b"}) == r'{"a": "\u007f\u202e\u009b"}'


@given(st.dictionaries(st.text(), st.text()))
def test_it_says_the_same(value: dict[str, str]) -> None:
    """Whoever reads it gets what was written, and a terminal nothing that it obeys."""
    text = ascii_json(value)
    assert json.loads(text) == value
    assert text.isascii() and text.isprintable()
