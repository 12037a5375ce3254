"""What an expression may be made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.expression import ExpressionError
from paperknife_decoders.expression.grammar import MAX_LENGTH, parse

REFUSED = [
    ("lambda: 0", "a lambda is not allowed", 1),
    ("a if b else c", "a conditional is not allowed", 1),
    ("f'{a}'", "an f-string is not allowed", 1),
    ("(a := 1)", "an assignment is not allowed", 2),
    ("await a", "await is not allowed", 1),
    ("(yield)", "yield is not allowed", 2),
    ("any(*a)", "a star is not allowed", 5),
    ("a[1:2]", "a slice is not allowed", 3),
    ("{1: 2}", "a dictionary is not allowed", 1),
    ("a in {1, 2}", "a set is not allowed", 6),
    ("[x for x in a]", "a loop in brackets is not allowed", 1),
    ("len(x=1)", "an argument with a name is not allowed", 1),
    ("a is b", "== compares, and has(path) tells", 1),
    ("a is not None", "has(path) tells whether a field is set", 1),
    ("2 ** 99 > a", "a power (**) is not allowed", 1),
    ("1 << 99 > a", "LShift is not allowed", 1),
    ("a & b", "`and` joins conditions", 1),
    ("~a", "`not` turns a condition round", 1),
    ("a @ b", "MatMult is not allowed", 1),
    ("a && b", "`and` joins conditions, not &&", 3),
    ("a || b", "`or` joins conditions, not ||", 3),
    ("a = 5", "compared with ==, not =", 3),
    ("!a", "turned round with `not`, not !", 1),
    ("a.from == 1", "`from` is a word of the language: the field is from_", 3),
    ("class.x == 1", "`class` is a word of the language: the field is class_", 1),
    ("", "the expression is empty", 1),
    ("   ", "the expression is empty", 1),
    ("a >", "this is no expression", None),
    ("a b", "this is no expression", None),
    ("import os", "this is no expression", 1),
    ("(a", "this is no expression", 1),
    ("a\0b", "null bytes", None),
    ("(" * 300 + "a" + ")" * 300, "too many nested parentheses", None),
    ("not " * 300 + "a", "nested too deep", 157),
    ("-" * 1000 + "1", "nested too deep", None),
    ("a." * 500 + "a == 1", "nested too deep", 1),
    ("a" * (MAX_LENGTH + 1), "an expression has at most 2,000 characters, this one has 2,001", 1),
]


@pytest.mark.parametrize(("text", "reason", "column"), REFUSED, ids=[row[0][:20] or "empty" for row in REFUSED])
def test_refused(text, reason, column):
    """Whatever is not on the white list is refused with a sentence, at its place."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert column in (None, caught.value.column)


PLACES = [
    ("a and (lambda: 0)", 8, 9),
    ("   a and (lambda: 0)", 11, 9),
    ('"é" == a and (lambda: 0)', 15, 9),
    ("a and\n  (lambda: 0)", 10, 9),
]


@pytest.mark.parametrize(("text", "column", "length"), PLACES)
def test_place_is_counted_in_characters(text, column, length):
    """Indents, other alphabets and line breaks do not move the carets."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.column, caught.value.length) == (column, length)


@given(st.one_of(st.text(max_size=40), st.text(alphabet="ab.()[]<>=!'\"0 +-*/%,\\\n", max_size=40)))
def test_any_text_parses_or_is_refused(text):
    """No text raises anything but the one error."""
    try:
        parse(text)
    except ExpressionError as error:
        assert 1 <= error.column <= len(text) + 1
