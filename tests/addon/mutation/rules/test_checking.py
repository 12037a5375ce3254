"""Rules beside several protocols: each thing that one is on has to fit one of them."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

CHAT = """
syntax = "proto3";
package chat;
message Say { string text = 1; }
message ClientMessage { oneof payload { Say say = 1; Say order = 2; } }
message ServerMessage { oneof payload { Say said = 1; } }
"""


@pytest.fixture
def chat(tmp_path) -> Protocol:
    """Another protocol, in which an order is something else."""
    folder = tmp_path / "chat"
    folder.mkdir()
    (folder / "chat.proto").write_text(CHAT)
    schema = load_schema([folder])
    kinds = (EnvelopeType(schema.message(f"chat.{name}")) for name in ("ClientMessage", "ServerMessage"))
    return Protocol("chat", *kinds)


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ("{on: client say, do: {set: {say.text: hello}}}", []),
        ("{on: client order, do: {set: {order.quantity: 5}}}", []),
        ("{on: client order, do: {set: {order.text: x}}}", []),
        ("{on: [client say, server market_data], do: drop}", []),
        ("{do: drop}", []),
        ("{on: said, do: {set: {said.text: x}}}", []),
        ("{on: client say, do: {set: {say.txt: x}}}", ["did you mean text?"]),
        ("{on: client order, do: {set: {order.quantitty: x}}}", ["did you mean quantity?"]),
        (
            "{on: client order, do: {set: {quantity: 1}}}",
            ["no field quantity; did you mean order.quantity or revise.quantity?"],
        ),
        (
            "{on: client order, do: {clear: quantity}}",
            ["no field quantity; did you mean order.quantity or revise.quantity?"],
        ),
        ("{on: client sya, do: drop}", ["did you mean say?"]),
        ("{on: [client say, client sya], do: drop}", ["did you mean say?"]),
        ("{on: [client say, client login], do: {set: {say.text: x}}}", ["ClientMessage has no field say"]),
    ],
)
def test_one_that_fits_is_enough(desk, chat, rule, faults):
    """A rule that fits one protocol is right; of one that fits none, the closest protocol says why."""
    found = desk.faults(rule, [desk.loaded.protocol, chat, Protocol()])
    assert len(found) == len(faults)
    for line, fault in zip(found, faults, strict=True):
        assert fault in line


def test_only_where_it_fits(desk, chat):
    """A rule for one protocol is none for the connections of the other."""
    rules = desk.rules("{on: client order, do: {set: {order.quantity: 5}}}", [desk.loaded.protocol, chat])
    assert rules.for_connection(1, desk.reader).wants(Direction.CLIENT, ["order"])
    assert not rules.for_connection(2, chat.reader()).heeds(Direction.CLIENT)


@pytest.mark.parametrize(
    ("rule", "faults"),
    [
        ("{on: client, do: [drop, {delay: 5ms}, {raw: '00'}, {log: '{size} {connection}'}]}", []),
        ("{when: size > 100, do: drop}", []),
        ("{on: client order, do: drop}", ["order needs a schema"]),
        ("{do: {set: {order.quantity: 5}}}", ["set needs a schema"]),
        ("{do: {reply: {order: {}}}}", ["reply needs a schema"]),
        ("{when: order.quantity > 5, do: drop}", ["order needs a schema"]),
    ],
)
def test_without_a_schema(desk, rule, faults):
    """What needs no names works without a schema; what does is told to need one."""
    found = desk.faults(rule, [Protocol()])
    assert len(found) == len(faults)
    for line, fault in zip(found, faults, strict=True):
        assert fault in line


OFF = "on: client order, enabled: false"


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        (f"{{{OFF}, when: order.quantity > 5, do: drop}}", []),
        (f"{{{OFF}, when: order.quantty > 5, do: drop}}", ["did you mean quantity?"]),
        (f"{{{OFF}, do: {{set: {{order.quantity: many}}}}}}", ["many"]),
        ("{on: client odrer, enabled: false, do: drop}", ["did you mean order?"]),
        # what rules that are off say to each other, and to those that are on
        (f"{{{OFF}, do: {{remember: {{a: order.symbol}}}}}}, {{{OFF}, do: {{log: '{{remembered.a}}'}}}}", []),
        (f"{{on: client, do: {{count: a}}}}, {{{OFF}, when: counter.a > 1, do: drop}}", []),
        (
            f"{{{OFF}, do: {{count: a}}}}, {{on: client, when: counter.a > 1, do: drop}}",
            ["no rule that is on has count: a"],
        ),
    ],
)
def test_rules_that_are_off(desk, rules, faults):
    """They are checked as if they were on, and so can be switched on at any time; those that are on do without them."""
    found = desk.faults(f"rules: [{rules}]")
    assert len(found) == len(faults)
    for line, fault in zip(found, faults, strict=True):
        assert fault in line
