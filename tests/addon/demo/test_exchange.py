"""What becomes of orders."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.demo.exchange import HOLD_STEPS, LARGE, Exchange
from paperknife.demo.market import BUY, SELL, LevelChange, Market
from paperknife.demo.orders import Report
from paperknife.demo.risk import Ticket

ME, ACCOUNT = 1, "DEMO-1"


def ticket(exchange: Exchange, side: int, quantity: int, offset: int, **more: object) -> Ticket:
    """An order so many ticks beyond (above 0) or short of (below) the other side's best price."""
    book = exchange.market.books["ESZ6"]
    price = book.instrument.price(book.best(-side) + side * offset)
    return Ticket(7, ACCOUNT, "ESZ6", side, quantity, price, client_tag="t", **more)


def reports(exchange: Exchange) -> list[Report]:
    return [event for event in exchange.drain() if isinstance(event, Report)]


def statuses(exchange: Exchange) -> list[str]:
    return [report.status for report in reports(exchange)]


def set_top(exchange: Exchange, side: int, size: int) -> LevelChange:
    book = exchange.market.books["ESZ6"]
    book.sides[side][book.best(side)] = size
    return book.top(side)


def test_an_order_at_the_offer_is_filled_at_once(exchange):
    """Accepted as the answer, filled as news without a request id, and the book lost what was taken."""
    set_top(exchange, SELL, 10)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 3, 0))
    events = exchange.drain()
    accepted, change, filled, account = events
    assert (accepted.status, accepted.request_id, accepted.open, accepted.ahead) == ("ACCEPTED", 7, 3, None)
    assert (change.ask.size, change.prints[0].size, change.prints[0].aggressor) == (7, 3, BUY)
    assert (filled.status, filled.request_id, filled.filled, filled.open) == ("FILLED", 0, 3, 0)
    assert filled.fill == (change.ask.ticks, 3)
    assert account.symbols == ("ESZ6",)
    assert exchange.working == {}
    assert exchange.ledger(ACCOUNT).net("ESZ6") == 3


def test_more_than_is_displayed_is_filled_in_part_and_rests(exchange):
    """What remains works on; cancelling it ends it."""
    set_top(exchange, SELL, 2)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 5, 0))
    *_, partial = reports(exchange)
    assert (partial.status, partial.filled, partial.open) == ("PARTIALLY_FILLED", 2, 3)
    order = exchange.order_of(ME, partial.order_id)
    assert order is not None
    exchange.cancel(order, 8)
    (cancelled,) = reports(exchange)
    assert (cancelled.status, cancelled.request_id, cancelled.filled, cancelled.open) == ("CANCELLED", 8, 2, 0)
    assert exchange.order_of(ME, partial.order_id) is None


def test_an_order_that_does_not_rest_is_cancelled_after_its_fills(exchange):
    """Immediate or cancel, and orders at the market beyond the whole book."""
    set_top(exchange, SELL, 2)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 5, 0, rests=False))
    assert statuses(exchange) == ["ACCEPTED", "PARTIALLY_FILLED", "CANCELLED"]
    assert exchange.working == {}


def test_an_order_at_the_market_takes_level_after_level(exchange):
    """Each level is a fill of its own, at its own price."""
    for ticks in exchange.market.books["ESZ6"].sides[SELL]:
        exchange.market.books["ESZ6"].sides[SELL][ticks] = 2
    exchange.enter(ME, ACCOUNT, dataclasses.replace(ticket(exchange, BUY, 5, 0), price=None, market=True, rests=False))
    fills = [report.fill for report in reports(exchange) if report.fill]
    assert [quantity for _, quantity in fills] == [2, 2, 1]
    assert [ticks - fills[0][0] for ticks, _ in fills] == [0, 1, 2]


def test_a_resting_order_waits_behind_what_is_displayed(exchange):
    """The answer tells the queue ahead; trades at the price take that first, then the order."""
    set_top(exchange, BUY, 10)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 4, -1))
    (accepted,) = reports(exchange)
    assert accepted.ahead == 10
    (order,) = exchange.working.values()
    for traded, ahead, filled in ((6, 4, 0), (5, 0, 1)):
        level = exchange.market.books["ESZ6"].top(BUY)
        exchange.market.books["ESZ6"].sides[BUY][level.ticks] = 50
        _, change = exchange.market.take("ESZ6", SELL, level.ticks, traded)
        assert change is not None
        exchange.reach(order, change)
        assert (order.ahead, order.filled) == (ahead, filled)


def test_the_walk_fills_what_it_crosses(exchange):
    """Sooner or later the market comes to an order that is one tick away."""
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 1, -1))
    for _ in range(2000):
        exchange.step(["ESZ6"])
        if not exchange.working:
            break
    assert statuses(exchange)[-1] == "FILLED"


