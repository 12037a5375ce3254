"""Conditions: what is true by itself, and what `and`, `or`, `not` make of it."""

import pytest

TRUE = [
    "order",
    "msg",
    "true",
    "True",
    "order.price",
    "order.quantity",
    "order.symbol",
    "order.legs",
    "order.sent",
    "order.life",
    "order.firm",
    "order.side",
    "order.labels",
    "size",
    "connection",
    "not heartbeat",
    "not update",
    "not order.parent",
    "not order.hidden",
    "not order.tag",
    "not order.shown",
    "not false",
    "order and not heartbeat",
    "heartbeat or order",
    "heartbeat or update or order.quantity == 3",
    "order and order.quantity == 3 and order.side == BUY",
    "not (order and heartbeat)",
    "not order.quantity == 4",
    "heartbeat and update or order",
    "direction == client and order",
    "(order.quantity > 5) == False",
]


@pytest.mark.parametrize("text", TRUE)
def test_condition(of_order, text):
    """Messages are true where they are set, values where they are not zero or empty; `and` binds before `or`."""
    assert of_order(text)
    assert not of_order(f"not ({text})")


def test_payload_alone_is_presence(of):
    """The name of a payload that is a bare number is true where it is set, if it is zero too."""
    assert of("ping", "ping: 0")
    assert not of("ping", "heartbeat {}")
    assert of("heartbeat", "heartbeat {}")
    assert not of("ping == 1", "ping: 0")


def test_not_of_a_comparison_with_no_value_is_true(of_order, of_update):
    """There is no third truth: the comparison is false, and so its negation holds, of other payloads too."""
    assert not of_order("not (order.price > 5000)")
    assert of_update("not (order.price > 5000)")
    assert not of_update("order.price <= 5000")


REFUSED = ["5", '"x"', "order or 5", "not 'x'", "order and None"]


@pytest.mark.parametrize("text", REFUSED)
def test_constant_is_no_condition(refusal, text):
    """A constant where a condition is expected is a mistake."""
    assert "alone is no condition" in refusal(text).reason
