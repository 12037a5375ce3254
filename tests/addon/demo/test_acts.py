"""What the client can do at a time."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from paperknife.demo import acts
from paperknife.demo.strategy import OrderState, Quotes, Strategy
from paperknife.demo.users import USERS


@pytest.fixture
def trader() -> Strategy:
    quotes = {
        symbol: Quotes((Decimal(bid), 12), (Decimal(bid) + acts.TICKS[symbol], 8))
        for symbol, bid in (("ESZ6", "5021.25"), ("NQZ6", "17852.50"), ("CLF7", "72.14"))
    }
    return Strategy(USERS["alice"], Random(1), account="DEMO-1", quotes=quotes, positions={"ESZ6": -60, "CLF7": 0})


@pytest.mark.parametrize(
    ("act", "payload", "fields"),
    [
        (acts.take, "order", {"symbol": "ESZ6", "side": 1, "quantity": 3, "price": {"value": "5021.50"}}),
        (acts.rest, "order", {"symbol": "CLF7", "side": 1, "price": {"value": "72.10"}, "labels": {"desk": "energy"}}),
        (acts.outsize, "order", {"symbol": "NQZ6", "side": -1, "quantity": 13, "price": {"value": "17852.50"}}),
        (acts.too_many, "order", {"symbol": "ESZ6", "quantity": 500}),
        (acts.mistype, "order", {"symbol": "NQZ6", "price": {"value": "178525.00"}}),
        (acts.large, "order", {"symbol": "ESZ6", "quantity": 48}),
        (acts.flatten, "order", {"symbol": "ESZ6", "side": 1, "quantity": 44, "type": "MARKET"}),
        (acts.wrong_symbol, "order", {"symbol": "ESU6"}),
        (acts.look, "account", {"account": "DEMO-1"}),
        (acts.renew, "renew_token", {"request_id": 1}),
        (acts.revise, "order", {"symbol": "CLF7"}),
        (acts.cancel, "order", {"symbol": "CLF7"}),
    ],
)
def test_each_act(trader, act, payload, fields):
    """One request; to revise or cancel, where nothing works yet, is to rest an order."""
    act(trader)
    ((said, sent),) = trader.outbox
    assert said == payload
    assert sent.items() >= fields.items()


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        (acts.revise, {"order_id": "A-1", "quantity": 3, "price": {"value": "72.11"}}),
        (acts.cancel, {"order_id": "A-1"}),
    ],
)
def test_the_oldest_working_order_comes_first(trader, act, fields):
    """By the venue's id."""
    for number in (1, 2):
        trader.working[f"alice-{number}"] = OrderState("CLF7", 1, 2, "ACCEPTED", f"A-{number}")
    act(trader)
    ((_, sent),) = trader.outbox
    assert sent.items() >= fields.items()


def test_without_prices_nothing_is_ordered_at_a_price():
    """What needs a quote waits for one."""
    trader = Strategy(USERS["alice"], Random(1))
    for act in (acts.take, acts.rest, acts.outsize, acts.mistype, acts.large, acts.flatten):
        act(trader)
    assert trader.outbox == []
