"""The market walks as a market does."""

from __future__ import annotations

import itertools
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.demo.market import BUY, DEPTH, INSTRUMENTS, SELL, Book, Change, Market, crosses

SYMBOLS = sorted(INSTRUMENTS)


def apply(copy: dict[int, dict[int, int]], change: Change) -> None:
    for level in change.levels:
        if level.size:
            copy[level.side][level.ticks] = level.size
        else:
            del copy[level.side][level.ticks]


def sound(book: Book) -> bool:
    return book.best(SELL) - book.best(BUY) == 1 and all(
        len(levels) == DEPTH and min(levels.values()) > 0 for levels in book.sides.values()
    )


orders = st.tuples(st.sampled_from((BUY, SELL)), st.one_of(st.none(), st.integers(-8, 8)), st.integers(0, 400))


@given(st.integers(), st.lists(st.one_of(st.none(), orders), max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_reader_of_the_changes_has_the_same_book(seed, script):
    """After any steps and orders the books are sound, and a copy kept up to date by the changes alone is equal."""
    market = Market(Random(seed))
    copies = {
        symbol: {side: dict(levels) for side, levels in book.sides.items()} for symbol, book in market.books.items()
    }
    sequences = dict.fromkeys(SYMBOLS, 0)
    for order in script:
        if order is None:
            change: Change | None = market.step(SYMBOLS)
        else:
            side, offset, quantity = order
            limit = None if offset is None else market.books["ESZ6"].best(-side) + offset
            fills, change = market.take("ESZ6", side, limit, quantity)
            assert sum(filled for _, filled in fills) <= quantity
            assert all(crosses(side, limit, ticks) for ticks, _ in fills)
            assert (change is None) == (not fills)
        if change:
            sequences[change.symbol] += 1
            assert change.sequence == sequences[change.symbol]
            apply(copies[change.symbol], change)
            book = market.books[change.symbol]
            assert (change.bid, change.ask) == (book.top(BUY), book.top(SELL))
    for symbol, book in market.books.items():
        assert sound(book)
        assert copies[symbol] == book.sides


def test_the_same_seed_gives_the_same_market():
    """Chance comes from the seed alone."""
    one, other = (Market(Random(7)) for _ in range(2))
    assert [one.step(SYMBOLS) for _ in range(200)] == [other.step(SYMBOLS) for _ in range(200)]
    assert Market(Random(8)).step(SYMBOLS) != Market(Random(7)).step(SYMBOLS)


def test_only_watched_symbols_move():
    """A step picks among the symbols that it is given."""
    market = Market(Random(1))
    assert {market.step({"CLF7", "GCZ6"}).symbol for _ in range(50)} == {"CLF7", "GCZ6"}


def test_everything_happens():
    """Within a few hundred steps: trades, block trades, prices that move both ways, levels that go."""
    market = Market(Random(3))
    changes = [market.step(["ESZ6"]) for _ in range(400)]
    prints = [traded for change in changes for traded in change.prints]
    assert {traded.aggressor for traded in prints} == {BUY, SELL}
    assert {traded.block for traded in prints} == {True, False}
    assert [traded.number for traded in prints] == list(range(1, len(prints) + 1))
    moves = [later.bid.ticks - earlier.bid.ticks for earlier, later in itertools.pairwise(changes)]
    assert min(moves) < 0 < max(moves)
    assert any(level.size == 0 for change in changes for level in change.levels)
    assert changes[-1].volume == sum(traded.size for traded in prints)


@pytest.mark.parametrize(
    ("symbol", "price", "ticks"),
    [
        ("ESZ6", "5021.25", 20085),
        ("ESZ6", "5021.30", None),
        ("ESZ6", "0", 0),
        ("ESZ6", "-0.25", -1),
        ("CLF7", "72.14", 7214),
        ("6EZ6", "1.09650", 21930),
        ("6EZ6", "1.09652", None),
        ("ESZ6", "999999999999.999999999", None),
    ],
)
def test_prices_and_ticks(symbol, price, ticks):
    """A price on a tick is a whole number of ticks and back; one between is none."""
    instrument = INSTRUMENTS[symbol]
    assert instrument.ticks(Decimal(price)) == ticks
    if ticks is not None:
        assert instrument.price(ticks) == Decimal(price)


@pytest.mark.parametrize(
    ("side", "limit", "ticks", "may"),
    [
        (BUY, 100, 100, True),
        (BUY, 100, 99, True),
        (BUY, 100, 101, False),
        (SELL, 100, 100, True),
        (SELL, 100, 101, True),
        (SELL, 100, 99, False),
        (BUY, None, 10**9, True),
        (SELL, None, -(10**9), True),
    ],
)
def test_what_a_limit_allows(side, limit, ticks, may):
    """A buyer pays the limit or less, a seller gets it or more; without one, any price."""
    assert crosses(side, limit, ticks) is may
