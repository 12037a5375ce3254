"""What rules would have done with recorded messages."""

from __future__ import annotations

from paperknife.mutation.rules.trial import Trial
from paperknife.recording.items import Closed, Noticed, Opened
from paperknife.traffic import Close, Connection
from paperknife_decoders.message import Direction, Fate, Message, Opcode

START_NS = 1_767_268_800_000_000_000
SECOND = 10**9

RULES = """
rules:
  - {name: opening, on: open, do: {log: "opened {now}"}}
  - {name: early, on: client order, between: [0, 5s], do: {set: {order.quantity: 1}}}
  - {name: later, on: client order, do: {count: orders}}
  - {name: ending, on: close, do: {log: "{counter.orders} orders"}}
"""


def order(desk, seconds: int, **more) -> Message:
    content = desk.api.client.encode("order", {"request_id": seconds, "quantity": 9})
    return Message(1, Direction.CLIENT, START_NS + seconds * SECOND, Opcode.BINARY, content, desk.reader, **more)


def test_a_session(desk):
    """Times are those of the recording: the connection opens, messages pass, and it ends."""
    trial = Trial(desk.rules(RULES))
    connection = Connection(1, "wss://venue.example/v1", "127.0.0.1:5", START_NS)
    items = [
        Noticed("hello", False, START_NS),
        Opened(connection),
        order(desk, 1),
        Message(1, Direction.CLIENT, START_NS + SECOND, Opcode.PING, b"", desk.reader),
        order(desk, 7),
        Closed(connection, Close(1000, "", None, START_NS + 9 * SECOND)),
    ]
    found = list(trial.tried(items))
    assert [each.verdict.hits for each in found] == [("opening",), ("early", "later"), ("later",), ("ending",)]
    assert [each.verdict.logs for each in found][::3] == [("opened 2026-01-01T12:00:00Z",), ("2 orders",)]
    assert (trial.messages, trial.touched) == (2, 2)
    assert [(each.rule, each.hits) for each in trial.rules.report().rules] == [
        ("opening", 1), ("early", 1), ("later", 2), ("ending", 1),
    ]  # fmt: skip


def test_what_was_sent_counts(desk):
    """A message that was changed then is taken as its sender sent it; one that came from neither peer is none."""
    trial = Trial(desk.rules("{on: client order, when: order.quantity == 9, do: {log: '{order.request_id}'}}"))
    changed = order(desk, 1, fate=Fate.CHANGED)
    changed.original, changed.content = changed.content, desk.api.client.encode("order", {"quantity": 1})
    items = [changed, order(desk, 2, fate=Fate.INJECTED), order(desk, 3, fate=Fate.DROPPED)]
    assert [each.verdict.logs for each in trial.tried(items)] == [("1",), ("3",)]
    assert trial.messages == 2


def test_nothing_comes_after_the_end(desk):
    """What a connection says that rules would have ended is counted, and no more."""
    trial = Trial(desk.rules("{on: client order, when: order.request_id == 2, do: close}"))
    assert [each.verdict.close.code for each in trial.tried([order(desk, each) for each in range(1, 6)])] == [1000]
    assert (trial.messages, trial.touched, trial.unsent) == (5, 1, 3)
