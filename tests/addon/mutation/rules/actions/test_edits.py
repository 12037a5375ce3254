"""Fields changed: each case is a rule and what the order is afterwards."""

from __future__ import annotations

import pytest

from paperknife_decoders.message import Direction

CASES = [
    ("set", "do: {set: {order.quantity: 100}}", {"quantity": 100}),
    ("several at once", "do: {set: {order.quantity: 1, order.symbol: NQ}}", {"quantity": 1, "symbol": "NQ"}),
    ("an enum by its short name", "do: {set: {order.side: SELL}}", {"side": -1}),
    ("an enum by its number", "do: {set: {order.side: 2}}", {"side": 2}),
    ("a decimal", "do: {set: {order.price: 5000.25}}", {"price.value": "5000.25"}),
    ("a whole message", "do: {set: {order.price: {value: '1'}}}", {"price.value": "1"}),
    ("an entry of a map", """do: {set: {'order.labels["desk"]': b}}""", {"labels": {"desk": "b"}}),
    ("a whole map", "do: {set: {order.labels: {a: '{order.symbol}'}}}", {"labels": {"a": "ESZ6"}}),
    ("an expression", "do: {set: {order.quantity: '{order.quantity * 2}'}}", {"quantity": 300}),
    ("an expression is rounded", "do: {set: {order.quantity: '{order.quantity * 1.01}'}}", {"quantity": 152}),
    ("a number as text", "do: {set: {order.symbol: '{order.quantity}'}}", {"symbol": "150"}),
    ("a text around it", "do: {set: {order.symbol: 'x{order.quantity}y'}}", {"symbol": "x150y"}),
    ("both of two swapped", "do: {set: {order.symbol: '{order.account}', order.account: '{order.symbol}'}}",
     {"symbol": "A", "account": "ESZ6"}),
    ("what has no value stays", "do: {set: {order.quantity: '{order.display_quantity}'}}", {"quantity": 150}),
    ("clear", "do: {clear: order.symbol}", {"symbol": ""}),
    ("clear several", "do: {clear: [order.symbol, order.side]}", {"symbol": "", "side": 0}),
    ("one after the other", "do: [{set: {order.quantity: 1}}, {set: {order.quantity: '{order.quantity + 1}'}}]",
     {"quantity": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_edits(desk, rule, expected):
    """What a rule says is in the message that goes on, and nothing else has changed."""
    order = desk.order(quantity=150, account="A")
    changed = desk.changed(f"{{on: client order, {rule}}}", order)
    wanted = type(changed).FromString(order.content).order
    for path, value in expected.items():
        names = path.split(".")
        holder = wanted
        for name in names[:-1]:
            holder = getattr(holder, name)
        if isinstance(value, dict):
            getattr(holder, names[-1]).update(value)
        else:
            setattr(holder, names[-1], value)
    assert changed.order == wanted


def test_append(desk):
    """An element is added at the end of a list, a constant one and one of this message; a message by its fields."""
    subscribe = desk.message(Direction.CLIENT, "subscribe", {"request_id": 3, "symbols": ["ES"]})
    changed = desk.changed("{do: [{append: {subscribe.symbols: NQ}}, {append: {subscribe.symbols: '{counter}'}}]}",
                           subscribe)  # fmt: skip
    assert list(changed.subscribe.symbols) == ["ES", "NQ", "1"]
    update = desk.message(Direction.SERVER, "market_data", {"symbol": "ES"})
    verdict = desk.verdict("{do: {append: {market_data.levels: {price: 5.5, size: 2, side: SELL}}}}", update)
    (level,) = desk.envelope(Direction.SERVER, verdict.content).message.market_data.levels
    assert (level.price.value, level.size, level.side) == ("5.5", 2, -1)


def test_replace(desk):
    """The whole envelope is another one, with what the message at hand has; rules behind it see the new one."""
    text = """
rules:
  - {on: client order, do: {replace: {cancel: {request_id: "{order.request_id}", client_tag: x}}}}
  - {on: client order, do: {log: not any more}}
  - {on: client cancel, do: {set: {cancel.client_tag: "{cancel.client_tag}y"}}}
"""
    verdict = desk.verdict(text)
    message = desk.envelope(Direction.CLIENT, verdict.content).message
    assert (message.cancel.request_id, message.cancel.client_tag) == (7, "xy")
    assert verdict.hits == ("rule 1", "rule 3")


def test_only_messages_with_the_payload_that_is_changed(desk):
    """A rule that says no payload, and changes a field of one, leaves all others alone: none becomes an order."""
    changer = desk.changer("{on: client, do: {set: {order.quantity: 5}}}")
    assert changer.consider(desk.message(Direction.CLIENT, "heartbeat", {}), 0) is None
    assert not changer.wants(Direction.CLIENT, ["heartbeat"])
    assert changer.consider(desk.order(), 0).hits == ("rule 1",)


FAULTS = [
    ("{set: {order.quantity: many}}", "order.quantity: quantity takes a whole number from 0"),
    ("{set: {order.quantity: 1.5}}", "takes a whole number"),
    ("{set: {order.quantity: -5}}", "takes a whole number from 0"),
    ("{set: {order.side: BUYY}}", "did you mean BUY?"),
    ("{set: {order.pric: 5}}", "has no field pric; did you mean price?"),
    ("{set: {order.price: abc}}", "takes a number such as 5000.25"),
    ("{set: {order.symbol: }}", "a value for symbol was expected, and nothing was found"),
    ("{set: {order.symbol: {order.account}}}", 'put "{order.account}" into quotes'),
    ("{set: {order.quantity: '{order.side > 1}'}}", "takes a whole number"),
    ("{set: {order.price: '{order.labels}'}}", "is a map; price takes what has its own type"),
    ("{set: {order.symbol: 'a{order.labels}'}}", "in a text only single values have a place"),
    ("{set: {order.symbol: '{order.symbl}'}}", "in {order.symbl}: order (trading.v1.OrderRequest) has no field"),
    ("{set: {order.symbol: '{order.symbol'}}", "a brace stands alone"),
    ("{set: {order.labels: {1: b}}}", "labels"),
    ("{set: [1]}", "a mapping of fields and their values was expected, and a list was found"),
    ("{set: {1: 2}}", "the path of a field was expected, and the number 1 was found"),
    ("{set: {cancel.request_id: 5}}", "cancel.request_id is no field of order, which this rule is on"),
    ("{clear: order.pric}", "did you mean price?"),
    ("{clear: 5}", "the path of a field was expected, and the number 5 was found"),
    ("{append: {order.symbol: 1}}", "order.symbol is no list"),
    ("{append: {order.labels: 1}}", "order.labels is a map"),
    ("{replace: {order: {symbol: 5}}}", "symbol takes text, not 5"),
    ("{replace: {order: {}, cancel: {}}}", "cancel and order are never both set"),
    ("{replace: {ordr: {}}}", "did you mean order?"),
]


@pytest.mark.parametrize(("action", "fault"), FAULTS)
def test_faults(desk, action, fault):
    """What does not fit the schema is told when the rules are loaded, where it is."""
    (line,) = desk.faults(f"{{on: client order, do: {action}}}")
    assert fault in line
    assert line.startswith("2:")


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("{do: {set: {'market_data.levels[3].size': 1}}}", "is not in this message, its list has no elements"),
        ("{on: client order, do: {set: {order.quantity: '{0 - order.quantity}'}}}", "takes a whole number from 0"),
    ],
)
def test_what_one_message_does_not_allow(desk, rule, sentence):
    """What cannot be done with a message is said once, and the message passes as it came."""
    changer = desk.changer(rule)
    update = desk.message(Direction.SERVER, "market_data", {"symbol": "ES"})
    message = update if "market" in rule else desk.order(quantity=5)
    verdict = changer.consider(message, 0)
    assert verdict.content is message.content
    assert verdict.hits == ()
    assert sentence in verdict.logs[0]
    assert changer.consider(message, 0) is None
    assert changer.rules.report().rules[0].faults == 2
