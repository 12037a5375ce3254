"""What is kept and told."""

from __future__ import annotations

import pytest

from paperknife.mutation.rules import load_rules
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


def test_log(desk):
    """A line with values; what a peer sent cannot move the cursor, and no secret is told."""
    verdict = desk.verdict(
        "{do: {log: 'order {order.request_id} {order.side} {order.symbol}'}}", desk.order(symbol="\x1b[2J")
    )
    assert verdict.logs == ("order 7 BUY \\x1b[2J",)
    login = desk.message(CLIENT, "login", {"user": "alice", "password": "hunter22"})
    text = """
rules:
  - {on: client login, do: [{remember: {word: login.password}}, {log: "{login.user} {login.password}"}]}
  - {on: client login, do: {log: "{remembered.word} {lower(login.password)}"}}
"""
    assert desk.verdict(text, login).logs == ("alice [redacted]", "[redacted] [redacted]")


def test_count(desk):
    """A counter is one higher each time on its connection, and the report has all connections' together."""
    rules = desk.rules("{on: client order, do: [{count: orders}, {log: '{counter.orders} {counter}'}]}")
    for number in (1, 2):
        changer = rules.for_connection(number, desk.reader)
        assert [changer.consider(desk.order(), 0).logs for _ in range(2)] == [("1 1",), ("2 2",)]
    assert rules.report().counters == (("orders", 4),)


REMEMBER = """
rules:
  - {name: keep, on: client order, do: {remember: {id: order.request_id, twice: order.quantity * 2}}}
  - name: use
    on: server order_response
    when: order_response.request_id != remembered.id
    do: [{set: {order_response.request_id: "{remembered.id}", order_response.text: "{remembered.twice}"}}]
"""


def test_remember(desk):
    """What one message says is known to later ones of its connection, whatever their direction; others know nothing."""
    rules = desk.rules(REMEMBER)
    first, second = (rules.for_connection(number, desk.reader) for number in (1, 2))
    response = desk.message(SERVER, "order_response", {"request_id": 99})
    assert first.consider(response, 0) is None
    assert first.consider(desk.order(quantity=4), 0).hits == ("keep",)
    changed = desk.envelope(SERVER, first.consider(response, 0).content).message.order_response
    assert (changed.request_id, changed.text) == (7, "8")
    assert second.consider(response, 0) is None


def test_script(desk):
    """A function of the user's script is called with the course of the message; one that is not there is a fault."""
    seen = []

    def scripts(name):
        if name != "mine":
            raise ValueError(f"there is no function {name} in my.py; did you mean mine?")
        return lambda course: seen.append(course.envelope.payload)

    path = desk.file("rules:\n  - {on: client order, do: {script: mine}}\n")
    changer = load_rules([path], desk.loaded.protocols, scripts).for_connection(1, desk.reader)
    assert changer.consider(desk.order(), 0).hits == ("rule 1",)
    assert seen == ["order"]
    path = desk.file("rules:\n  - {on: client order, do: {script: min}}\n")
    with pytest.raises(ConfigError, match=r"2:37: there is no function min in my[.]py; did you mean mine"):
        load_rules([path], desk.loaded.protocols, scripts)
    assert "mine of the script would be called" in desk.verdict("{do: {script: mine}}").logs[0]


def test_when_a_connection_ends(desk):
    """Lines can be said when it opens and when it ends."""
    changer = desk.changer("{on: [open, close], do: [{log: 'connection {connection} at {now}'}, {count: seen}]}", 4)
    assert changer.opened(100.0).logs == ("connection 4 at 2026-01-01T12:00:00Z",)
    assert changer.closed(101.0).logs == ("connection 4 at 2026-01-01T12:00:00Z",)
    assert changer.rules.report().counters == (("seen", 2),)


FAULTS = [
    ("{log: [1]}", "what is to be said was expected"),
    ("{log: '{remembered.foo}'}", "nothing is remembered as foo: no rule that is on has remember: {foo: ...}"),
    ("{log: '{counter.foo}'}", "nothing is counted as foo"),
    ("{count: a b}", "the name of a counter, letters, digits and _, was expected, and 'a b' was found"),
    ("{remember: {x: order}}", "order is a message; single values are remembered"),
    ("{remember: {x: order.symbl}}", "did you mean symbol?"),
    ("{remember: {1x: order.symbol}}", "a name to remember by"),
    ("{remember: order.symbol}", "a mapping of names"),
    ("{script: 'a b'}", "the name of a function"),
]


@pytest.mark.parametrize(("action", "fault"), FAULTS)
def test_faults(desk, action, fault):
    """What cannot be said, counted or remembered is told."""
    (line,) = desk.faults(f"{{on: client order, do: {action}}}")
    assert fault in line
