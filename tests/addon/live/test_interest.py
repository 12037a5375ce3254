"""Messages that need not be read: never one that would be shown, or that a later latency needs."""

import pytest

from paperknife.live.interest import Interest
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.protocol import Protocol

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def interesting(venue, text, *, correlate):
    """The payloads of the conversation that an expression and the correlation want."""
    client, server = venue.protocol.client, venue.protocol.server
    where = compile_expression(text, client.descriptor, server.descriptor) if text else None
    interest = Interest(where, correlate=correlate)
    return [message.envelopes[0].payload for message in venue.conversation() if interest.has(message)]


PAIRED = ["login", "login_response", "subscribe", "subscribe_response", "order", "order_response"]
ALL = [*PAIRED[:4], "market_data", *PAIRED[4:], "heartbeat", ""]
CASES = [
    ("", False, ALL),
    ("order.quantity > 2", False, ["order"]),
    ("order.quantity > 2", True, PAIRED),
    ("market_data or size > 5", False, ALL),
    ("payload == heartbeat", False, ["heartbeat"]),
    ("direction == client and size > 0", False, ["login", "subscribe", "order", "heartbeat"]),
]


@pytest.mark.parametrize(("text", "correlate", "wanted"), CASES)
def test_by_the_name_of_the_payload(venue, text, correlate, wanted):
    """Only payloads for which the expression can be true, and those that are one of a pair."""
    assert interesting(venue, text, correlate=correlate) == wanted


def test_what_has_no_name(venue):
    """Text, control frames, and messages without a schema are left to the expression; noise matches no payload."""
    client, server = venue.protocol.client, venue.protocol.server
    interest = Interest(compile_expression("order", client.descriptor, server.descriptor), correlate=False)
    bare = Protocol().reader()
    assert interest.has(venue.message(CLIENT, b"{}", Opcode.TEXT))
    assert interest.has(venue.message(CLIENT, b"", reader=bare))
    assert not interest.has(venue.message(SERVER, b"\xff\xff\xff\xff\xff"))
