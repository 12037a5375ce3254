"""What an account owns: cash, and a position for each symbol it traded."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from paperknife.demo.market import Instrument

__all__ = ["Ledger", "Position"]

CURRENCY = "USD"
OPENING_BALANCE = Decimal("250000.00")
FEE = Decimal("2.05")
"""Dollars for each contract traded."""


@dataclass(slots=True)
class Position:
    """Contracts held (below zero: sold short) and the average price paid for them, in ticks."""

    instrument: Instrument
    net: int = 0
    average: Decimal = Decimal(0)

    def profit(self, ticks: int) -> Decimal:
        """What closing the position at this price would bring, in dollars."""
        return (ticks - self.average) * self.net * self.instrument.tick_value

    def trade(self, side: int, ticks: int, quantity: int) -> Decimal:
        """Take a fill into the position; returns the profit that it realises, in dollars."""
        closing = min(quantity, abs(self.net)) if self.net * side < 0 else 0
        realised = (ticks - self.average) * -side * closing * self.instrument.tick_value
        opening = quantity - closing
        self.net += side * closing
        if opening:
            self.average = (self.average * abs(self.net) + ticks * opening) / (abs(self.net) + opening)
            self.net += side * opening
        elif not self.net:
            self.average = Decimal(0)
        return realised


@dataclass(slots=True)
class Ledger:
    """The books of one account."""

    account: str
    cash: Decimal = OPENING_BALANCE
    positions: dict[str, Position] = field(default_factory=dict)

    def fill(self, instrument: Instrument, side: int, ticks: int, quantity: int) -> None:
        """Book one fill: position, realised profit, fee."""
        position = self.positions.setdefault(instrument.symbol, Position(instrument))
        self.cash += position.trade(side, ticks, quantity) - FEE * quantity

    def net(self, symbol: str) -> int:
        """Contracts held of a symbol."""
        position = self.positions.get(symbol)
        return position.net if position else 0
