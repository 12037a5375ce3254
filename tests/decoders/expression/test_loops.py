"""Functions of what repeats."""

import pytest

from paperknife_decoders.expression.program import MAX_STEPS
from paperknife_decoders.message import Direction

HOLDS = [
    "any(l.size == 4 for l in order.legs)",
    "not any(l.size == 5 for l in order.legs)",
    "all(l.size > 0 for l in order.legs)",
    "not all(l.size > 1 for l in order.legs)",
    "any(l.side == SELL for l in order.legs if l.size > 1)",
    "not any(l.side == SELL for l in order.legs if l.size > 1 if l.size < 3)",
    "count(l.size > 0 for l in order.legs) == 2",
    "count(order.legs) == 2",
    "sum(l.size for l in order.legs) == 5",
    "sum(order.sizes) == 7",
    "min(order.sizes) == 2",
    "max(order.sizes) == 5",
    "sum(order.fills) == 4",
    "max(order.fills) == 2.5",
    "max(l.price for l in order.legs) == 10",
    "min(order.quantity, order.sizes[0], 7) == 2",
    "max(order.price, order.quantity) == 5021.5",
    'any(k == "desk" for k in order.labels)',
    'any(order.labels[k] == "a" for k in order.labels)',
    "any(order.by_number[k].size == 70 for k in order.by_number)",
    "any(p > 2 for p in order.fills)",
    'any(n == "second" for n in order.notes)',
    "any(order.sizes)",
    "all(order.sizes)",
    "any(any(p == 2 for p in l.parts) for l in order.legs)",
    "any(any(p > l.size for p in l.parts) for l in order.legs)",
    "any(l.price for l in order.legs)",
    "any(x.size == 1 for x in order.legs) and any(x == 5 for x in order.sizes)",
]


@pytest.mark.parametrize("text", HOLDS)
def test_loop(of_order, text):
    """Loops see every element, in the scope of their own name, and pass over what has no value."""
    assert of_order(text)


EMPTY = [
    ("any(l.size == 0 for l in order.legs)", False),
    ("all(l.size == 0 for l in order.legs)", True),
    ("count(order.legs) == 0", True),
    ("sum(l.size for l in order.legs) == 0", True),
    ("min(order.sizes) == 0", False),
    ("max(order.sizes) != 0", False),
]


@pytest.mark.parametrize(("text", "empty"), EMPTY)
def test_empty_list_is_not_an_absent_one(of, text, empty):
    """An empty list has a value; the list of a message that is not there has none, and nothing is true of it."""
    assert of(text, "order {}") is empty
    assert not of(text, "heartbeat {}")


REFUSED = [
    ("any(x for x in order)", "order is a message; a loop goes over a repeated field"),
    ("any(l.sze == 0 for l in order.legs)", "l (venue.Leg) has no field sze; did you mean size?"),
    ("any(a == b for a in order.sizes for b in order.sizes)", "one loop has one `for`"),
    ("any(size == 0 for size in order.sizes)", "a loop needs one name of its own"),
    ("any(a for a, b in order.sizes)", "a loop needs one name of its own"),
    ("any(order.quantity)", "any() takes a list, or a loop"),
    ("any(order.sizes, order.sizes)", "any() takes one list"),
    ("any()", "any() takes one list"),
    ("sum(n for n in order.notes) == 1", "a number is needed here"),
    ("max(order.legs) == 1", "it has no least and no greatest"),
    ("min(order.symbol, order.quantity) == 1", "they do not compare"),
    ("(x for x in order.sizes)", "a loop is only allowed as the argument of one of any"),
    ("any(x == 1 for x in order.sizes) and x == 1", "has a field x"),
    ("any([x for x in order.sizes])", "a loop in brackets is not allowed"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_loop_that_is_refused(refusal, text, reason):
    """What a loop cannot be is said."""
    assert reason in refusal(text).reason


def test_steps_are_bounded(venue):
    """A peer's list inside a list does not keep the proxy busy: beyond a limit the expression does not match."""
    sizes = venue.message(Direction.CLIENT, "order { " + "sizes: 1 " * 400 + "}")
    assert MAX_STEPS < 400 * 400
    assert not venue.holds("all(all(a == b for a in order.sizes) for b in order.sizes)", sizes)
    assert not venue.holds("not any(any(a != b for a in order.sizes) for b in order.sizes)", sizes)
    assert not venue.holds("all(b in order.sizes and 2 not in order.sizes for b in order.sizes)", sizes)
    assert venue.holds("all(a == 1 for a in order.sizes)", sizes)
