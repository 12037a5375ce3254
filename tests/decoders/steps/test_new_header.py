"""Headers for messages of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.steps.binary_header import read_head
from paperknife_decoders.steps.binary_layout import Number, read_layout
from paperknife_decoders.steps.new_header import NotMade, new_header

STEAM = "type:u32le&0x7fffffff|0x80000000 length:u32le header:bytes(length)"
SOME = "kind:u8=1|2|3 id:u16le?kind=2|3 tag:bytes(2)?kind=3"
SIZED = "magic:u16be=0xcafe size:u16be=length(part) total:u8=length(all)"
BITS = "flag:u8&0x0f all:u8&0xff"
SIGNED = "big:u64be small:i8"

MADE = [
    (STEAM, {"type": 9, "length": 0}, None, "0900008000000000", []),
    (STEAM, {"type": 9, "header": "1807ff"}, None, "09000080030000001807ff", []),
    (STEAM, {"type": 9, "header": "1807ff"}, "07000080010000000a", "09000080030000001807ff", []),
    (STEAM, {"type": 9}, "07000080010000000a", "09000080010000000a", ["length", "header"]),
    (STEAM, {}, "07000080010000000a", "07000080010000000a", ["type", "length", "header"]),
    (SOME, {"kind": 1}, None, "01", []),
    (SOME, {"kind": 1}, "030100aabb", "01", []),
    (SOME, {"kind": 2}, "030100aabb", "020100", ["id"]),
    (SOME, {"kind": 3, "id": 5, "tag": "0102"}, "01", "0305000102", []),
    (SIZED, {}, None, "cafe000308", []),
    (SIZED, {}, "cafe000007", None, []),  # which tells another length than it has
    (SIGNED, {"big": -1, "small": -1}, None, "ffffffffffffffffff", []),
    (BITS, {"flag": 3}, "a507", "a307", ["all"]),
]
"""A layout, what is asked for, a header before, the one that is made in front of three bytes, and what is repeated."""


@pytest.mark.parametrize(("layout", "asked", "before", "made", "repeated"), MADE)
def test_made(layout, asked, before, made, repeated) -> None:
    """What is asked for comes first, then what follows from the rest; else it is as it was, and that is told."""
    content = None if before is None else bytes.fromhex(before)
    if made is None:
        with pytest.raises(DecodeError):
            new_header(read_layout(layout), asked, content)
        return
    head, found = new_header(read_layout(layout), asked, content)
    assert (head.before(3).hex(), list(found)) == (made, repeated)


REFUSED = [
    (STEAM, {"length": 0}, None, "type in front of it is not known"),
    (STEAM, {"type": 9}, None, "length in front of it is not known"),
    (STEAM, {"type": 1 << 31, "length": 0}, None, "type takes a number from 0 to 2,147,483,647, not 2147483648"),
    (STEAM, {"type": "9", "length": 0}, None, "type takes a number"),
    (STEAM, {"type": 9, "header": "xy"}, None, "header takes bytes as hex, as in 00ff, not 'xy'"),
    (STEAM, {"type": 9, "header": "00", "length": 2}, None, "header has 2 bytes in this header, and 1 were given"),
    (SOME, {"kind": 4}, None, "kind takes 1 or 2 or 3, not 4"),
    (SOME, {"kind": 1, "id": 5}, None, "id is in front of a message only where kind is 2 or 3; leave it out"),
    (SOME, {"kind": 2}, "01", "id in front of it is not known.* Write it beside the payload, as in id: VALUE"),
    (SIZED, {"magic": 1}, None, "magic takes 51966, not 1"),
    (SIGNED, {"big": 1, "small": -129}, None, "small takes a number from -128 to 127, not -129"),
    (SIGNED, {"big": 1, "small": 1 << 70}, None, "small takes a number"),
    (BITS, {"flag": 3, "all": 1}, None, "the bits beside flag.*the layout can say them"),
    (BITS, {"flag": 19, "all": 1}, "0000", "flag takes a number from 0 to 15, not 19"),
]


@pytest.mark.parametrize(("layout", "asked", "before", "refusal"), REFUSED)
def test_refused(layout, asked, before, refusal) -> None:
    """What nobody knows, and what does not fit, is named, with what can be done."""
    with pytest.raises(NotMade, match=refusal) as told:
        new_header(read_layout(layout), asked, None if before is None else bytes.fromhex(before))
    assert "at byte" not in str(told.value)


LAYOUTS = st.sampled_from([STEAM, SOME, BITS, SIGNED, "a:u8 b:u16le&0xff0|0x1 c:bytes(a)"])


@given(LAYOUTS, st.binary(max_size=20), st.dictionaries(st.sampled_from(["type", "kind", "id", "a"]), st.integers()))
def test_what_was_there_is_made_again(layout, data, asked) -> None:
    """A header is made again like itself, and by its values alone; any values make a header that reads so, or none."""
    fields = read_layout(layout)
    try:
        old = read_head(data, fields)
    except DecodeError:
        old = None
    if old is not None:
        assert new_header(fields, {}, data)[0].data == old.data
        if not any(isinstance(each, Number) and each.mask is not None and each.bits is None for each in fields):
            assert new_header(fields, old.values)[0].data == old.data
    try:
        head, _ = new_header(fields, asked, None if old is None else data)
    except NotMade:
        return
    read = read_head(head.data, fields).values
    assert {name: value for name, value in asked.items() if name in read}.items() <= read.items()
