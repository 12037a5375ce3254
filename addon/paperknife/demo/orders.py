"""An order while it works, and what is told about it."""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.demo.market import Change, Instrument
from paperknife.demo.risk import Refusal, Ticket

__all__ = ["AccountChange", "Event", "Order", "Report"]


@dataclass(slots=True)
class Order:
    """An order that works, or is held. `limit` is in ticks, None for a market order; `ahead` is the queue before it."""

    order_id: str
    owner: int
    ticket: Ticket
    instrument: Instrument
    limit: int | None
    quantity: int
    filled: int = 0
    paid: int = 0
    status: str = "ACCEPTED"
    ahead: int = 0
    release: int = 0

    @property
    def open(self) -> int:
        """Contracts still to be filled."""
        return self.quantity - self.filled


@dataclass(frozen=True, slots=True)
class Report:
    """What became of an order or of a request about one, for the session `owner`; numbers as they were at that moment.

    `fill` is ``(ticks, quantity)`` of the one trade that is reported, `paid` the sum of ticks over all contracts.
    """

    owner: int
    status: str
    ticket: Ticket | None = None
    instrument: Instrument | None = None
    request_id: int = 0
    order_id: str = ""
    filled: int = 0
    open: int = 0
    paid: int = 0
    fill: tuple[int, int] | None = None
    ahead: int | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class AccountChange:
    """Cash of an account, and its positions in these symbols, changed."""

    account: str
    symbols: tuple[str, ...] = ()


type Event = Change | Report | AccountChange
"""What the exchange announces: to every subscriber, to the order's owner, to the account's users."""
