"""What functions are for, by their names."""

from __future__ import annotations

import pytest

from paperknife.mutation.scripts.naming import Event, Handler, handler_from
from paperknife_decoders.message import Direction


def two(message, connection) -> None: ...


def one(connection) -> None: ...


def yields(message, connection):
    yield message


async def yields_later(message, connection):
    yield message


RIGHT = [
    ("client_order", two, (None, Direction.CLIENT, "order")),
    ("server_market_data", two, (None, Direction.SERVER, "market_data")),
    ("client", two, (None, Direction.CLIENT, "")),
    ("server", two, (None, Direction.SERVER, "")),
    ("opened", one, (Event.OPENED, None, "")),
    ("closed", one, (Event.CLOSED, None, "")),
    ("for_a_rule", two, (None, None, "")),
]


@pytest.mark.parametrize(("name", "function", "meant"), RIGHT, ids=[name for name, *_ in RIGHT])
def test_names(tape, name, function, meant) -> None:
    """A direction and a payload of the schema, or an event; any other name is for rules."""
    handler = handler_from(name, function, "x.py:1", [tape.loaded.protocol])
    assert isinstance(handler, Handler)
    assert (handler.event, handler.direction, handler.payload) == meant


WRONG = [
    ("client_ordre", two, "did you mean client_order?"),
    ("client_market_data", two, "nothing is called client_market_data here; did you mean server_market_data?"),
    ("client_zzzzzzzzzzzzzzzzzzzz", two, "there are client, client_account"),
    ("opend", one, "did you mean opened?"),
    ("cleint", two, "did you mean client?"),
    ("client_order", one, "client_order(message, connection) was expected, and client_order(connection)"),
    ("opened", two, "opened(connection) was expected"),
    ("client_order", yields, "client_order has a yield in it, so a call of it does nothing"),
]


@pytest.mark.parametrize(("name", "function", "told"), WRONG, ids=[name for name, *_ in WRONG])
def test_misspelt_names(tape, name, function, told) -> None:
    """It is said what was likely meant."""
    fault = handler_from(name, function, "x.py:1", [tape.loaded.protocol])
    assert isinstance(fault, str)
    assert told in fault


@pytest.mark.parametrize("function", [one, yields_later])
def test_own_functions(tape, function) -> None:
    """What no rule can call either is the script's own."""
    assert handler_from("notional", function, "x.py:1", [tape.loaded.protocol]) is None
