"""Tables of rules by direction and payload."""

from __future__ import annotations

import pytest

from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.schema import load_schema

CLIENT, SERVER = Direction.CLIENT, Direction.SERVER

RULES = """
rules:
  - {name: a, on: [client order, client cancel, client order], do: {count: a}}
  - {name: b, on: client, do: {count: b}}
  - {name: c, on: client order, do: {count: c}}
  - {name: d, on: heartbeat, do: {count: d}}
  - {name: e, on: [open, server market_data], do: {count: e}}
"""


@pytest.mark.parametrize(
    ("direction", "payload", "names"),
    [
        (CLIENT, "order", "abc"),
        (CLIENT, "cancel", "ab"),
        (CLIENT, "heartbeat", "bd"),
        (CLIENT, "login", "b"),
        (CLIENT, "", "b"),
        (SERVER, "heartbeat", "d"),
        (SERVER, "market_data", "e"),
        (SERVER, "order_response", ""),
    ],
)
def test_rules_for_a_payload(desk, direction, payload, names):
    """The rules that concern a payload, in the order in which they are written, each once."""
    side = desk.rules(RULES).fitted(desk.loaded.protocol).side(direction)
    assert "".join(rule.name for rule in side.rules_for(payload)) == names


def test_what_is_of_interest(desk):
    """The payloads that rules are on; every one as soon as one rule is on all."""
    fitted = desk.rules(RULES).fitted(desk.loaded.protocol)
    assert fitted.client.interest is None
    assert fitted.server.interest == {"heartbeat", "market_data"}
    assert desk.rules("rules: []").fitted(desk.loaded.protocol).client.interest == frozenset()


FIELDS = """
syntax = "proto3";
package f;
message Quote { int32 price = 1; }
message Reply { int32 id = 1; repeated Quote quotes = 2; Quote order = 3; }
"""


def test_fields_that_are_set_together(desk, tmp_path):
    """Where several fields are the payload together, a rule on one of them concerns the message."""
    folder = tmp_path / "fields"
    folder.mkdir()
    (folder / "f.proto").write_text(FIELDS)
    kind = EnvelopeType(load_schema([folder]).message("f.Reply"), set_fields=True)
    protocol = Protocol("fields", kind, kind)
    reader = protocol.reader()
    rules = desk.rules("{on: client order, do: {set: {order.price: 7}}}", [protocol])
    changer = rules.for_connection(1, reader)
    both, other = b"\x12\x02\x08\x01\x1a\x02\x08\x02", b"\x12\x02\x08\x01"
    assert changer.wants(CLIENT, ["quotes+order"])
    verdict = changer.consider(Message(1, CLIENT, 0, Opcode.BINARY, both, reader), 0)
    assert verdict.content == b"\x12\x02\x08\x01\x1a\x02\x08\x07"
    assert changer.consider(Message(1, CLIENT, 0, Opcode.BINARY, other, reader), 0) is None
