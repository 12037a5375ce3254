"""Comparing values of every kind."""

import pytest

from paperknife_decoders.expression import ExpressionError, compile_expression

HOLDS = [
    # decimals: with numbers, number strings, each other, whatever their trailing zeros
    "order.price > 5000",
    "order.price == 5021.5",
    'order.price == "5021.500"',
    "order.price > order.quantity",
    "order.legs[0].price < order.price",
    "5000 < order.price <= 5021.5",
    "order.price != 5021.49",
    "order.fills[0] == 1.5",
    # a decimal message that holds other text compares as text
    'order.legs[1].price == "x"',
    # doubles and floats with literals
    "order.fee == 0.1",
    "order.ratio == 0.1",
    "order.ratio <= 0.1",
    "order.fee < order.price",
    # exact integers
    "order.serial > 18446744073709551614",
    "order.quantity < 3.5",
    # enums by name, by short name, by number, from either side
    "order.side == BUY",
    "order.side == SIDE_BUY",
    'order.side == "BUY"',
    "BUY == order.side",
    "order.side == 1",
    "order.side != CROSS",
    "order.side > CROSS",
    "order.side == order.sides[0]",
    "order.phase == CLOSED",
    # times
    'order.sent > "2026-01-01T12:00:00Z"',
    'order.sent == "2026-01-01T12:00:00.5"',
    'order.sent < "2026-01-01T14:00:01+02:00"',
    'order.sent > "2026-01-01"',
    "order.sent > time",
    # durations
    'order.life == "1m30s"',
    'order.life > "20s"',
    "order.life == 90",
    "order.life < 90.5",
    # bytes
    'order.blob == "0a1b"',
    'order.blob == b"\\n\\x1b"',
    # wrappers
    "order.limit == 9",
    'order.memo == "m"',
    "order.firm == True",
    "order.firm == true",
    "order.hidden == False",
    # strings
    'order.symbol < "F"',
    "order.memo != order.symbol",
]


@pytest.mark.parametrize("text", HOLDS)
def test_comparison_holds(of_order, text):
    """Values compare by what they mean, and the negation of what holds does not."""
    assert of_order(text)
    assert not of_order(f"not ({text})")


MEMBERS = [
    'order.symbol in ("ESZ6", "NQZ6")',
    'order.symbol not in ["NQZ6"]',
    "order.side in (BUY, SELL)",
    "order.side not in (SELL, CROSS)",
    "order.price in (1, 5021.5)",
    'order.price in ("x", "5021.5")',
    "order.quantity in (order.shown, 3)",
    "BUY in (order.side, order.legs[1].side)",
    '"desk" in order.labels',
    '"none" not in order.labels',
    "7 in order.by_number",
    "99999999999 not in order.by_number",
    "5 in order.sizes",
    "6 not in order.sizes",
    '"first" in order.notes',
    "SELL in order.sides",
    "2.5 in order.fills",
    '"SZ" in order.symbol',
    '"X" not in order.symbol',
    'b"\\x1b" in order.blob',
]


@pytest.mark.parametrize("text", MEMBERS)
def test_membership_holds(of_order, text):
    """`in` looks into lists in parentheses, repeated fields, the keys of maps, strings and bytes."""
    assert of_order(text)
    assert not of_order(f"not ({text})")


