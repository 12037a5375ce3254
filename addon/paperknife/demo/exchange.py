"""Orders: checked, filled against the market, kept while they rest.

A client trades with the market's displayed sizes; clients do not meet each other. An order that rests joins the queue
at its price behind what is displayed there and is filled when trades reach it, or when the walk crosses its price.
"""

from __future__ import annotations

from collections.abc import Iterable

from paperknife.demo.ledger import Ledger
from paperknife.demo.market import Book, Change, Market, crosses
from paperknife.demo.orders import AccountChange, Event, Order, Report
from paperknife.demo.risk import Refusal, Ticket, refusal

__all__ = ["Exchange"]

LARGE = 45
"""Orders of so many contracts are held back for `HOLD_STEPS` steps of the market."""

HOLD_STEPS = 2


class Exchange:
    """Every method adds what it caused to `events`, in order; whoever calls takes them out with `drain`."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.working: dict[str, Order] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.events: list[Event] = []
        self.steps = 0
        self.numbered = 1000

    def drain(self) -> list[Event]:
        """The events since the last call."""
        events, self.events = self.events, []
        return events

    def ledger(self, account: str) -> Ledger:
        """The books of an account, opened at its first use."""
        return self.ledgers.setdefault(account, Ledger(account))

    def step(self, symbols: Iterable[str]) -> None:
        """One step of the market, and what it means for the orders in that book."""
        self.steps += 1
        change = self.market.step(symbols)
        self.events.append(change)
        for order in list(self.working.values()):
            if order.status == "HELD":
                if order.release <= self.steps:
                    self.accept(order)
            elif order.instrument.symbol == change.symbol:
                self.reach(order, change)
                self.match(order)

    def enter(self, owner: int, account: str, ticket: Ticket) -> None:
        """A new order of the session `owner`."""
        book = self.market.books.get(ticket.symbol)
        refused = refusal(ticket, book, account, self.exposure(account, ticket))
        if refused or book is None:
            self.events.append(Report(owner, "REJECTED", ticket, request_id=ticket.request_id, refusal=refused))
            return
        self.numbered += 1
        limit = None if ticket.price is None else book.instrument.ticks(ticket.price)
        order = Order(f"A-{self.numbered}", owner, ticket, book.instrument, limit, ticket.quantity)
        self.working[order.order_id] = order
        if order.quantity >= LARGE:
            order.status, order.release = "HELD", self.steps + HOLD_STEPS
            self.report(order, "HELD", ticket.request_id)
        else:
            self.accept(order, ticket.request_id)

    def exposure(self, account: str, ticket: Ticket) -> int:
        """Contracts that the account would hold of the ticket's symbol if this and all its like were filled."""
        resting = sum(
            order.open
            for order in self.working.values()
            if (order.ticket.account, order.ticket.symbol, order.ticket.side) == (account, ticket.symbol, ticket.side)
        )
        return self.ledger(account).net(ticket.symbol) * ticket.side + resting + ticket.quantity

    def accept(self, order: Order, request_id: int = 0) -> None:
        """The order goes to the market: what can trade does, the rest joins the queue or is cancelled."""
        order.status = "ACCEPTED"
        book = self.market.books[order.instrument.symbol]
        ahead = queue(book, order)
        order.ahead = ahead or 0
        self.report(order, "ACCEPTED", request_id, ahead=ahead)
        self.match(order)
        if order.open and not order.ticket.rests:
            self.cancel(order)

    def match(self, order: Order) -> None:
        """Trade with what the order's price reaches in the displayed book."""
        if not order.open:
            return
        fills, change = self.market.take(order.instrument.symbol, order.ticket.side, order.limit, order.open)
        if change:
            self.events.append(change)
        for ticks, quantity in fills:
            self.fill(order, ticks, quantity)
        if fills:
            self.events.append(AccountChange(order.ticket.account, (order.instrument.symbol,)))

    def reach(self, order: Order, change: Change) -> None:
        """Trades of others at the order's price take first the queue ahead of it, then the order."""
        for traded in change.prints:
            if traded.ticks == order.limit and traded.aggressor == -order.ticket.side:
                queued = min(order.ahead, traded.size)
                order.ahead -= queued
                if quantity := min(traded.size - queued, order.open):
                    self.fill(order, traded.ticks, quantity)
                    self.events.append(AccountChange(order.ticket.account, (order.instrument.symbol,)))

    def fill(self, order: Order, ticks: int, quantity: int) -> None:
        """Book one trade of an order."""
        order.filled += quantity
        order.paid += ticks * quantity
        self.ledger(order.ticket.account).fill(order.instrument, order.ticket.side, ticks, quantity)
        status = "PARTIALLY_FILLED" if order.open else "FILLED"
        self.report(order, status, fill=(ticks, quantity))
        if not order.open:
            del self.working[order.order_id]

    def order_of(self, owner: int, order_id: str, client_tag: str = "") -> Order | None:
        """The working order of the session `owner` with this id or, where no id is given, this tag."""
        order = self.working.get(order_id)
        if not order_id and client_tag:
            order = next(
                (o for o in self.working.values() if (o.owner, o.ticket.client_tag) == (owner, client_tag)), None
            )
        return order if order and order.owner == owner else None

    def revise(self, order: Order, request_id: int, changes: Ticket) -> None:
        """Change price and quantity of a working order to those of `changes`; it goes to the end of the queue."""
        book = self.market.books[order.instrument.symbol]
        others = self.exposure(order.ticket.account, order.ticket) - order.ticket.quantity - order.open
        refused = refusal(changes, book, order.ticket.account, others + changes.quantity - order.filled)
        if not refused and changes.quantity <= order.filled:
            refused = Refusal("BAD_QUANTITY", f"{order.filled} contracts are filled already")
        if refused or changes.price is None:
            self.refuse(order, "REVISE_REJECTED", request_id, refused)
            return
        order.limit, order.quantity = book.instrument.ticks(changes.price), changes.quantity
        order.ahead = queue(book, order) or 0
        self.report(order, "REVISED", request_id)
        if order.status != "HELD":
            self.match(order)

    def cancel(self, order: Order, request_id: int = 0) -> None:
        """Take a working order out."""
        del self.working[order.order_id]
        self.report(order, "CANCELLED", request_id)

    def refuse(self, order: Order, status: str, request_id: int, refused: Refusal | None) -> None:
        """Report that a request about an order is refused."""
        self.report(order, status, request_id, refused=refused)

    def report(  # noqa: PLR0913 - each is one of the report's own fields
        self,
        order: Order,
        status: str,
        request_id: int = 0,
        *,
        fill: tuple[int, int] | None = None,
        ahead: int | None = None,
        refused: Refusal | None = None,
    ) -> None:
        """Tell the owner how the order stands."""
        self.events.append(
            Report(
                order.owner,
                status,
                order.ticket,
                order.instrument,
                request_id,
                order_id=order.order_id,
                filled=order.filled,
                open=0 if status == "CANCELLED" else order.open,
                paid=order.paid,
                fill=fill,
                ahead=ahead,
                refusal=refused,
            )
        )

    def drop(self, owner: int) -> None:
        """The session is gone, and with it its orders."""
        self.working = {name: order for name, order in self.working.items() if order.owner != owner}


def queue(book: Book, order: Order) -> int | None:
    """The contracts displayed at the order's price, if it would come to rest there; None if it would trade."""
    if order.limit is None or crosses(order.ticket.side, order.limit, book.best(-order.ticket.side)):
        return None
    return book.sides[order.ticket.side].get(order.limit, 0)
