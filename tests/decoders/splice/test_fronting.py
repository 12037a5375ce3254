"""Messages on their way whose values in front change."""

from __future__ import annotations

import pytest
from tests.decoders.splice.desks import TYPES, behind, desk

from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.rest import NOTHING
from paperknife_decoders.splice import Set, SpliceError, edited
from paperknife_decoders.splice.envelopes import opened_way

CLIENT = Direction.CLIENT
LAYOUT = "type:u8 flags:u8 size:u16be=length(part)"
LISTED = "type:u8 size:u8"
ORDER = "0701 0002 1005"

CHANGED = [
    ([Set("Order.number", 300)], "0701 0003 10ac02"),
    ([Set("flags", 4)], "0704 0002 1005"),
    ([Set("type", 99)], "6301 0002 1005"),  # the user may well mean it
    ([Set("Beat.number", 4)], "0801 0002 0804"),
    ([Set("Tick.number", 4), Set("type", 12)], "0c01 0002 0804"),
]


@pytest.mark.parametrize(("changes", "content"), CHANGED)
def test_changed(proto_schema, changes, content) -> None:
    """What is changed is changed; an envelope that becomes one of another type says so in front."""
    made = edited(behind(proto_schema, LAYOUT), CLIENT, Opcode.BINARY, bytes.fromhex(ORDER), 0, changes)
    assert made == bytes.fromhex(content)


REFUSED = [
    ([Set("size", 4)], "size is the length, 2; leave it out"),
    ([Set("flags", 256)], "flags takes a number from 0 to 255, not 256$"),
    ([Set("Tick.number", 4)], "several values mean that type; change it too"),
]


@pytest.mark.parametrize(("changes", "refusal"), REFUSED)
def test_refused(proto_schema, changes, refusal) -> None:
    """What cannot be is said."""
    with pytest.raises(SpliceError, match=refusal):
        edited(behind(proto_schema, LAYOUT), CLIENT, Opcode.BINARY, bytes.fromhex(ORDER), 0, changes)


def test_an_envelope_without_its_values(proto_schema) -> None:
    """One that is made anew is behind the values that were there; one that is bytes of no type says so itself."""
    reader = behind(proto_schema, LAYOUT)
    opened = opened_way(reader, CLIENT, Opcode.BINARY, bytes.fromhex(ORDER), NOTHING)
    (part,) = opened.parts
    body = part[part.index(b"\x10\x05") - 6 :]
    assert opened.close([part]) == bytes.fromhex(ORDER)
    assert opened.close([body]) == bytes.fromhex(ORDER)


def test_one_of_several(proto_schema) -> None:
    """In a list the others stay; the values in front of one of them cannot become others, which is said."""
    steps = [
        {"message-list": {"layout": LISTED, "when": "type=1", "at": 1}},
        {"binary-header": {"layout": LISTED + "=length(part)"}},
    ]
    reader = desk(proto_schema, steps=steps, behind={"by": "header.type", "types": TYPES})
    frame = bytes.fromhex("04000000 07021005")
    content = bytes.fromhex("01120a10") + frame * 2
    changed = edited(reader, CLIENT, Opcode.BINARY, content, 1, [Set("Order.number", 6)])
    assert changed == content[:-1] + b"\x06"
    with pytest.raises(SpliceError, match="type in front of one of several envelopes cannot become another one"):
        edited(reader, CLIENT, Opcode.BINARY, content, 1, [Set("Beat.number", 6)])
    opened = opened_way(reader, CLIENT, Opcode.BINARY, content, NOTHING)
    assert opened.without is not None
    assert opened.without([None, opened.parts[1]]) == bytes.fromhex("01120a08") + frame
