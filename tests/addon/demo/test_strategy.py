"""What the client decides, message by message."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from paperknife.demo.acts import SCRIPT
from paperknife.demo.api import Api, Fields
from paperknife.demo.strategy import UPDATES_BETWEEN, Strategy
from paperknife.demo.users import USERS


class Venue:
    """Says lines of the venue to a strategy, as the given revision reads them."""

    def __init__(self, api: Api, revision: Api, seed: int = 1) -> None:
        self.api, self.revision = api, revision
        self.strategy = Strategy(USERS["alice"], Random(seed))

    def says(self, payload: str, **fields: object) -> list[tuple[str, Fields]]:
        content = self.revision.server.encode(payload, fields)
        return self.strategy.receive(*self.api.server.decode(content))

    def logs_in(self) -> list[tuple[str, Fields]]:
        return self.says("login_response", result="OK", token="t1", accounts=["DEMO-1"], heartbeat={"seconds": 2})

    def updates(self, bid: str = "5021.25", ask: str = "5021.50", symbol: str = "ESZ6") -> list[tuple[str, Fields]]:
        quotes = {"bid": {"price": {"value": bid}, "size": 12}, "ask": {"price": {"value": ask}, "size": 8}}
        return self.says("market_data", symbol=symbol, **quotes)

    def acts(self) -> list[tuple[str, Fields]]:
        """Updates until the next decision."""
        for _ in range(UPDATES_BETWEEN - 1):
            assert self.updates() == []
        return self.updates()


@pytest.fixture
def venue(given: Api, newer: Api) -> Venue:
    return Venue(given, newer)


def test_first_the_login(venue):
    """With everything that the venue checks."""
    ((payload, fields),) = venue.strategy.begin()
    assert payload == "login"
    assert (fields["user"], fields["api_key"]) == ("alice", USERS["alice"].api_key)


def test_after_the_login_a_subscription(venue):
    """The first numbered request."""
    ((payload, fields),) = venue.logs_in()
    assert (payload, fields["request_id"]) == ("subscribe", 1)
    assert venue.strategy.heartbeat == 2


def test_without_a_login_nothing(venue):
    """A refused client stays silent."""
    assert venue.says("login_response", result="BAD_CREDENTIALS") == []
    assert not venue.strategy.logged_in


def test_it_buys_at_the_offer(venue):
    """The first decision: three contracts at the price that was offered."""
    venue.logs_in()
    ((payload, fields),) = venue.acts()
    assert payload == "order"
    assert (fields["symbol"], fields["side"], fields["quantity"]) == ("ESZ6", 1, 3)
    assert fields["price"] == {"value": "5021.50"}
    assert (fields["request_id"], fields["client_tag"]) == (2, "alice-1")


def answer(venue: Venue, status: object, **fields: Any) -> None:
    venue.says("order_response", status=status, client_tag="alice-1", order_id="A-1", **fields)


@pytest.mark.parametrize(
    ("story", "status", "filled", "working"),
    [
        ([("ACCEPTED", 0, 3)], "ACCEPTED", 0, True),
        ([("ACCEPTED", 0, 3), ("FILLED", 3, 0)], "FILLED", 3, False),
        ([("ACCEPTED", 0, 3), ("PARTIALLY_FILLED", 1, 2), ("CANCELLED", 1, 0)], "CANCELLED", 1, False),
        ([("REJECTED", 0, 0)], "REJECTED", 0, False),
        ([("HELD", 0, 3)], "6", 0, True),
        ([("HELD", 0, 3), ("ACCEPTED", 0, 3)], "ACCEPTED", 0, True),
        ([("ACCEPTED", 0, 3), ("CANCEL_REJECTED", 0, 3)], "ACCEPTED", 0, True),
        ([("ACCEPTED", 0, 3), ("FILLED", 3, 0), ("ACCEPTED", 0, 3)], "FILLED", 3, False),
        ([("ACCEPTED", 0, 3), ("PARTIALLY_FILLED", 2, 1), ("ACCEPTED", 0, 3)], "ACCEPTED", 2, True),
    ],
    ids=["accepted", "filled", "cancelled", "rejected", "held", "let go", "cancel refused", "late", "doubled"],
)
def test_it_follows_its_orders(venue, story, status, filled, working):
    """By tag; a number stands for a status that it does not know, and nothing comes after the end."""
    venue.logs_in()
    venue.acts()
    for told, traded, open_quantity in story:
        answer(venue, told, filled_quantity=traded, open_quantity=open_quantity)
    order = venue.strategy.orders["alice-1"]
    assert (order.status, order.filled) == (status, filled)
    assert ("alice-1" in venue.strategy.working) is working


def test_it_leaves_no_order_behind(venue):
    """At the end all that works is cancelled, and nothing new is begun."""
    venue.logs_in()
    venue.acts()
    answer(venue, "ACCEPTED", open_quantity=3)
    ((payload, fields),) = venue.strategy.finish()
    assert (payload, fields["client_tag"]) == ("cancel", "alice-1")
    assert [venue.updates() for _ in range(3 * UPDATES_BETWEEN)] == [[]] * (3 * UPDATES_BETWEEN)


def test_an_order_that_is_answered_late_is_cancelled_too(venue):
    """The client asked for it before it decided to leave, so it waits for the answer."""
    venue.logs_in()
    venue.acts()
    assert venue.strategy.finish() == []
    assert venue.strategy.unsettled()
    accepted = {"status": "ACCEPTED", "client_tag": "alice-1", "order_id": "A-1", "open_quantity": 3}
    ((payload, fields),) = venue.says("order_response", **accepted)
    assert (payload, fields["client_tag"]) == ("cancel", "alice-1")
    answer(venue, "PARTIALLY_FILLED", filled_quantity=1, open_quantity=2)
    assert venue.strategy.unsettled()
    answer(venue, "CANCELLED", filled_quantity=1)
    assert not venue.strategy.unsettled()


def test_the_same_messages_give_the_same_decisions(given, newer):
    """Nothing but what was received, and the seed, has a say."""

    def decisions(seed: int) -> list[tuple[str, Fields]]:
        venue = Venue(given, newer, seed)
        venue.logs_in()
        for symbol, price in (("NQZ6", "17852.50"), ("CLF7", "72.14")):
            venue.updates(price, price, symbol)
        for _ in range(3 * len(SCRIPT) * UPDATES_BETWEEN):
            venue.updates()
        return venue.strategy.decisions

    assert decisions(1) == decisions(1)
    assert decisions(1) != decisions(2)


@pytest.mark.parametrize(
    "payload", ["order_response", "market_data", "snapshot", "account_update", "error", "heartbeat"]
)
def test_empty_messages_do_no_harm(venue, payload):
    """Nor do those about orders it never sent, or without prices."""
    venue.logs_in()
    for _ in range(len(SCRIPT) * UPDATES_BETWEEN):
        venue.says(payload)
    assert venue.strategy.quotes == {}


def test_the_account_is_what_the_venue_says(venue):
    """Balance and positions, the latest."""
    venue.says(
        "account_update", balances={"USD": {"value": "1.50"}}, positions=[{"symbol": "ESZ6", "net_quantity": -2}]
    )
    assert (venue.strategy.balance, venue.strategy.positions) == ("1.50", {"ESZ6": -2})
