"""A part of a recording."""

import pytest
from tests.addon.recording.sessions import CLIENT, MS, SERVER, START_NS, Line, api, payloads, trading_day

from paperknife.recording.selection import EVERYTHING, Selection
from paperknife.traffic import Piece
from paperknife_decoders.expression import compile_expression
from paperknife_decoders.message import Opcode

DAY = trading_day()
PIECE = Piece(1, SERVER, START_NS + 150 * MS, Opcode.BINARY, b"x", 0, False)


def where(text):
    return compile_expression(text, api().client.descriptor, api().server.descriptor)


TAKEN = [
    (Selection(), ["Opened", "login", "login_response", "subscribe"], 32),
    (Selection(connections=frozenset({1})), ["Opened", "login", "login_response", "subscribe"], 31),
    (Selection(connections=frozenset({2})), [], 0),
    (Selection(start_ns=START_NS + 200 * MS), ["order", "order_response", "order", "order"], 6),
    (Selection(end_ns=START_NS + 12 * MS), ["Opened", "login"], 2),
    (Selection(start_ns=START_NS + 12 * MS, end_ns=START_NS + 12 * MS + 1), ["login_response"], 1),
    (Selection(where=where("order.quantity > 1")), ["Opened", "order", "order", "Closed"], 4),
    (Selection(where=where("market_data.symbol == 'NQZ6'")), ["Opened", "market_data", "market_data"], 12),
    (Selection(hide=(where("market_data"),)), ["Opened", "login", "login_response", "subscribe"], 12),
    (Selection(where=where("order"), hide=(where("order.quantity > 1"),)), ["Opened", "order", "Closed"], 3),
]


@pytest.mark.parametrize(("selection", "first", "count"), TAKEN)
def test_what_is_taken(selection, first, count):
    """By connection, by time from one to before the other, by expressions; notices belong to all connections."""
    taken = payloads(item for item in DAY if selection.takes(item))
    assert (taken[: len(first)], len(taken)) == (first, count)


def test_control_frames_and_parts_of_large_messages():
    """Nothing is known of what is in them: they come where no expression is asked."""
    ping = Line().raw(1, CLIENT, b"", Opcode.PING)
    for item in (ping, PIECE):
        assert EVERYTHING.takes(item)
        assert not Selection(where=where("payload == order")).takes(item)
    assert Selection(hide=(where("heartbeat"),)).takes(ping)


def test_a_message_of_another_payload_is_not_parsed():
    """Its name alone says that it cannot match."""
    selection = Selection(where=where("order.quantity > 1"))
    message = Line().server(1, "market_data", symbol="ESZ6")
    assert not selection.takes(message)
    assert message._envelopes is None


def test_messages_that_are_not_decoded():
    """What is said of a message beside its fields is true for them too."""
    message = Line().raw(1, CLIENT, b"\xff\xff\xff")
    assert Selection(where=where("size == 3")).takes(message)
    assert not Selection(where=where("order")).takes(message)


def test_the_end():
    """A reader may stop at what comes after it."""
    assert Selection(end_ns=5).is_past(5)
    assert not Selection(end_ns=5).is_past(4)
    assert not EVERYTHING.is_past(1 << 63)
