"""The table of actions."""

from __future__ import annotations

import pytest

from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife_decoders.message import Direction

ONLY_IN = {"append": "client subscribe", "reply": "client order", "inject": "client"}


@pytest.mark.parametrize("name", ACTIONS)
def test_examples_work(desk, name):
    """The example of each action is right by the demo's schema, and does something with an order or a subscription."""
    action = ACTIONS[name]
    assert action.about.endswith(".")
    side = ONLY_IN.get(name, "client order")
    payload = desk.message(Direction.CLIENT, "subscribe", {"symbols": ["ES"]})
    message = payload if "subscribe" in side else desk.order(quantity=150, price={"value": "1"})
    changer = desk.changer(f"{{on: {side}, do: [{action.example}]}}")
    verdict = changer.consider(message, 101.0)
    assert verdict.hits == ("rule 1",), verdict
    assert verdict.logs == () or name in {"log", "script"}


def test_names():
    """Every action has a name that is a word, and a bare one needs no value."""
    assert all(name.isidentifier() for name in ACTIONS)
    assert {name for name, action in ACTIONS.items() if action.bare} == {
        "drop", "duplicate", "reorder", "truncate", "corrupt", "close", "abort", "hold",
    }  # fmt: skip
