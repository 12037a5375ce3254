"""The fast way over the records of a level finds what the walker finds."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import SCHEMAS, random_message, random_type

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.hops import form_of
from paperknife_decoders.splice.scanning import live, records_in, scan, signed_32
from paperknife_decoders.wire.walker import Field, WireType, walk

NUMBERS = (1, 2, 15, 16, 2047, 2048)
TAGS = {number << 3 | kind: None for number in NUMBERS for kind in (0, 1, 2, 3, 5)}


def both(data: bytes, tags) -> tuple[list[Field] | str, list[Field] | str]:
    """What both find, or why they do not."""
    found: list[Field] = []
    try:
        scan(data, 0, len(data), tags, found)
        ours: list[Field] | str = found
    except DecodeError as error:
        ours = str(error)
    try:
        theirs: list[Field] | str = [each for each in walk(data) if each.number << 3 | each.wire_type in tags]
    except DecodeError as error:
        theirs = str(error)
    return ours, theirs


@settings(max_examples=500)
@given(
    st.binary(max_size=40) | st.lists(st.sampled_from([0, 1, 2, 8, 9, 10, 128, 129, 130, 255]), max_size=20).map(bytes)
)
def test_any_bytes(data) -> None:
    """The same records of any bytes, and the same faults at the same offsets."""
    ours, theirs = both(data, TAGS)
    assert ours == theirs
    nothing, faults = both(data, {})
    assert nothing == (faults if isinstance(faults, str) else [])


@settings(max_examples=300)
@given(st.integers(0, 2**40))
def test_messages(seed) -> None:
    """The same of messages, also where they are cut."""
    random = Random(seed)
    data = random_message(random, random_type(random.randrange(SCHEMAS)))
    for end in (len(data), random.randint(0, len(data))):
        ours, theirs = both(data[:end], TAGS)
        assert ours == theirs


def test_levels_side_by_side() -> None:
    """A message in pieces is read as one, and what lies between them is not."""
    data = bytes.fromhex("0801 ffff 0802")
    assert [field.value for field in records_in(data, [(0, 2), (4, 6)], TAGS)] == [1, 2]


def test_live(order) -> None:
    """Of a member of a oneof only the records behind the last one of another member count."""
    form = form_of(order.fields_by_name["account"])
    found = [Field(number, WireType.LENGTH, 0, at, 0, 0, 0, 0) for at, number in enumerate([13, 15, 13, 13])]
    assert [field.start for field in live(found, form)] == [2, 3]
    assert live(found[:2], form) == []


def test_signed() -> None:
    """An enum's numbers are 32 bits, whatever else the varint has."""
    assert [signed_32(number) for number in (1, 2**64 - 1, 2**32 + 5, 2**31)] == [1, -1, 5, -(2**31)]
