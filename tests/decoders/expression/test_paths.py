"""Field paths, and where they have no value."""

import pytest

from paperknife_decoders.message import Direction

HOLDS = [
    'order.symbol == "ESZ6"',
    "order.legs[0].size == 1",
    "order.legs[-1].size == 4",
    'order.labels["desk"] == "a"',
    "order.by_number[7].size == 70",
    'order.from_ == "me"',
    'order.price.value == "5021.50"',
    "order.sent.seconds == 1767268800",
    "msg.order.quantity == 3",
    'order.account == "A1"',
    "order.serial == 18446744073709551615",
    "order.parent.quantity == 0 or not order.parent",
]

NO_VALUE = [
    "order.parent.quantity",
    "order.parent.parent.price",
    "order.legs[2].size",
    "order.legs[-3].size",
    'order.labels["none"]',
    "order.by_number[8].size",
    "order.by_number[99999999999].size",
    "order.shown",
    "order.number",
    "heartbeat.count",
    "update.depth",
    "ping",
]


@pytest.mark.parametrize("text", HOLDS)
def test_path_leads_to_its_field(of_order, text):
    """A path through set messages, indexes, keys and the members of a oneof gives the value that is there."""
    assert of_order(text)


@pytest.mark.parametrize("path", NO_VALUE)
@pytest.mark.parametrize("operator", ["== {}", "!= {}", "< {}", ">= {}", "in ({},)", "not in ({},)"])
def test_comparison_with_no_value_is_false(of_order, path, operator):
    """Whatever the operator, `!=` and `not in` too; and so its negation is true."""
    literal = '"x"' if "labels" in path else "5"
    text = f"{path} {operator.format(literal)}"
    assert not of_order(text)
    assert of_order(f"not ({text})")


def test_map_is_not_filled_by_looking(venue):
    """Asking a map for a key that it has not leaves the message as it was."""
    message = venue.message(Direction.CLIENT, 'order { symbol: "a" }')
    before = message.envelopes[0].message.SerializeToString()
    assert not venue.holds("order.by_number[3].size == 0", message)
    assert message.envelopes[0].message.SerializeToString() == before


def test_implicit_presence_has_its_default_where_the_parent_is_set(of):
    """A proto3 scalar that was not sent is zero, in a message that is set."""
    assert of("order.quantity == 0", "order {}")
    assert not of("order.quantity == 0", "heartbeat {}")


def test_proto2_field_unset_has_no_value_in_spite_of_its_default(of):
    """A field with presence that is not set has no value, whatever default its schema declares."""
    assert of("old.level == 5", 'old { name: "n" level: 5 }')
    assert not of("old.level == 5", 'old { name: "n" }')


def test_field_called_like_a_method_of_the_library(venue):
    """A schema may call its field HasField; presence still works beside it."""
    message = venue.raw(Direction.CLIENT, b"\x32\x05\x0a\x03yes")
    assert venue.holds('odd.HasField == "yes" and not has(odd.other)', message)


REFUSED = [
    ("order.legs.size == 1", "order.legs is a list; say which element", 1),
    ("order.labels.desk == 1", "order.labels is a map; say which key", 1),
    ("order.symbol.x == 1", "order.symbol is a string, it has no fields", 1),
    ("order.symbol[0] == 1", "order.symbol is a string; only lists and maps have [...]", 1),
    ('order.legs["a"].size == 1', "order.legs is a list: its elements are numbered", 12),
    ("order.legs[order.quantity].size == 1", "order.legs is a list: its elements are numbered", 12),
    ("order.legs[99999999999].size == 1", "no position in a list", 12),
    ("order.labels[5] == 1", "a key of order.labels is a string", 14),
    ("len(order.legs).x == 1", "a path starts with the name of a field", 1),
    ("size.x == 1", "size is a number, it has no fields", 1),
    ("time.x == 1", "msg.time is the envelope's own field", 1),
]


@pytest.mark.parametrize(("text", "reason", "column"), REFUSED)
def test_wrong_step_is_named(refusal, text, reason, column):
    """A step that the type does not have is refused with what to write instead."""
    error = refusal(text)
    assert reason in error.reason
    assert error.column == column
