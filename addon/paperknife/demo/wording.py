"""What happened at the venue, as the fields of messages of its newer API."""

from __future__ import annotations

from decimal import Decimal

from paperknife.demo.api import Fields
from paperknife.demo.decimals import decimal_text
from paperknife.demo.exchange import Exchange
from paperknife.demo.ledger import CURRENCY, Ledger, Position
from paperknife.demo.market import BUY, SELL, Book, Change, Instrument, LevelChange, Print
from paperknife.demo.orders import AccountChange, Order, Report

__all__ = [
    "account_update",
    "decimal",
    "depth",
    "instrument",
    "market_update",
    "order",
    "order_response",
    "position",
    "timestamp",
]

MARGIN = Decimal("13200.00")
"""Dollars that one contract ties up."""

CENT = Decimal("0.01")
LAST_TRADING_TIME = 1_797_598_800
"""18 December 2026, 13:00 UTC, in seconds since the epoch."""


def decimal(number: Decimal) -> Fields:
    """A `Decimal` message."""
    return {"value": decimal_text(number)}


def timestamp(time_ns: int) -> Fields:
    """A `google.protobuf.Timestamp` of nanoseconds since the epoch, to the microsecond."""
    seconds, nanos = divmod(time_ns, 1_000_000_000)
    return {"seconds": seconds, "nanos": nanos // 1000 * 1000}


def instrument(what: Instrument) -> Fields:
    """An `Instrument`."""
    return {
        "symbol": what.symbol,
        "description": what.description,
        "currency": CURRENCY,
        "tick_size": decimal(what.tick),
        "tick_value": decimal(what.tick_value),
        "last_trading_time": {"seconds": LAST_TRADING_TIME},
        "identifiers": {"FIGI": what.figi},
    }


def quote(what: Instrument, best: LevelChange) -> Fields:
    """A `Quote`."""
    return {"price": decimal(what.price(best.ticks)), "size": best.size}


def level(what: Instrument, change: LevelChange) -> Fields:
    """A `Level`. How many orders make up its size is made up, but always the same for the same size."""
    return {
        "side": change.side,
        "price": decimal(what.price(change.ticks)),
        "size": change.size,
        "orders": -(-change.size // 4),
    }


def depth(book: Book, levels: int) -> Fields:
    """A `Depth` with so many levels of each side."""
    listed = [found for side in (BUY, SELL) for found in book.levels(side)[:levels]]
    return {
        "symbol": book.instrument.symbol,
        "sequence": book.sequence,
        "bid": quote(book.instrument, book.top(BUY)),
        "ask": quote(book.instrument, book.top(SELL)),
        "levels": [level(book.instrument, change) for change in listed],
        "phase": "OPEN",
    }


def trade(what: Instrument, printed: Print, time_ns: int) -> Fields:
    """A `Trade`."""
    return {
        "trade_id": printed.number,
        "price": decimal(what.price(printed.ticks)),
        "size": printed.size,
        "aggressor": printed.aggressor,
        "time": timestamp(time_ns),
        "condition": "BLOCK" if printed.block else "REGULAR",
    }


def market_update(change: Change, levels: int, time_ns: int) -> Fields:
    """A `MarketUpdate` for a client that wants so many levels of each side."""
    what = change.instrument
    fields: Fields = {
        "symbol": change.symbol,
        "sequence": change.sequence,
        "bid": quote(what, change.bid),
        "ask": quote(what, change.ask),
        "levels": [level(what, changed) for changed in change.levels] if levels else [],
        "trades": [trade(what, printed, time_ns) for printed in change.prints],
        "time": timestamp(time_ns),
    }
    if change.sequence % VOLUME_EVERY == 0:
        fields["session_volume"] = change.volume
    if phase := PHASES.get(change.sequence % PHASE_CYCLE):
        fields["phase"] = phase
    return fields


VOLUME_EVERY = 11
"""Updates of a symbol between two that tell its volume."""

PHASE_CYCLE = 31
PHASES = {9: "PRICE_LIMITED", 12: "OPEN"}
"""At which updates of each cycle the phase changes."""


def order_response(report: Report, time_ns: int) -> Fields:
    """An `OrderResponse`."""
    fields: Fields = {"request_id": report.request_id, "status": report.status, "time": timestamp(time_ns)}
    fields |= {"order_id": report.order_id, "filled_quantity": report.filled, "open_quantity": report.open}
    if report.ticket:
        fields |= {"symbol": report.ticket.symbol, "side": report.ticket.side}
        if report.ticket.client_tag is not None:
            fields["client_tag"] = report.ticket.client_tag
    if report.instrument and report.fill:
        ticks, quantity = report.fill
        fields["last_fill"] = {"price": decimal(report.instrument.price(ticks)), "quantity": quantity}
        fields["average_price"] = decimal(rounded(report.instrument, Decimal(report.paid) / report.filled))
    if report.ahead is not None:
        fields["queue_ahead"] = report.ahead
    if report.refusal:
        fields |= {"reject_reason": report.refusal.reason, "text": report.refusal.text}
    return fields


def rounded(what: Instrument, ticks: Decimal) -> Decimal:
    """An average in ticks as a price with one decimal more than the tick has."""
    return (ticks * what.tick).quantize(what.tick / 10)


def order(what: Order) -> Fields:
    """An `Order`."""
    fields: Fields = {
        "order_id": what.order_id,
        "symbol": what.instrument.symbol,
        "side": what.ticket.side,
        "quantity": what.quantity,
        "filled_quantity": what.filled,
        "type": "LIMIT" if what.limit is not None else "MARKET",
        "status": "PARTIALLY_FILLED" if what.filled else what.status,
    }
    if what.limit is not None:
        fields["price"] = decimal(what.instrument.price(what.limit))
    if what.ticket.client_tag is not None:
        fields["client_tag"] = what.ticket.client_tag
    return fields


def closing_price(exchange: Exchange, held: Position) -> int:
    """The price in ticks at which a position could be closed now."""
    return exchange.market.books[held.instrument.symbol].best(BUY if held.net > 0 else SELL)


def position(exchange: Exchange, ledger: Ledger, symbol: str) -> Fields:
    """A `Position`."""
    held = ledger.positions[symbol]
    return {
        "symbol": symbol,
        "net_quantity": held.net,
        "average_price": decimal(rounded(held.instrument, held.average)),
        "open_profit": decimal(held.profit(closing_price(exchange, held)).quantize(CENT)),
    }


def account_update(exchange: Exchange, change: AccountChange, time_ns: int, request_id: int = 0) -> Fields:
    """An `AccountUpdate`, with the positions that changed."""
    ledger = exchange.ledger(change.account)
    profits = (held.profit(closing_price(exchange, held)) for held in ledger.positions.values())
    fields: Fields = {
        "request_id": request_id,
        "account": change.account,
        "balances": {CURRENCY: decimal(ledger.cash.quantize(CENT))},
        "open_profit": decimal(sum(profits, Decimal(0)).quantize(CENT)),
        "positions": [position(exchange, ledger, symbol) for symbol in change.symbols],
        "time": timestamp(time_ns),
    }
    tied = sum(abs(held.net) for held in ledger.positions.values()) * MARGIN
    if request_id and tied:
        fields["margin"] = {"initial": decimal(tied), "available": decimal((ledger.cash - tied).quantize(CENT))}
    return fields
