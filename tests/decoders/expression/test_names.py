"""The built-in names."""

import pytest

from paperknife_decoders.message import Direction, Opcode

HOLDS = [
    "direction == client",
    "client == direction",
    'direction == "client"',
    "direction != server",
    "direction in (client, server)",
    "payload == order",
    'payload == "order"',
    "payload != heartbeat",
    "payload in (order, update)",
    "payload not in (heartbeat, update)",
    'startswith(payload, "ord")',
    '"rde" in payload',
    "size > 100",
    "size < 1000",
    'time == "2026-01-01T12:00:00Z"',
    'time >= "2026-01-01" and time < "2026-01-02"',
    "connection == 4",
    "connection in (1, 4)",
    "opcode == binary",
    "opcode != text",
    "opcode == 2",
    "opcode in (text, binary)",
]


@pytest.mark.parametrize("text", HOLDS)
def test_built_in_name(of_order, text):
    """What is known of every message can be asked by name."""
    assert of_order(text)
    assert not of_order(f"not ({text})")


def test_built_in_name_wins_over_a_field(of):
    """`time` is when the message passed; the envelope's own field of that name is msg.time."""
    assert of('time > "2020-01-01" and msg.time == 5', "time: 5")


def test_payload_of_text_is_empty(venue):
    """A message without a payload has an empty one."""
    message = venue.raw(Direction.SERVER, b"hello", Opcode.TEXT)
    assert venue.holds('payload == "" and opcode == text and direction == server', message)


REFUSED = [
    ("direction == up", "direction is never up"),
    ("payload == 5", "payload is a string"),
    ("payload == nothing", "payload is never nothing"),
    ('size == "big"', "size is a number"),
    ("connection == first", "no field first"),
    ("opcode == ping2", "opcode is never ping2; did you mean ping?"),
    ("time == 5", "time is a time; it compares with an ISO time"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_wrong_value_of_a_built_in_name(refusal, text, reason):
    """Names with known values are checked against them."""
    assert reason in refusal(text).reason.replace("neither venue.ClientMessage nor venue.ServerMessage has a", "no")
