"""What is said about names that are not there."""

import pytest

UNKNOWN = [
    ("order.pric > 5", "order (venue.Order) has no field pric; did you mean price?", 7, 4),
    (
        "ordr.price > 5",
        "has a field ordr; did you mean order?",
        1,
        4,
    ),
    (
        "heartBeat",
        "Message nor venue.ServerMessage has a field heartBeat; did you mean heartbeat?",
        1,
        9,
    ),
    ("update.levels[0].sze == 1", "update.levels[0] (venue.Leg) has no field sze; did you mean size?", 18, 3),
    ("quantity > 5", "has a field quantity; did you mean order.quantity?", 1, 8),
    (
        "both.qwertz == 1",
        "nor both (venue.Update) has a field qwertz. They have: account, at",
        6,
        6,
    ),
    (
        "both.dept == 1",
        "nor both (venue.Update) has a field dept; did you mean depth?",
        6,
        4,
    ),
    ("heartbeat.x == 1", "heartbeat (venue.Heartbeat) has no field x. It has: count", 11, 1),
    ("connexion == 1", "did you mean connection?", 1, 9),
    ("order.from2 == 1", "did you mean from_?", 7, 5),
    ("order.price > 5 and order.__class__", "order (venue.Order) has no field __class__", 27, 9),
    ("update.at > 5 or ordr", "update.at is a time", 13, 1),
]


@pytest.mark.parametrize(("text", "reason", "column", "length"), UNKNOWN)
def test_unknown_name(refusal, text, reason, column, length):
    """The first name that is right in neither direction is underlined, with its type and what was likely meant."""
    error = refusal(text)
    assert reason in error.reason
    assert (error.column, error.length) == (column, length)


def test_name_that_is_right_in_one_direction_is_right(venue):
    """A path of one direction's envelope is no mistake in the other's."""
    assert venue.compile("order.price > 5 or update.depth > 5")
