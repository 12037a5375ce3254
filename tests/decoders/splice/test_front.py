"""Which values are in front of an envelope, and which of them say its type."""

from __future__ import annotations

import pytest
from tests.decoders.splice.desks import behind, desk

from paperknife_decoders.message import Direction
from paperknife_decoders.reader import Reader
from paperknife_decoders.splice import Set, splice
from paperknife_decoders.splice.front import keys_in_front, leaves_of, parted
from paperknife_decoders.steps.new_header import NotMade

LAYOUT = "type:u8 wide:u64be tag:bytes(2)"


def made(reader: Reader, **fields: object) -> bytes:
    """A server's envelope with these fields."""
    kind = reader.protocol.server
    assert kind is not None
    return splice(b"", kind.descriptor, [Set(name.replace("__", "."), value) for name, value in fields.items()])


def test_parted(proto_schema) -> None:
    """Numbers and texts by their names, zeros that are written too, and all else as it lies."""
    reader = behind(proto_schema, LAYOUT)
    outer, leaves = leaves_of(reader.protocol.steps_for(Direction.SERVER))
    assert ([step.name for step in outer], [leaf.name for leaf in leaves]) == (["binary-header"], ["behind"])
    body = made(reader, Tick__number=5)
    both = parted(made(reader, type=0, wide=-1, tag="00ff") + body, leaves)
    assert both.values == {"type": 0, "wide": -1, "tag": "00ff"}
    assert both.body == body
    assert parted(body, leaves_of([])[1]).body == body


KEYS = [
    ({"Order__number": 1}, {"type": (7,)}),
    ({"Tick__number": 1}, {"type": (9, 12)}),
    ({"body": b"?"}, {"type": ()}),
    ({}, {}),
    ({"Tick__number": 1, "body": b"?"}, {}),  # which is no message
]


@pytest.mark.parametrize(("fields", "keys"), KEYS)
def test_keys(proto_schema, fields, keys) -> None:
    """All values that mean the type; none for bytes of no type."""
    reader = behind(proto_schema, LAYOUT)
    _, leaves = leaves_of(reader.protocol.steps_for(Direction.SERVER))
    assert keys_in_front(made(reader, **fields), leaves, "") == keys


def test_other_places_of_keys(proto_schema) -> None:
    """A field of the envelope is nothing in front; the URL cannot be changed."""
    rule = {"in": "Frame", "at": "body", "by": "id", "types": {7: "Order"}}
    reader = desk(proto_schema, client="Frame", server="Frame", carries=[rule])
    _, leaves = leaves_of(reader.protocol.steps_for(Direction.SERVER))
    assert keys_in_front(made(reader, Order__number=1), leaves, "") == {}
    reader = desk(proto_schema, behind={"by": "path", "types": {"/a": "Tick", "/b": "Order"}})
    _, leaves = leaves_of(reader.protocol.steps_for(Direction.SERVER))
    assert keys_in_front(made(reader, Order__number=1), leaves, "/b?token=1") == {}
    with pytest.raises(NotMade, match="that is not Order"):
        keys_in_front(made(reader, Order__number=1), leaves, "/a")
