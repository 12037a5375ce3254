"""Verdicts in words and as JSON: each thing that can be done has a line."""

from __future__ import annotations

import pytest

from paperknife.cli.verdicts import Discretion, tried_lines, tried_object
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.mutation.rules.trial import Tried
from paperknife.mutation.verdict import CloseOrder, Emission, Hold, Throttle, Verdict
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.paint import PLAIN

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(given_schema())


@pytest.fixture(scope="module")
def order(api) -> Message:
    reader = load(Reading(schema=(str(given_schema()),))).protocol.reader()
    content = api.client.encode("order", {"symbol": "ESZ6", "quantity": 3})
    return Message(4, CLIENT, 0, Opcode.BINARY, content, reader)


CASES = [
    ({"delay": 0.05}, ["waits 50 ms"], {"delay": 0.05}),
    ({"delay": 2.0, "overtaken": True}, ["waits 2.0 s, others may overtake it"], {"delay": 2.0, "overtaken": True}),
    ({"copies": 2}, ["goes out 3 times"], {"copies": 2}),
    ({"window": 3}, ["3 messages behind it may go first"], {"window": 3}),
    ({"throttle": Throttle("r", 10.0)}, ["at most 10 messages a second"], {"throttle": {"messages": 10.0}}),
    ({"throttle": Throttle("r", 0.0, 64_000.0)}, ["at most 64 kB a second"], {"throttle": {"bytes": 64_000.0}}),
    ({"hold": Hold("r", 60.0)}, ["is held for up to 1m00s"], {"hold": 60.0}),
    ({"stall": 5.0}, ["nothing is read from the sender for 5.0 s"], {"stall": 5.0}),
    ({"close": CloseOrder(4001, "no")}, ['the connection is closed with 4001 "no"'],
     {"close": {"code": 4001, "reason": "no"}}),
    ({"close": CloseOrder(abort=True)}, ["the connection is cut"], {"close": {"abort": True}}),
    ({"logs": ("\x1b[2J",)}, ["\\x1b[2J"], {"logs": ["\x1b[2J"]}),
    ({"content": None}, ["dropped"], {"dropped": True}),
    ({"content": b""}, ["cut to 0 B of 10 B"], {"changes": [
        {"path": "order", "before": "{symbol: ESZ6, quantity: 3}", "after": None}]}),
    ({}, [], {}),
]  # fmt: skip


@pytest.mark.parametrize(("done", "lines", "told"), CASES)
def test_what_is_done(order, done, lines, told):
    """Each part of a verdict is a line to read and a key for programs; what is not done is neither."""
    verdict = Verdict(**{"content": order.content, "hits": ("r",), **done})
    tried = Tried(4, 1_767_268_800_000_000_000, order, verdict, order.reader)
    head, *rest = tried_lines(tried, PLAIN)
    assert head.endswith("#4 -> order  r")
    assert rest == [f"    {line}" for line in lines]
    assert (
        tried_object(tried)
        == {
            "time": "2026-01-01T12:00:00.000000000Z",
            "connection": 4,
            "direction": "client",
            "payload": "order",
            "rules": ["r"],
        }
        | told
    )


def test_changes_and_messages(order, api):
    """Fields are told before and after, messages that are sent by their fields."""
    changed = api.client.encode("order", {"symbol": "ESZ6", "side": "BUY"})
    sent = Emission(SERVER, Opcode.BINARY, api.server.encode("error", {"text": "no"}), 1.5)
    tried = Tried(4, 0, order, Verdict(changed, hits=("r",), emissions=(sent,)), order.reader)
    _, *lines = tried_lines(tried, PLAIN)
    assert lines == [
        "    order.side: nothing -> BUY",
        "    order.quantity: 3 -> nothing",
        "    sends <- error  text=no in 1.5 s",
    ]
    told = tried_object(tried)
    assert [each["path"] for each in told["changes"]] == ["order.side", "order.quantity"]
    assert told["sends"] == [
        {"direction": "server", "in": 1.5, "messages": [{"payload": "error", "message": {"error": {"text": "no"}}}]}
    ]


def test_connections(order):
    """What is done when a connection opens has no message."""
    tried = Tried(4, 0, None, Verdict(None, logs=("hello",), hits=("r",)), order.reader)
    assert [line.partition("#")[2] for line in tried_lines(tried, PLAIN)] == ["4 connection  r", ""]
    assert tried_object(tried)["direction"] is None


def test_bytes_that_say_the_same(order):
    """A message whose bytes alone are others is told of as that: here a varint takes two bytes instead of one."""
    assert order.content[-2:] == b"\x20\x03"  # order.quantity
    longer = bytes([order.content[0], order.content[1] + 1]) + order.content[2:-1] + b"\x83\x00"
    _, *lines = tried_lines(Tried(4, 0, order, Verdict(longer, hits=("r",)), order.reader), PLAIN)
    assert lines == ["    other bytes, which say the same in every field"]


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (("order", {"client_tag": "s3cret-word"}), ()),
        (("login", {"user": "s3cret-word", "password": "s3cret-word"}), ()),
        (("login", {"password": "s3cret-word"}), ("error", {"text": "no, not s3cret-word"})),
        (b"\x1a\xff\xff\x12\x0fs3cret-word", ()),
    ],
)
def test_a_secret_is_not_told_where_rules_put_it(api, order, content, sent):
    """In a field that is no secret by its name, in an answer, in bytes that nobody can read; nor in the JSON."""
    login = api.client.encode("login", {"user": "alice", "password": "s3cret-word"})
    message = Message(4, CLIENT, 0, Opcode.BINARY, login, order.reader)
    after = content if isinstance(content, bytes) else api.client.encode(*content)
    emissions = (Emission(SERVER, Opcode.BINARY, api.server.encode(*sent)),) if sent else ()
    close = CloseOrder(4001, "s3cret-word")
    verdict = Verdict(after, emissions=emissions, close=close, logs=("s3cret-word",), hits=("r",))
    discretion = Discretion()
    tried = discretion.learn(Tried(4, 0, message, verdict, order.reader))
    told = [*map(discretion.line, tried_lines(tried, PLAIN)), str(discretion.told(tried_object(tried)))]
    assert [line for line in told if "s3cret" in line or b"s3cret".hex() in line] == []
    assert len(told) > 2
