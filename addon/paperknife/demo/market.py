"""The market of the demo: for each instrument a book of price levels that walks at random.

Prices are whole ticks in here; `Instrument.price` makes decimals of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

__all__ = ["DEPTH", "INSTRUMENTS", "Book", "Change", "Instrument", "LevelChange", "Market", "Print", "crosses"]

DEPTH = 5
"""Price levels on each side."""

LARGEST_SIZE = 40
WANDER = 400
"""How many ticks the walk goes from where it began before it is turned back."""

BLOCKS = 0.15
"""The share of trades that are block trades."""

BUY, SELL = 1, -1


@dataclass(frozen=True, slots=True)
class Instrument:
    """What can be traded. `start` is the first best bid in ticks, `order_limit` the largest order in contracts."""

    symbol: str
    description: str
    tick: Decimal
    tick_value: Decimal
    start: int
    order_limit: int
    figi: str

    def price(self, ticks: int) -> Decimal:
        """The price of so many ticks, with the tick's number of decimals."""
        return self.tick * ticks

    def ticks(self, price: Decimal) -> int | None:
        """`price` in ticks; None for one between two ticks."""
        whole, rest = divmod(price, self.tick)
        return None if rest else int(whole)


INSTRUMENTS: Mapping[str, Instrument] = {
    instrument.symbol: instrument
    for instrument in (
        Instrument("ESZ6", "E-mini index, Dec 2026", Decimal("0.25"), Decimal("12.50"), 20085, 100, "BBG00DEMO001"),
        Instrument("NQZ6", "E-mini tech index, Dec 2026", Decimal("0.25"), Decimal("5.00"), 71410, 100, "BBG00DEMO002"),
        Instrument("CLF7", "Crude oil, Jan 2027", Decimal("0.01"), Decimal("10.00"), 7214, 50, "BBG00DEMO003"),
        Instrument("GCZ6", "Gold, Dec 2026", Decimal("0.10"), Decimal("10.00"), 24137, 50, "BBG00DEMO004"),
        Instrument("6EZ6", "Euro, Dec 2026", Decimal("0.00005"), Decimal("6.25"), 21930, 80, "BBG00DEMO005"),
    )
}


@dataclass(frozen=True, slots=True)
class LevelChange:
    """The size of a price level of one side from now on; 0 where it is gone."""

    side: int
    ticks: int
    size: int


