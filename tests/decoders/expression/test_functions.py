"""Functions of values."""

import pytest

from paperknife_decoders.expression.patterns import SEARCHED

HOLDS = [
    "has(order)",
    "has(order.price)",
    "has(order.legs)",
    "has(order.labels)",
    'has(order.labels["desk"])',
    "has(order.account)",
    "has(order.quantity)",
    "has(order.legs[1])",
    "has(order.legs[1].price)",
    "has(msg)",
    "not has(order.tag)",
    "not has(order.number)",
    "not has(order.parent)",
    "not has(order.parent.legs)",
    "not has(order.hidden)",
    "not has(order.legs[9])",
    "not has(heartbeat)",
    "not has(update.symbol)",
    "any(has(l.price) for l in order.legs)",
    "len(order.legs) == 2",
    "len(order.labels) == 1",
    "len(order.symbol) == 4",
    "len(order.blob) == 2",
    "abs(-order.quantity) == 3",
    "abs(order.price) > 5000",
    'abs(time - order.sent) == "500ms"',
    "number(order.legs[0].price.value) == 10",
    "number(order.price) == 5021.5",
    'lower(order.symbol) == "esz6"',
    'startswith(order.symbol, "ES")',
    'startswith(lower(order.symbol), "es")',
    'endswith(order.symbol, "Z6")',
    'contains(order.symbol, "SZ")',
    "contains(order.symbol, order.legs[0].price) == false",
    'contains(payload, "ord")',
    'startswith(order.price, "5021")',
    'matches(order.symbol, "^ES[FGHJKMNQUVXZ][0-9]$")',
    'matches(order.symbol, "(?i)z6")',
    "len(order.legs)",
]


@pytest.mark.parametrize("text", HOLDS)
def test_function(of_order, text):
    """Functions take paths, constants and each other."""
    assert of_order(text)


NO_VALUE = [
    "len(update.levels) >= 0",
    "abs(order.shown) >= 0",
    "number(order.symbol) != 1",
    'startswith(order.tag, "")',
    'matches(order.tag, "")',
    'lower(order.tag) != "x"',
]


@pytest.mark.parametrize("text", NO_VALUE)
def test_function_of_nothing(of_order, text):
    """A function of what has no value has none."""
    assert not of_order(text)


def test_pattern_sees_the_beginning_only(of):
    """A regular expression runs over so many characters of a peer's text, and no more."""
    assert of('matches(order.symbol, "ax")', f'order {{ symbol: "{"a" * (SEARCHED - 1)}x" }}')
    assert not of('matches(order.symbol, "ax")', f'order {{ symbol: "{"a" * SEARCHED}x" }}')


def test_pattern_is_written_without_doubling_backslashes(of_order, recwarn):
    """A backslash in a regular expression needs no second one, and nobody is warned of it."""
    assert of_order(r'matches(order.symbol, "^\w+\d$") and not matches(order.symbol, "[[a]")')
    assert not recwarn.list


REFUSED = [
    ("has(size)", "has() takes the path of a field"),
    ("has(5)", "has() takes the path of a field"),
    ("has()", "has() takes path: has(path)"),
    ("has(order, order)", "has() takes path: has(path)"),
    ("len(order.quantity) == 1", "len() takes a list"),
    ("len(l for l in order.legs) == 1", "len() takes no loop; any, all, count"),
    ("abs(order.symbol) == 1", "a number is needed here"),
    ("number(order.side) == 1", "a string is needed here"),
    ("startswith(order.quantity, 3)", "a string is needed here"),
    ('matches(order.symbol, "(")', "this is no regular expression"),
    ('matches(order.symbol, "(a+)+")', "a repetition or a choice is repeated"),
    ("matches(order.symbol, order.memo)", "takes the regular expression as a string"),
    ('order.symbol.startswith("E")', 'functions stand before what they are about: startswith(order.symbol, "E")'),
    ("lenn(order.legs) == 1", "there is no function lenn; did you mean len?"),
    ("eval('1')", "there is no function eval. There are: any, all"),
    ("order.symbol() == 1", "there is no function order.symbol"),
    ("len == 1", "len is a function: len(...)"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_call_that_is_refused(refusal, text, reason):
    """What a function does not take is said, with what it takes."""
    assert reason in refusal(text).reason
