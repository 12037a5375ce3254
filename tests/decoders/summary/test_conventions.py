"""Field names that mean the same in most APIs."""

from __future__ import annotations

import pytest

from paperknife_decoders.summary.conventions import BOOK_SIDES, REQUEST_IDS, SYMBOLS, pair_role, plain_name, singular


@pytest.mark.parametrize("name", ["request_id", "requestId", "RequestID", "requestid"])
def test_spelling_does_not_matter(name: str) -> None:
    """Snake case and camel case are one name."""
    assert plain_name(name) in REQUEST_IDS


def test_tables_are_written_as_they_are_asked() -> None:
    """An entry with an underscore or capital would never be found."""
    for name in (*REQUEST_IDS, *SYMBOLS, *BOOK_SIDES):
        assert plain_name(name) == name


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("price", ("", "price")),
        ("limit_price", ("", "price")),
        ("orderQty", ("", "quantity")),
        ("size", ("", "quantity")),
        ("last_price", ("last", "price")),
        ("last_quantity", ("last", "quantity")),
        ("bidPx", ("bid", "price")),
        ("symbol", None),
        ("priced", None),
    ],
)
def test_pairs(name: str, role: tuple[str, str] | None) -> None:
    """A quantity and a price with the same prefix belong together."""
    assert pair_role(name) == role


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("levels", "level"),
        ("entries", "entry"),
        ("boxes", "box"),
        ("glass", "glass"),
        ("depth", "depth"),
        ("ties", "tie"),
    ],
)
def test_singular(name: str, one: str) -> None:
    """One of many has the singular, as far as English is regular."""
    assert singular(name) == one