def test_a_large_order_is_held_for_some_steps(exchange):
    """HELD is the answer; ACCEPTED follows as news."""
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, LARGE, -100))
    assert statuses(exchange) == ["HELD"]
    seen = []
    for _ in range(HOLD_STEPS):
        assert not seen
        exchange.step(["CLF7"])
        seen += reports(exchange)
    assert [(report.status, report.request_id) for report in seen] == [("ACCEPTED", 0)]


def test_a_held_order_can_be_revised_and_cancelled(exchange):
    """It does not trade meanwhile."""
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, LARGE, 0))
    (order,) = exchange.working.values()
    exchange.revise(order, 8, ticket(exchange, BUY, LARGE, 2))
    exchange.cancel(order, 9)
    assert statuses(exchange) == ["HELD", "REVISED", "CANCELLED"]


def test_a_revised_order_trades_where_its_new_price_reaches(exchange):
    """REVISED answers, the fills follow."""
    set_top(exchange, SELL, 9)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 2, -3))
    (order,) = exchange.working.values()
    exchange.revise(order, 8, ticket(exchange, BUY, 4, 0))
    assert statuses(exchange) == ["ACCEPTED", "REVISED", "FILLED"]
    assert exchange.ledger(ACCOUNT).net("ESZ6") == 4


def test_a_revision_that_is_refused_changes_nothing(exchange):
    """Not below what is filled, not without a price, not beyond a limit."""
    set_top(exchange, SELL, 2)
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 5, 0))
    (order,) = exchange.working.values()
    exchange.drain()
    good = ticket(exchange, BUY, 5, -2)
    for changes, reason in (
        ({"quantity": 2}, "BAD_QUANTITY"),
        ({"quantity": 0}, "BAD_QUANTITY"),
        ({"quantity": 101}, "OVER_ORDER_LIMIT"),
        ({"price": None}, "BAD_PRICE"),
        ({"price": Decimal("0.1")}, "BAD_PRICE"),
    ):
        exchange.revise(order, 8, dataclasses.replace(good, **changes))
        (refused,) = reports(exchange)
        assert (refused.status, refused.refusal.reason, refused.open) == ("REVISE_REJECTED", reason, 3)
    assert (order.quantity, order.filled) == (5, 2)


def test_working_orders_count_for_the_position_limit(exchange):
    """Two that fit one by one do not fit together; the other side is another matter."""
    for side, quantity, status in ((BUY, 100, "HELD"), (BUY, 51, "REJECTED"), (BUY, 50, "HELD"), (SELL, 60, "HELD")):
        exchange.enter(ME, ACCOUNT, ticket(exchange, side, quantity, -50))
        assert statuses(exchange) == [status]


def test_orders_are_found_by_their_owner_only(exchange):
    """By id, or by tag where no id is given."""
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 1, -50))
    (order,) = exchange.working.values()
    assert exchange.order_of(ME, order.order_id) is order
    assert exchange.order_of(ME, "", "t") is order
    assert exchange.order_of(2, order.order_id) is None
    assert exchange.order_of(2, "", "t") is None
    assert exchange.order_of(ME, "A-9") is None
    assert exchange.order_of(ME, "") is None


def test_the_orders_of_a_session_go_with_it(exchange):
    """Those of others stay."""
    exchange.enter(ME, ACCOUNT, ticket(exchange, BUY, 1, -50))
    exchange.enter(2, ACCOUNT, ticket(exchange, BUY, 1, -50))
    exchange.drop(ME)
    assert [order.owner for order in exchange.working.values()] == [2]


moves = st.one_of(
    st.none(), st.tuples(st.sampled_from((BUY, SELL)), st.integers(0, 120), st.integers(-10, 10), st.booleans())
)


@given(st.integers(), st.lists(moves, max_size=30))
@settings(max_examples=60, deadline=None)
def test_every_contract_is_accounted_for(seed, script):
    """Whatever is ordered: the reported fills are the position, and no order fills beyond its quantity."""
    exchange = Exchange(Market(Random(seed)))
    for move in script:
        if move is None:
            exchange.step(["ESZ6"])
        else:
            side, quantity, offset, rests = move
            exchange.enter(ME, ACCOUNT, ticket(exchange, side, quantity, offset, rests=rests))
    told = reports(exchange)
    bought = sum(report.ticket.side * report.fill[1] for report in told if report.ticket and report.fill)
    assert exchange.ledger(ACCOUNT).net("ESZ6") == bought
    assert abs(bought) <= 150
    assert all(order.open > 0 for order in exchange.working.values())
    assert all(report.filled + report.open <= report.ticket.quantity for report in told if report.ticket)
