"""What a rule is on."""

from __future__ import annotations

import pytest

from paperknife.mutation.rules.form import Event
from paperknife.mutation.rules.triggers import triggers_in
from paperknife_decoders.definition.node import Node
from paperknife_decoders.message import Direction

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER
MESSAGE, OPEN, CLOSE = Event.MESSAGE, Event.OPEN, Event.CLOSE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("client order", [(MESSAGE, CLIENT, "order")]),
        ("server", [(MESSAGE, SERVER, "")]),
        ("order", [(MESSAGE, None, "order")]),
        ("open", [(OPEN, None, "")]),
        ("client open", [(MESSAGE, CLIENT, "open")]),
        ("client order, server, close", [(MESSAGE, CLIENT, "order"), (MESSAGE, SERVER, ""), (CLOSE, None, "")]),
        (["client order", "open"], [(MESSAGE, CLIENT, "order"), (OPEN, None, "")]),
    ],
)
def test_triggers(written, expected):
    """A direction, a payload, or both in this order; the two events; several in a list or behind commas."""
    node = Node(written)
    assert [(each.event, each.direction, each.payload) for each in triggers_in(node)] == expected
    assert node.faults.found == []


@pytest.mark.parametrize("written", ["order client", "client order cancel", "cli*", "", 5, None, [], [5], {}, "a,,b"])
def test_faults(written):
    """All else is told as what it is."""
    node = Node({"on": written}, ()).at("on", written)
    triggers_in(node)
    assert node.faults.found != [] or written is None
    for fault in node.faults.found:
        assert "expected" in fault.sentence
