"""A part of a recording as a recording of its own."""

import pytest
from tests.addon.recording.sessions import MS, START_NS, Line, api, payloads, trading_day

from paperknife.recording.excerpt import Excerpt
from paperknife.recording.items import Noticed
from paperknife.recording.selection import Selection
from paperknife_decoders.expression import compile_expression

FIRST, SECOND = Line(1), Line(2)


def where(text):
    return compile_expression(text, api().client.descriptor, api().server.descriptor)


def at(ms):
    return START_NS + ms * MS


def taken(items, selection, *, with_state=False):
    excerpt = Excerpt(selection, with_state)
    return payloads(excerpt.items(items)), excerpt


def two_lines():
    """One connection that ends early, one that stays."""
    return [
        FIRST.opened(),
        SECOND.opened(),
        FIRST.client(1, "login"),
        SECOND.client(2, "login"),
        SECOND.client(3, "subscribe", symbols=["A"]),
        FIRST.closed(5),
        SECOND.server(10, "market_data", symbol="A"),
        SECOND.closed(20),
    ]


def in_order():
    """The day by its times."""
    return sorted(trading_day(), key=lambda item: item.time_ns)


PARTS = {
    "all": (Selection(), payloads(two_lines())),
    "one connection": (Selection(frozenset({1})), ["Opened", "login", "Closed"]),
    "one that has ended before": (Selection(frozenset({1}), start_ns=at(8)), []),
    "a time in which one is open": (Selection(start_ns=at(8)), ["Opened", "market_data", "Closed"]),
    "a time in which nothing is said": (Selection(start_ns=at(6), end_ns=at(8)), ["Opened"]),
    "some messages": (Selection(where=where("market_data")), ["Opened", "market_data", "Closed"]),
    "no message": (Selection(where=where("order")), []),
    "all but some": (Selection(hide=(where("login"),)), ["Opened", "subscribe", "market_data", "Closed"]),
}


@pytest.mark.parametrize(("selection", "expected"), PARTS.values(), ids=PARTS)
def test_connections_come_along(selection, expected):
    """The handshakes of what is taken, of all that are open where no message is asked for, and of no other."""
    assert taken(two_lines(), selection)[0] == expected


def test_a_handshake_from_before():
    """It says that the connection was open already, and keeps its time."""
    opened = next(Excerpt(Selection(start_ns=at(8))).items(two_lines()))
    assert (opened.resumed, opened.time_ns, opened.connection) == (True, at(0), SECOND.connection)


STATES = {
    "a time": (
        Selection(start_ns=at(205)),
        ["Opened", "login", "login_response", "subscribe", "subscribe_response", "market_data", "market_data",
         "order", "order_response", "Noticed", "order", "order", "Noticed", "Closed"],
    ),
    "messages": (
        Selection(where=where("order")),
        ["Opened", "login", "login_response", "subscribe", "subscribe_response", "market_data", "market_data",
         "Noticed", "order", "order", "order", "Closed"],
    ),
    "all": (Selection(), payloads(in_order())),
    "nothing": (Selection(where=where("account")), []),
}  # fmt: skip


@pytest.mark.parametrize(("selection", "expected"), STATES.values(), ids=STATES)
def test_with_state(selection, expected):
    """What holds comes before the first message that is taken, once, with a word about it."""
    assert taken(in_order(), selection, with_state=True)[0] == expected


def test_state_of_connections_that_are_open():
    """One that has ended before does not come along."""
    found, excerpt = taken(two_lines(), Selection(start_ns=at(8)), with_state=True)
    assert found == ["Opened", "login", "subscribe", "Noticed", "market_data", "Closed"]
    assert (excerpt.seen, excerpt.kept, excerpt.added) == (4, 1, 2)


def test_the_word_about_state():
    """It says how many messages, at the time of the first that is taken."""
    items = list(Excerpt(Selection(start_ns=at(8)), with_state=True).items(two_lines()))
    (notice,) = [item for item in items if isinstance(item, Noticed)]
    assert notice == Noticed("The 2 messages before this are from before the excerpt.", False, at(10))
