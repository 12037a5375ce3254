"""An account's cash and positions."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.demo.ledger import FEE, OPENING_BALANCE, Ledger
from paperknife.demo.market import INSTRUMENTS

ES = INSTRUMENTS["ESZ6"]


@pytest.mark.parametrize(
    ("fills", "net", "average", "earned"),
    [
        ([], 0, 0, 0),
        ([(1, 100, 3)], 3, 100, 0),
        ([(1, 100, 3), (1, 104, 1)], 4, 101, 0),
        ([(1, 100, 3), (-1, 102, 3)], 0, 0, 6),
        ([(1, 100, 3), (-1, 102, 1)], 2, 100, 2),
        ([(-1, 100, 2), (1, 99, 2)], 0, 0, 2),
        ([(-1, 100, 2), (1, 101, 5)], 3, 101, -2),
    ],
)
def test_positions(fills, net, average, earned):
    """Average price of what is held, profit of what was closed (in ticks times contracts), a fee for each contract."""
    ledger = Ledger("DEMO-1")
    for fill in fills:
        ledger.fill(ES, *fill)
    assert ledger.net("ESZ6") == net
    if fills:
        assert ledger.positions["ESZ6"].average == average
    fees = FEE * sum(quantity for _, _, quantity in fills)
    assert ledger.cash == OPENING_BALANCE - fees + earned * ES.tick_value


@given(st.lists(st.tuples(st.sampled_from((1, -1)), st.integers(19000, 21000), st.integers(1, 100)), max_size=30))
def test_no_money_is_made_up(fills):
    """Realised and open profit together are what the same trades bring when all is closed at one price."""
    ledger = Ledger("DEMO-1")
    for fill in fills:
        ledger.fill(ES, *fill)
    closing = 20000
    worth = sum(side * quantity * (closing - ticks) for side, ticks, quantity in fills) * ES.tick_value
    fees = FEE * sum(quantity for _, _, quantity in fills)
    held = ledger.positions["ESZ6"].profit(closing) if fills else Decimal(0)
    assert abs(ledger.cash - OPENING_BALANCE + fees + held - worth) < Decimal("0.000001")
