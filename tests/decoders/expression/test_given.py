"""Names that a caller gives beside those of the message."""

from __future__ import annotations

import pytest

from paperknife_decoders.expression import ExpressionError, Given, compile_expression, compile_value
from paperknife_decoders.expression.terms import Kind
from paperknife_decoders.message import Direction

CLIENT = Direction.CLIENT

GIVEN = {
    "now": Given(Kind.TIMESTAMP, lambda held: held["now"]),
    "counter": Given(Kind.NUMBER, lambda held: held["counter"]),
    "remembered.tag": Given(Kind.STRING, lambda held: held.get("tag")),
}
HELD = {"now": 1_767_268_800_000_000_000, "counter": 3, "tag": "a"}


@pytest.fixture
def order(venue):
    return venue.message(CLIENT, 'order { symbol: "ES" quantity: 5 tag: "a" }')


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("counter == 3", True),
        ("order.quantity > counter", True),
        ("order.tag == remembered.tag", True),
        ("order.symbol == remembered.tag", False),
        ("has(remembered.tag)", True),
        ('now >= "2026-01-01"', True),
        ("any(counter == 3 for leg in order.sizes)", False),
    ],
)
def test_given_names_in_conditions(venue, order, text, holds):
    """A name that the caller gives is a value like any other."""
    kinds = venue.protocol.client.descriptor, venue.protocol.server.descriptor
    expression = compile_expression(text, *kinds, given=GIVEN)
    assert expression.matches(order, order.envelopes[0], HELD) is holds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("order.quantity * 2", 10),
        ("order.quantity + counter", 8),
        ("remembered.tag", "a"),
        ("order.shown", None),
        ("order.quantity / 0", None),
        ("size", 11),
    ],
)
def test_values(venue, order, text, value):
    """An expression for a value gives it in the Python type of its kind, None where there is none."""
    kinds = venue.protocol.client.descriptor, venue.protocol.server.descriptor
    valued = compile_value(text, CLIENT, kinds, given=GIVEN)
    assert valued.value(order, order.envelopes[0], HELD) == (len(order.content) if text == "size" else value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("remembered.tga", "did you mean remembered.tag?"),
        ("counter.x", "counter is a number, it has no fields"),
        ("order.quantitty", "did you mean quantity?"),
        ("update", "has no field update"),
    ],
)
def test_faults(venue, text, reason):
    """A name that only looks like a given one is told of as any other is."""
    kinds = venue.protocol.client.descriptor, venue.protocol.server.descriptor
    with pytest.raises(ExpressionError, match=reason.replace("?", r"\?")):
        compile_value(text, CLIENT, kinds, given=GIVEN)
