"""What the demo's client can do at a time, and the order in which it first does it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from paperknife.demo.decimals import decimal_text

if TYPE_CHECKING:
    from paperknife.demo.strategy import Strategy

__all__ = ["BUY", "SCRIPT", "SELL", "SYMBOLS", "TICKS"]

SYMBOLS = ("ESZ6", "NQZ6", "CLF7")
TICKS = {"ESZ6": Decimal("0.25"), "NQZ6": Decimal("0.25"), "CLF7": Decimal("0.01")}
BUY, SELL = 1, -1
MOST_AT_MARKET = 44


def take(trader: Strategy) -> None:
    """Buy or sell a few at the other side's price: filled at once."""
    symbol, side = trader.pick("ESZ6"), trader.side(BUY)
    if quotes := trader.quotes.get(symbol):
        price, size = quotes.at(-side)
        trader.order(symbol, side, min(3, size), price)


def rest(trader: Strategy) -> None:
    """An order away from the market, to be revised and cancelled later."""
    symbol = trader.pick("CLF7")
    if quotes := trader.quotes.get(symbol):
        price = quotes.bid[0] - 4 * TICKS[symbol]
        trader.order(symbol, BUY, 2, price, display_quantity=1, labels={"desk": "energy"})


def outsize(trader: Strategy) -> None:
    """More than is displayed at the best price: filled in part, the rest waits."""
    symbol, side = trader.pick("NQZ6"), trader.side(SELL)
    if quotes := trader.quotes.get(symbol):
        price, size = quotes.at(-side)
        trader.order(symbol, side, size + 1 + size % 3, price)


def revise(trader: Strategy) -> None:
    """Move the oldest working order to three ticks from the market and add one contract."""
    for order in trader.working.values():
        if order.symbol in trader.quotes:
            price = trader.quotes[order.symbol].bid[0] - 3 * order.side * TICKS[order.symbol]
            wanted = {"quantity": order.quantity + 1, "price": {"value": decimal_text(price)}}
            trader.request("revise", order_id=order.order_id, **wanted)
            return
    rest(trader)


def cancel(trader: Strategy) -> None:
    """Cancel the oldest working order, by the venue's id."""
    if oldest := next(iter(trader.working.values()), None):
        trader.request("cancel", order_id=oldest.order_id)
    else:
        rest(trader)


def too_many(trader: Strategy) -> None:
    """More than the venue takes in one order."""
    trader.order("ESZ6", BUY, 500, trader.quotes["ESZ6"].bid[0] if "ESZ6" in trader.quotes else None)


def mistype(trader: Strategy) -> None:
    """A price with a digit too many."""
    symbol = trader.pick("NQZ6")
    if quotes := trader.quotes.get(symbol):
        trader.order(symbol, BUY, 1, quotes.bid[0] * 10)


def large(trader: Strategy) -> None:
    """An order large enough for the venue to look at it first."""
    symbol = trader.pick("ESZ6")
    if quotes := trader.quotes.get(symbol):
        trader.order(symbol, BUY, 48, quotes.bid[0])


def flatten(trader: Strategy) -> None:
    """Close a position at the market."""
    for symbol, net in trader.positions.items():
        if net:
            trader.order(symbol, SELL if net > 0 else BUY, min(abs(net), MOST_AT_MARKET), None)
            return


def wrong_symbol(trader: Strategy) -> None:
    """A contract that has expired."""
    trader.order("ESU6", BUY, 1, Decimal("5000.00"))


def look(trader: Strategy) -> None:
    """Ask how the account stands."""
    trader.request("account", account=trader.account)


def renew(trader: Strategy) -> None:
    """A new token."""
    trader.request("renew_token", token=trader.token)


SCRIPT: tuple[Callable[[Strategy], None], ...] = (
    take,
    rest,
    outsize,
    revise,
    too_many,
    cancel,
    large,
    look,
    mistype,
    flatten,
    wrong_symbol,
    renew,
)
"""The first round, so that a viewer soon has seen everything; after it, chance decides."""
