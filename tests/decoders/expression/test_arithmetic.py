"""Arithmetic, and where it has no result."""

import pytest

HOLDS = [
    "order.quantity * order.price == 15064.5",
    "order.price + 0.5 == 5022",
    "order.price - order.legs[0].price == 5011.5",
    "order.quantity + 2 * 3 == 9",
    "(order.quantity + 2) * 3 == 15",
    "order.quantity / 2 == 1.5",
    "order.quantity // 2 == 1",
    "order.quantity % 2 == 1",
    "-order.quantity == -3",
    "+order.quantity == 3",
    "-order.price < 0",
    "order.fee * 10 == 1.0",
    'time - order.sent == "-500ms"',
    'order.sent + "1s" > time',
    'order.sent - "2026-01-01" > "12h"',
    'order.sent + order.life > "2026-01-01T12:01:30Z"',
    'order.life + order.life == "3m"',
    "order.life - 30 == 60",
    '-order.life == "-90s"',
]


@pytest.mark.parametrize("text", HOLDS)
def test_arithmetic(of_order, text):
    """Numbers, decimals, times and durations calculate; decimals stay exact."""
    assert of_order(text)


NO_VALUE = [
    "order.quantity / 0",
    "order.quantity // 0",
    "order.quantity % 0",
    "order.price / 0",
    "order.shown + 1",
    "-order.shown",
]


@pytest.mark.parametrize("text", NO_VALUE)
def test_no_result(of_order, text):
    """Arithmetic that has no result compares with nothing."""
    assert not of_order(f"{text} == 0")
    assert not of_order(f"{text} != 0")


REFUSED = [
    ('order.symbol + "x" == "y"', "+ takes numbers, or times and durations"),
    ("order.side * 2 == 2", "* takes numbers"),
    ("order.sent * 2 == 2", "* takes numbers"),
    ("-order.symbol == 2", "- takes a number"),
    ('order.sent + "soon" > time', "it compares with an ISO time"),
    ("order.legs + 1 == 2", "+ takes numbers"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_no_arithmetic_on_other_kinds(refusal, text, reason):
    """What does not calculate is refused when it is compiled."""
    assert reason in refusal(text).reason
