"""Values with placeholders."""

from __future__ import annotations

import re

import pytest

from paperknife_decoders.message import Direction

SAID = [
    ("plain", "plain"),
    ("{order.request_id}", "7"),
    ("a{order.symbol}b{order.side}", "aESZ6bBUY"),
    ("{{{order.request_id}}}", "{7}"),
    ("{order.quantity * 2 + 1}", "301"),
    ("{order.quantity / 4}", "37.5"),
    ("{order.price}", "5000.25"),
    ("{order.price * 2}", "10000.50"),
    ("{now}", "2026-01-01T12:00:00Z"),
    ("{now.ms} {now.s}", "1767268800000 1767268800"),
    ("{order.display_quantity}", ""),
    ("{counter}", "1"),
    ("{connection}", "1"),
    ("{direction} {payload}", "client order"),
    ("{len(order.symbol)}", "4"),
    ("{order.side == BUY}", "true"),
    ("{order.symbol} {order.account}", "ESZ6 "),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_texts(desk, text, said):
    """In braces stands an expression, written as people write such a value."""
    order = desk.order(quantity=150, price={"value": "5000.25"})
    assert desk.verdict(f"{{on: client order, do: {{log: '{text}'}}}}", order).logs == (said,)


def test_chance(desk):
    """Random numbers and ids are in their range, other ones each time, and the same with the same seed."""
    text = "do: {log: '{random 1..6} {random -1.5..1.5} {uuid} {random}'}"

    def drawn(rule: str, number: int = 1) -> list[str]:
        changer = desk.changer(rule, number)
        return [changer.consider(desk.order(), 0).logs[0] for _ in range(50)]

    lines = drawn(f"{{{text}}}")
    for line in lines:
        whole, real, uuid, share = line.split(" ")
        assert 1 <= int(whole) <= 6
        assert -1.5 <= float(real) <= 1.5
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", uuid)
        assert 0 <= float(share) < 1
    assert len(set(lines)) == 50
    assert {line[0] for line in lines} == set("123456")
    assert drawn(f"{{{text}}}") == lines
    assert drawn(f"{{{text}}}", number=2) != lines
    assert drawn(f"seed: 1\nrules:\n  - {{{text}}}\n") != lines
    assert drawn(f"seed: 0\nrules:\n  - {{{text}}}\n") == lines


def test_types_are_kept(desk):
    """A placeholder alone is the value itself: a time into a time, an enum into an enum, a number into a number."""
    response = desk.message(Direction.SERVER, "order_response", {"request_id": 3, "side": "SELL"})
    verdict = desk.verdict(
        "{on: server order_response, do: {set: {order_response.time: '{now}', order_response.side: BUY, "
        "order_response.filled_quantity: '{random 5..5}', order_response.average_price: '{random 2..2}'}}}",
        response,
    )
    found = desk.envelope(Direction.SERVER, verdict.content).message.order_response
    assert found.time.ToJsonString() == "2026-01-01T12:00:00Z"
    assert (found.side, found.filled_quantity, found.average_price.value) == (1, 5, "2")


FAULTS = [
    ("{order.symbl}", "did you mean symbol?"),
    ("{}", "the expression is empty"),
    ("{order.symbol", "a brace stands alone"),
    ("order}", "a brace stands alone"),
    ("{random 6..1}", "the smaller number was expected first"),
    ("{order.levels}", "has no field levels"),
    ("{__import__(1)}", "there is no function"),
    ("{market_data.symbol}", "has no field market_data"),
    ("{order.price} {order}", "order is a message; in a text only single values have a place"),
    ("x" * 5000, "at most 4,000 characters"),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_faults(desk, text, fault):
    """What stands in braces and cannot be there is told when the rules are loaded."""
    (line,) = desk.faults(f"{{on: client order, do: {{log: '{text}'}}}}")
    assert fault in line


def test_a_text_does_not_grow_without_measure(desk):
    """A peer's long text, many times in one of ours: the message passes as it came, which is said."""
    message = desk.order(client_tag="x" * 500_000)
    repeated = "{order.client_tag}" * 40
    verdict = desk.verdict(f"{{on: client order, do: {{set: {{order.client_tag: '{repeated}'}}}}}}", message)
    assert verdict is not None
    assert verdict.content == message.content
    assert "more than 16,777,216 characters" in verdict.logs[0]