REFUSED = [
    ("order.symbol > 5", 'order.symbol is a string; it compares with a string such as "5"'),
    ("order.symbol == ESZ6", 'order.symbol is a string; write "ESZ6" in quotes'),
    ('order.quantity == "3"', "order.quantity is a number; write 3 without quotes"),
    ('order.price > "abc"', "order.price is a decimal; it compares with a number such as 5000.25, not with"),
    ('"abc" <= order.price', 'it compares with a number such as 5000.25, not with "abc"'),
    ('order.legs[0].price < "1,5"', "it compares with a number such as 5000.25"),
    ('any(leg.price >= "x" for leg in order.legs)', "it compares with a number such as 5000.25"),
    ('order.quantity == "x"', "order.quantity is a number; it compares with a number"),
    ("order.side == BYU", "order.side is never BYU; did you mean BUY? It is one of: UNSPECIFIED, BUY, SELL, CROSS"),
    ('order.side == "x"', "order.side is never x. It is one of: "),
    ("order.side == order.phase", "order.side is Side, an enum, and order.phase is Phase, an enum"),
    ("order.side == order.symbol", "they do not compare"),
    ("order.hidden == 1", "it compares with True or False"),
    ('order.sent > "noon"', "it compares with an ISO time"),
    ("order.sent > 5", "it compares with an ISO time"),
    ('order.life > "soon"', 'it compares with "1.5s"'),
    ('order.blob == "xyz"', "it compares with hex"),
    ("order == 5", "order is a message; compare one of its fields, or say has(order)"),
    ("order.legs == 2", "order.legs is a list; say len(order.legs)"),
    ("order.parent == order", "is a message; it does not compare"),
    ("order.price == None", "None stands for nothing here; has(order.price)"),
    ("order.price == [1]", "a list is only allowed after `in`"),
    ("order.quantity in ()", "the list after `in` is empty"),
    ("5 in order.quantity", "after `in` comes a list"),
    ("5 == 5", "compares a constant with a constant"),
    ('payload == "ordr"', "payload is never ordr; did you mean order?"),
    ("direction == servr", "direction is never servr; did you mean server?"),
    ("order.price > heartbeat", "heartbeat is a message; it does not compare"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_unlike_types_are_refused(refusal, text, reason):
    """What does not compare is said in a sentence with what would."""
    assert reason in refusal(text).reason


DECIMALS = """
    syntax = "proto3"; package d;
    message Decimal { string value = 1; } message Name { string value = 1; }
    message Client { Decimal price = 1; Name name = 2; }
"""


@pytest.mark.parametrize("sign", ["==", "!=", "<", ">=", "in"])
def test_a_message_called_decimal_holds_no_other_text(proto_schema, sign):
    """Beside it text that is no number could never be equal; beside any other message that holds a string it could."""
    kind = proto_schema(DECIMALS).message("d.Client")
    text = '("1", "abc")' if sign == "in" else '"abc"'
    with pytest.raises(ExpressionError, match="price is a decimal; it compares with a number") as caught:
        compile_expression(f"price {sign} {text}", kind, None)
    assert caught.value.column == 1 + len(f"price {sign} {text}") - len('"abc"') - (sign == "in")
    if sign in {"==", "!=", "in"}:
        compile_expression(f"name {sign} {text}", kind, None)
    compile_expression(f"price {sign} {text}".replace("abc", "5.5"), kind, None)


PEERS = [
    ("order.price > 5", 'order { price { value: "NaN" } }'),
    ("order.price > 5", 'order { price { value: "sNaN" } }'),
    ("order.price > 5", 'order { price { value: "Infinity" } }'),
    ("order.price != 5", 'order { price { value: "" } }'),
    ("order.price != 5", 'order { price { value: "five" } }'),
    ("-order.price < 5", 'order { price { value: "1e9999999" } }'),
    ("order.price * 20 > 5", 'order { price { value: "1e999999" } }'),
    ("order.price // 7 > 5", 'order { price { value: "1e999" } }'),
    ("order.price > order.fee", 'order { price { value: "1" } fee: nan }'),
    ("order.fee > 5", "order { fee: nan }"),
    ("order.quantity / order.fee > 0", "order { quantity: 1 }"),
]


@pytest.mark.parametrize(("text", "message"), PEERS)
def test_hostile_numbers_do_not_match(of, text, message):
    """No number, or one beyond calculation, has no value: no comparison with it holds, and none fails."""
    assert not of(text, message)


def test_huge_decimal_compares(of):
    """A decimal of any finite size compares at once."""
    assert of("order.price > 5 and order.price not in (1, 2)", 'order { price { value: "1e9999999" } }')