@dataclass(frozen=True, slots=True)
class Print:
    """A trade on the tape. `aggressor` took liquidity: +1 bought, -1 sold."""

    number: int
    ticks: int
    size: int
    aggressor: int
    block: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one step, or one order, did to a book, and its best levels and volume since then."""

    instrument: Instrument
    sequence: int
    bid: LevelChange
    ask: LevelChange
    volume: int
    levels: tuple[LevelChange, ...]
    prints: tuple[Print, ...] = ()

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol


@dataclass(slots=True)
class Book:
    """The resting sizes by price in ticks, for each side, `DEPTH` levels deep and one tick apart at the top."""

    instrument: Instrument
    sides: dict[int, dict[int, int]]
    sequence: int = 0
    volume: int = 0
    prints: list[Print] = field(default_factory=list)

    def best(self, side: int) -> int:
        """The highest bid (`BUY`) or the lowest offer (`SELL`), in ticks."""
        return max(self.sides[BUY]) if side == BUY else min(self.sides[SELL])

    def top(self, side: int) -> LevelChange:
        """The best level of a side."""
        best = self.best(side)
        return LevelChange(side, best, self.sides[side][best])

    def levels(self, side: int) -> list[LevelChange]:
        """The levels of a side, best first."""
        return [LevelChange(side, *level) for level in sorted(self.sides[side].items(), reverse=side == BUY)]


def crosses(side: int, limit: int | None, ticks: int) -> bool:
    """True if an order of `side` with this `limit` (None: at any price) may trade at `ticks`."""
    return limit is None or (limit - ticks) * side >= 0


class Market:
    """All books. `step` lets one of them walk, `take` trades against one; both tell what changed."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.books = {symbol: self.open(instrument) for symbol, instrument in INSTRUMENTS.items()}
        self.printed = 0

    def open(self, instrument: Instrument) -> Book:
        """A fresh book around the instrument's start."""
        bids = {instrument.start - i: self.size() for i in range(DEPTH)}
        asks = {instrument.start + 1 + i: self.size() for i in range(DEPTH)}
        return Book(instrument, {BUY: bids, SELL: asks})

    def size(self) -> int:
        """A size for a price level."""
        return self.rng.randint(1, LARGEST_SIZE)

    def step(self, symbols: Iterable[str]) -> Change:
        """Let one of the `symbols` (at least one) do something: sizes change, somebody trades, or the price moves."""
        book = self.books[self.rng.choice(sorted(symbols))]
        before = {side: dict(levels) for side, levels in book.sides.items()}
        (act,) = self.rng.choices((self.resize, self.trade, self.move), weights=(60, 26, 14))
        act(book)
        return self.change(book, before)

    def resize(self, book: Book) -> None:
        """Orders come and go at up to three levels."""
        for _ in range(self.rng.randint(1, 3)):
            levels = book.sides[self.rng.choice((BUY, SELL))]
            levels[self.rng.choice(sorted(levels))] = self.size()

    def trade(self, book: Book) -> None:
        """Somebody takes a part of the best level, or all of it."""
        side = self.rng.choice((BUY, SELL))
        level = book.top(side)
        self.execute(book, level, self.rng.randint(1, level.size))
        self.mend(book, side)

    def move(self, book: Book) -> None:
        """The price moves a tick: a whole level goes, without a trade."""
        away = book.best(BUY) - book.instrument.start
        up = self.rng.random() < 0.5 - away / (2 * WANDER)
        side = SELL if up else BUY
        del book.sides[side][book.best(side)]
        self.mend(book, side)

    def take(
        self, symbol: str, side: int, limit: int | None, quantity: int
    ) -> tuple[list[tuple[int, int]], Change | None]:
        """Trade up to `quantity` contracts no worse than `limit`: fills as ``(ticks, quantity)``, and the change."""
        book = self.books[symbol]
        before = {side: dict(levels) for side, levels in book.sides.items()}
        fills: list[tuple[int, int]] = []
        for level in book.levels(-side):
            if not quantity or not crosses(side, limit, level.ticks):
                break
            filled = min(level.size, quantity)
            quantity -= filled
            fills.append((level.ticks, filled))
            self.execute(book, level, filled)
        if not fills:
            return [], None
        self.mend(book, -side)
        return fills, self.change(book, before)

    def execute(self, book: Book, level: LevelChange, size: int) -> None:
        """Take `size` contracts from one level and print the trade."""
        resting = book.sides[level.side]
        resting[level.ticks] -= size
        if not resting[level.ticks]:
            del resting[level.ticks]
        self.printed += 1
        book.volume += size
        book.prints.append(Print(self.printed, level.ticks, size, -level.side, block=self.rng.random() < BLOCKS))

    def mend(self, book: Book, thinned: int) -> None:
        """After levels of the side `thinned` went: the other side follows, and both are `DEPTH` levels deep again."""
        here, there = book.sides[thinned], book.sides[-thinned]
        if not here:
            here[book.best(-thinned) - thinned * (DEPTH + 1)] = self.size()
        top = book.best(thinned)
        for ticks in range(book.best(-thinned) - thinned, top, -thinned):
            there[ticks] = self.size()
        for side, levels in book.sides.items():
            best = book.best(side)
            book.sides[side] = {
                ticks: levels.get(ticks) or self.size() for ticks in range(best, best - side * DEPTH, -side)
            }

    def change(self, book: Book, before: Mapping[int, Mapping[int, int]]) -> Change:
        """What differs from `before`, as the next change of the book."""
        levels = tuple(
            LevelChange(side, ticks, book.sides[side].get(ticks, 0))
            for side in (BUY, SELL)
            for ticks in sorted(before[side].keys() | book.sides[side].keys())
            if before[side].get(ticks, 0) != book.sides[side].get(ticks, 0)
        )
        prints, book.prints = tuple(book.prints), []
        book.sequence += 1
        return Change(
            book.instrument, book.sequence, book.top(BUY), book.top(SELL), book.volume, levels=levels, prints=prints
        )
