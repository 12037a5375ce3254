"""Quantities and prices."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, message_factory

from paperknife_decoders.columns import TIE
from paperknife_decoders.paint import PLAIN
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary.compiled import line_function
from paperknife_decoders.summary.pairs import best_level, pair_in, pair_slot, pairs_of
from paperknife_decoders.summary.wording import Context

PROTO = """
syntax = "proto3";
package pairs;
message Decimal { string value = 1; }
message Plain { int32 quantity = 1; Decimal price = 2; }
message Optional { optional int32 size = 1; optional double price = 2; }
message Texts { string volume = 1; string rate = 2; }
message Decimals { Decimal qty = 1; Decimal px = 2; }
message Several { int32 bid_size = 1; double bid_price = 2; int32 last_qty = 3; float last_px = 4; int32 ask_size = 5; }
message None { bool quantity = 1; double price = 2; repeated int32 size = 3; Plain volume = 4; }
"""
CONTEXT = Context(Secrets(), PLAIN)

CASES = [
    ("Plain", {}, "", ""),
    ("Plain", {"quantity": 3, "price": {"value": "5021.50"}}, "3 @ 5021.50", "5021.50 x 3"),
    ("Plain", {"quantity": -3}, "quantity=-3", "x -3"),
    ("Plain", {"price": {"value": "-0.5"}}, "0 @ -0.5", "-0.5 x 0"),
    ("Plain", {"quantity": 1, "price": {"value": "a b"}}, '1 @ "a b"', '"a b" x 1'),
    ("Optional", {"size": 0}, "size=0", "x 0"),
    ("Optional", {"price": 0}, "price=0.0", "0.0"),
    ("Optional", {"size": 0, "price": 1.5}, "0 @ 1.5", "1.5 x 0"),
    ("Texts", {"volume": "3", "rate": "1.1"}, "3 @ 1.1", "1.1 x 3"),
    ("Texts", {"rate": "1.1"}, "0 @ 1.1", "1.1 x 0"),
    ("Decimals", {"qty": {"value": "0.5"}, "px": {"value": "7"}}, "0.5 @ 7", "7 x 0.5"),
]


@pytest.mark.parametrize(("name", "content", "order", "book"), CASES)
def test_pair(proto_schema, name: str, content: dict, order: str, book: str) -> None:
    """Both together, or the one that is set with its name; in a book the price comes first."""
    kind = proto_schema(PROTO).message(name)
    message = json_format.ParseDict(content, message_factory.GetMessageClass(kind)())
    pair = pair_in(kind, CONTEXT)
    assert pair is not None
    assert line_function([pair_slot(pair, CONTEXT)])(message).replace(TIE, " ") == order
    assert line_function([pair_slot(pair, CONTEXT, is_book=True)])(message).replace(TIE, " ") == book


def test_prefixes(proto_schema) -> None:
    """Pairs are told by their prefix, those of a book's side as in a book; a half is no pair."""
    kind = proto_schema(PROTO).message("Several")
    found = pairs_of(kind.fields, CONTEXT)
    assert [pair.prefix for pair in found] == ["bid", "last"]
    message = message_factory.GetMessageClass(kind)(bid_size=5, bid_price=1.5, last_qty=2, last_px=0.1)
    line = line_function(pair_slot(pair, CONTEXT) for pair in found)
    assert line(message).replace(TIE, " ") == "bid 1.5 x 5, last 2 @ 0.1"


def test_what_makes_no_pair(proto_schema) -> None:
    """Flags, lists and messages are no numbers, and a secret is in no pair."""
    assert pairs_of(proto_schema(PROTO).message("None").fields, CONTEXT) == []
    hidden = Context(Secrets(paths=frozenset({"order.price.value"})), PLAIN, ("order",))
    assert pairs_of(proto_schema(PROTO).message("Plain").fields, hidden) == []


@pytest.mark.parametrize(
    ("side", "prices", "best"), [("bid", ["1", "3", "2"], "3"), ("ask", ["2", "1", "3"], "1"), ("ask", ["x", "1"], "x")]
)
def test_best(proto_schema, side: str, prices: list[str], best: str) -> None:
    """The highest bid and the lowest ask are the best; among what is no number it is the first."""
    kind = proto_schema(PROTO).message("Plain")
    make = message_factory.GetMessageClass(kind)
    levels = [json_format.ParseDict({"price": {"value": price}}, make()) for price in prices]
    pair = pair_in(kind, CONTEXT)
    assert pair is not None
    assert best_level(pair, side)(levels).price.value == best
