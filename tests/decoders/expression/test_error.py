"""How an error reads."""

import pytest

from paperknife_decoders.expression.error import EXCERPT_WIDTH, ExpressionError, closest, listed

SHOWN = [
    (("no", "a.b > 5", 3, 1), "no\n  a.b > 5\n    ^"),
    (("no", "a.b > 5", 1, 3), "no\n  a.b > 5\n  ^^^"),
    (("no", "", 1, 0), "no\n  \n  ^"),
    (("no", "a", 2, 1), "no\n  a\n   ^"),
    (("no", "\x1b[0m a", 6, 1), "no\n  \\x1b[0m a\n          ^"),
    (("no", "a\n b", 4, 1), "no\n  a  b\n     ^"),
]


@pytest.mark.parametrize(("fields", "shown"), SHOWN)
def test_caret_stands_under_its_character(fields, shown):
    """A sentence, the expression with its control characters escaped, carets under what is meant."""
    assert str(ExpressionError(*fields)) == shown


@pytest.mark.parametrize("column", [1, 40, 150, 299, 301])
def test_long_expression_is_shown_around_its_mistake(column):
    """Of a long expression the part around the caret is shown, and the caret stands right."""
    text = "".join(chr(0x4E00 + at) for at in range(300))
    _, line, carets = str(ExpressionError("no", text, column)).split("\n")
    assert len(line) == EXCERPT_WIDTH + 2
    assert line[carets.index("^") :][:1] == text[column - 1 : column]


MEANT = [
    ("pric", ["price", "size"], "price"),
    ("orderResponse", ["order", "order_response"], "order_response"),
    ("BYU", ["BUY", "SELL"], "BUY"),
    ("reqest", ["tree", "topic"], ""),
    ("zzz", ["price"], ""),
    ("x", [], ""),
]


@pytest.mark.parametrize(("name", "names", "likely"), MEANT)
def test_closest(name, names, likely):
    """The nearest name is proposed, and none where none is near."""
    assert closest(name, names) == likely


def test_long_lists_end_in_a_count():
    """Twelve names are listed, the rest is counted."""
    assert listed(["a", "b"]) == "a, b"
    assert listed(map(str, range(15))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"
