"""Messages as proto3 JSON."""

from __future__ import annotations

import pytest
from google.protobuf import json_format
from google.protobuf.message_factory import GetMessageClass

from paperknife_decoders.json_form import field_json, form_for, message_json
from paperknife_decoders.secrets import NO_SECRETS, Secrets

PROTO = """
syntax = "proto3"; package j;
import "google/protobuf/timestamp.proto";
enum Side { option allow_alias = true; NONE = 0; BUY = 1; LONG = 1; }
message Node {
  string text = 1; string password = 2; repeated Node nodes = 3; Node node = 4; map<string, string> headers = 5;
  Side side = 6; repeated Side sides = 7; map<int32, Node> by_number = 8; google.protobuf.Timestamp time = 9;
  map<bool, double> ratio = 10; bytes data = 11; int64 big = 12;
}
"""

CASES = [
    {},
    {"text": "a", "side": "BUY", "sides": ["NONE", "BUY", 7], "big": "-5", "data": "AAE="},
    {"nodes": [{"text": "a"}, {}], "node": {"node": {"text": "b"}}, "by_number": {"5": {"text": "c"}}},
    {"headers": {"a": "b"}, "ratio": {"true": 0.5, "false": "NaN"}, "time": "2030-01-02T03:04:05.600Z"},
]


@pytest.fixture
def node(proto_schema):
    """Makes a message of the type, of JSON."""
    kind = proto_schema(PROTO).message("j.Node")

    def make(content: dict[str, object]):
        message = GetMessageClass(kind)()
        return json_format.ParseDict(content, message, descriptor_pool=kind.file.pool)

    return make


@pytest.mark.parametrize("content", CASES)
def test_the_mapping(node, content) -> None:
    """What the library makes of it, at the first message of a type and at later ones."""
    message = node(content)
    expected = json_format.MessageToDict(message, preserving_proto_field_name=True)
    assert message_json(message, Secrets()) == message_json(message, Secrets()) == expected


SECRETS = Secrets(paths=frozenset({"node.text", "by_number.node.text", "headers"}))
EVERYTHING = {
    "text": "a", "password": "b", "node": {"text": "c", "password": "d", "node": {"text": "e"}},
    "nodes": [{"text": "f"}], "by_number": {"1": {"text": "g", "node": {"text": "h"}}}, "headers": {"token": "i"},
}  # fmt: skip


def test_places(node) -> None:
    """A declared path is one place alone; a name is secret at any."""
    mask = "[redacted]"
    assert message_json(node(EVERYTHING), SECRETS) == EVERYTHING | {
        "password": mask,
        "node": {"text": mask, "password": mask, "node": {"text": "e"}},
        "by_number": {"1": {"text": "g", "node": {"text": mask}}},
        "headers": mask,
    }
    assert message_json(node(EVERYTHING), NO_SECRETS) == EVERYTHING
    assert message_json(node(EVERYTHING), Secrets())["headers"] == {"token": mask}


def test_a_type_inside_itself(node) -> None:
    """However deep messages go, what is remembered of their type stays small, and what lies too deep is left out."""
    message = node({})
    inner = message
    for _ in range(99):
        inner.text = "a"
        inner = inner.node
    inner.text = "a"
    shown = message_json(message, SECRETS)
    form = form_for(SECRETS, message.DESCRIPTOR.file.pool)
    assert len(form.tables) <= 5
    depth = 0
    while isinstance(shown, dict):
        shown, depth = shown.get("node"), depth + 1
    assert depth == 100
    for _ in range(3):
        inner = inner.node
    inner.text = "a"
    assert "…" in str(message_json(message, SECRETS))


def test_one_field(node) -> None:
    """A field by itself, wherever it is said to lie."""
    message = node(EVERYTHING)
    field = message.DESCRIPTOR.fields_by_name["text"]
    assert field_json(field, SECRETS, ("text",))("a", 0) == "a"
    assert field_json(field, SECRETS, ("node", "text"))("a", 0) == "[redacted]"
