"""What every step made of a message."""

from __future__ import annotations

import pytest

from paperknife_decoders.definition import protocol_from, read_definition
from paperknife_decoders.definition.tracing import trace
from paperknife_decoders.message import Direction
from paperknife_decoders.steps import Context, Limits

NUMBERED = {
    "name": "numbered",
    "client": "Numbered",
    "server": "Numbered",
    "steps": ["varint-delimited"],
    "carries": [{"in": "Numbered", "at": "payload", "by": "kind", "types": {"default-of": "kind"}}],
}
BEHIND = {
    "name": "behind",
    "steps": [{"ascii-header": {"fields": 1}}],
    "behind": {"by": "header.field_1", "types": {"o": "Order"}, "remembers": "header.field_1"},
}


@pytest.mark.parametrize(
    ("definition", "content", "expected"),
    [
        (NUMBERED, b"\x03\x08\xba\x10", [["\x08\xba\x10: "], ["+: kind is the number 2106: desk.Order"]]),
        (
            NUMBERED,
            b"\x02\x08\x01\x00",
            [["\x08\x01: ", ": "], ["+: kind is the number 1, which is none of the 3 keys"] * 1],
        ),
        (NUMBERED, b"\x05\x08", [["! "]]),
        (BEHIND, b"o,\x12\x01x", [["\x12\x01x: "], ["+: header.field_1 is 'o': desk.Order"]]),
    ],
)
def test_stages(schema, definition, content, expected) -> None:
    """A step's parts, the reason for a type, and an end at the step that refuses."""
    protocol = protocol_from(read_definition(definition), schema)
    stages = trace(protocol.steps_for(Direction.CLIENT), content, Context(Direction.CLIENT))
    assert len(stages) == len(expected)
    for stage, parts in zip(stages, expected, strict=True):
        if parts == ["! "]:
            assert stage.fault
            continue
        assert not stage.fault
        for part, said in zip(stage.parts, parts, strict=False):
            data, _, reason = said.partition(": ")
            assert reason in part.reason
            assert data in ("+", part.data.decode("latin-1"))


def test_a_response_without_a_name(schema, made) -> None:
    """It says that its request is not known."""
    carries = {
        "in": "Named",
        "at": "data",
        "by": "method",
        "types": {"method": ".{service}.{method}"},
        "remembers": "path",
    }
    definition = {"name": "x", "client": "Named", "server": "Named", "carries": carries}
    protocol = protocol_from(read_definition(definition), schema)
    (stage,) = trace(protocol.steps_for(Direction.SERVER), made("Named", data=b""), Context(Direction.SERVER))
    assert stage.parts[0].reason == "method is an empty text, path is an empty text: no such request is known"


def test_too_many_parts() -> None:
    """The limit holds here too."""
    protocol = protocol_from(read_definition({"name": "x", "steps": ["varint-delimited"]}), None)
    (stage,) = trace(protocol.steps, b"\0" * 10, Context(Direction.SERVER, limits=Limits(parts=9)))
    assert stage.fault
