"""What the exchange asks of an order before it takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from paperknife.demo.market import Book

__all__ = ["Refusal", "Ticket", "refusal"]

POSITION_LIMIT = 150
"""Contracts of one symbol, working orders counted as filled."""

PRICE_BAND = 400
"""Ticks from the market beyond which a price is taken for a slip."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A new order as the client wants it. `side` is +1 or -1, `price` None for an order at the market."""

    request_id: int
    account: str
    symbol: str
    side: int
    quantity: int
    price: Decimal | None
    market: bool = False
    rests: bool = True
    client_tag: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: the name of a RejectReason, and a sentence."""

    reason: str
    text: str


def refusal(ticket: Ticket, book: Book | None, account: str, exposure: int) -> Refusal | None:
    """The first objection to a ticket; None if there is none.

    `account` is the one that the session may trade, `exposure` the contracts it would hold afterwards.
    """
    if book is None:
        return Refusal("UNKNOWN_INSTRUMENT", "no such symbol is traded here")
    if ticket.account != account:
        return Refusal("WRONG_ACCOUNT", f"this login may trade {account} only")
    objections = (check(ticket, book) for check in CHECKS)
    first = next((objection for objection in objections if objection), None)
    if not first and exposure > POSITION_LIMIT:
        return Refusal(
            "OVER_POSITION_LIMIT", f"at most {POSITION_LIMIT} contracts of a symbol, working orders included"
        )
    return first


def check_quantity(ticket: Ticket, book: Book) -> Refusal | None:
    """Some, and not too many."""
    limit = book.instrument.order_limit
    if not ticket.quantity:
        return Refusal("BAD_QUANTITY", "an order is for one contract at least")
    if ticket.quantity > limit:
        return Refusal("OVER_ORDER_LIMIT", f"at most {limit} contracts in one order")
    return None


def check_side(ticket: Ticket, _book: Book) -> Refusal | None:
    """BUY or SELL."""
    return None if ticket.side in (1, -1) else Refusal("BAD_SIDE", "an order buys or sells")


def check_price(ticket: Ticket, book: Book) -> Refusal | None:
    """A limit order has a price, on a tick, near the market."""
    if ticket.market:
        return None
    if ticket.price is None:
        return Refusal("BAD_PRICE", "a limit order needs a price, as a decimal number")
    ticks = book.instrument.ticks(ticket.price)
    if ticks is None:
        return Refusal("BAD_PRICE", f"prices are multiples of {book.instrument.tick}")
    if abs(ticks - book.best(1)) > PRICE_BAND:
        return Refusal("OUTSIDE_PRICE_BAND", f"more than {PRICE_BAND} ticks from the market")
    return None


CHECKS: tuple[Callable[[Ticket, Book], Refusal | None], ...] = (check_quantity, check_side, check_price)
