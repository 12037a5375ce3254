"""Regular expressions that a peer's text cannot turn against the proxy."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.expression.patterns import BadPattern, compile_pattern

GOOD = [
    "",
    "^ES",
    "ES.*Z",
    r"\d+-\d+",
    "(ab|cd)",
    "(ab)?c",
    "[*+]+",
    r"\(a+\)+",
    "a{2,5}",
    "(?i)es",
    "(?:ab)+",
    "[]+]+x",
    "(ab){3}",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_good_pattern(pattern):
    """Patterns whose time is a small power of the text's length are taken."""
    assert isinstance(compile_pattern(pattern), re.Pattern)


BAD = [
    "(a+)+",
    "(a*)*b",
    "(a|a)+",
    "(a|b)*",
    "((ab)+)*",
    "(?:a+){2,}",
    "(a?)+",
    "(?P<x>a+)+",
    "([a-z]+)*x",
    "(a+)+?",
    "((a)|b)+",
    "a*b*c*d*",
    "(a{1,})*",
    "(a+){50}",
    "(",
    "[",
]


@pytest.mark.parametrize("pattern", BAD)
def test_bad_pattern(pattern):
    """Patterns that could take exponential time, or a high power, are refused."""
    with pytest.raises(BadPattern):
        compile_pattern(pattern)


@given(st.text(alphabet="ab(|)[]*+?{}1,\\^$.:=!<>P", max_size=20))
def test_any_text_is_a_pattern_or_refused(text):
    """No text raises anything else."""
    try:
        compile_pattern(text)
    except BadPattern as error:
        assert str(error)
