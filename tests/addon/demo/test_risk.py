"""What the exchange refuses."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from random import Random

import pytest

from paperknife.demo.market import Market
from paperknife.demo.risk import Ticket, refusal

GOOD = Ticket(7, "DEMO-1", "ESZ6", 1, 3, Decimal("5021.25"))


@pytest.mark.parametrize(
    ("changes", "exposure", "reason"),
    [
        ({}, 3, ""),
        ({"market": True, "price": None}, 3, ""),
        ({"quantity": 100}, 150, ""),
        ({"account": "DEMO-2"}, 3, "WRONG_ACCOUNT"),
        ({"account": ""}, 3, "WRONG_ACCOUNT"),
        ({"quantity": 0}, 0, "BAD_QUANTITY"),
        ({"quantity": 101}, 101, "OVER_ORDER_LIMIT"),
        ({"quantity": 2**32 - 1}, 2**32, "OVER_ORDER_LIMIT"),
        ({"side": 0}, 3, "BAD_SIDE"),
        ({"side": 9}, 3, "BAD_SIDE"),
        ({"price": None}, 3, "BAD_PRICE"),
        ({"price": Decimal("5021.30")}, 3, "BAD_PRICE"),
        ({"price": Decimal("50212.50")}, 3, "OUTSIDE_PRICE_BAND"),
        ({"price": Decimal(0)}, 3, "OUTSIDE_PRICE_BAND"),
        ({}, 151, "OVER_POSITION_LIMIT"),
    ],
)
def test_objections(changes, exposure, reason):
    """The first thing that is wrong with an order, or nothing."""
    book = Market(Random(1)).books["ESZ6"]
    refused = refusal(dataclasses.replace(GOOD, **changes), book, "DEMO-1", exposure)
    assert (refused.reason if refused else "") == reason


def test_a_symbol_that_is_not_traded():
    """Comes first: without a book nothing else can be checked."""
    refused = refusal(GOOD, None, "DEMO-1", 0)
    assert refused is not None
    assert refused.reason == "UNKNOWN_INSTRUMENT"
