"""The names that rules give each other."""

from __future__ import annotations

from paperknife.mutation.rules.names import given_names
from paperknife.mutation.rules.reading import read_rules
from paperknife_decoders.expression.terms import Kind
from paperknife_decoders.protocol import Protocol

RULES = """
rules:
  - on: client order
    do: [{count: orders}, {remember: {id: order.request_id, side: order.side, at: now, word: order.symbol}}]
  - {on: client login, do: {remember: {key: login.password}}}
  - {on: server, do: {remember: {chained: remembered.id + 1, price: market_data.bid.price, copied: remembered.key}}}
"""


def test_kinds_of_what_is_remembered(desk):
    """What is remembered has the kind of what it comes from, in whatever direction and order the rules are."""
    files = read_rules([desk.file(RULES)])
    found = given_names(files, desk.loaded.protocol)
    kinds = {name: given.kind for name, given in found.names.items() if "." in name and not name.startswith("now.")}
    assert kinds == {
        "counter.orders": Kind.NUMBER,
        "remembered.id": Kind.NUMBER,
        "remembered.side": Kind.ENUM,
        "remembered.at": Kind.TIMESTAMP,
        "remembered.word": Kind.STRING,
        "remembered.key": Kind.STRING,
        "remembered.chained": Kind.NUMBER,
        "remembered.price": Kind.DECIMAL,
        "remembered.copied": Kind.STRING,
    }
    assert found.secret == {"remembered.key", "remembered.copied"}
    assert found.names["remembered.side"].enum.name == "Side"


def test_only_what_there_is(desk):
    """By a protocol that lacks the fields nothing is remembered: the rule does not fit it."""
    files = read_rules([desk.file(RULES)])
    names = given_names(files, Protocol()).names
    assert {name for name in names if name.startswith("remembered.")} == set()
