"""What a sketch takes in, and what it refuses."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.inference.schemas import random_message, random_type

from paperknife_decoders.inference.draft import draft_text
from paperknife_decoders.inference.guess import guess
from paperknife_decoders.inference.sketch import Limits, Sketch
from paperknife_decoders.wire.walker import WireType


def sketch_of(*messages: str) -> Sketch:
    """All of some messages, in hex."""
    sketch = Sketch()
    for message in messages:
        sketch.absorb(bytes.fromhex(message))
    return sketch


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_anything_goes_in(messages):
    """Whatever bytes come, they are taken in whole or not at all, and a draft can be written."""
    sketch = Sketch(Limits(fields=5, all_fields=20, depth=3, walked=30, combinations=3))
    taken = [sketch.absorb(data) for data in messages]
    assert (sketch.messages, sketch.refused) == (taken.count(True), taken.count(False))
    assert draft_text({"M": sketch}).startswith("// Drafted")
    assert sketch.size <= 20


NESTING = {
    "a message": (["0a020801", "0a020802"], True),
    "empty ones": (["0a00", "0a00"], True),
    "one does not parse": (["0a020801", "0a03080180"], False),
    "two wire types for a number": (["0a020801", "0a030a0161"], False),
    "an over-long number": (["0a03088100"], False),
    "an over-long length": (["0a040a810061"], False),
    "an over-long tag": (["0a03888001"], False),
    "a group": (["0a020b0c"], False),
    "a number that hardly a field has": (["0a05fa9f490161"], False),
}


@pytest.mark.parametrize(("messages", "expected"), NESTING.values(), ids=NESTING)
def test_what_nests(messages, expected):
    """Content is sketched as a message as long as every sample is one, in the bytes that an encoder writes."""
    field = sketch_of(*messages).fields[1]
    assert (field.message is not None) is expected
    assert field.content.count == len(messages)


REFUSED = {"cut short": "0a05", "field number 0": "0001", "0 in a group": "0b00010c", "no wire type": "0f"}


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_what_is_no_protobuf(message):
    """It leaves no trace but being counted."""
    sketch = sketch_of(message)
    assert (sketch.refused, sketch.messages, sketch.fields) == (1, 0, {})


def test_limits():
    """A root with more fields than may be goes on without them; what nests becomes bytes."""
    sketch = Sketch(Limits(fields=2))
    sketch.absorb(bytes.fromhex("0a06080110011801 1001 1801"))
    assert sketch.overflow
    assert list(sketch.fields) == [1, 2]
    assert sketch.fields[1].message is None
    deep = Sketch(Limits(depth=2))
    deep.absorb(bytes.fromhex("0a060a040a02ff01"))
    assert deep.fields[1].message.fields[1].message.fields[1].message is None


def test_a_deep_message_costs_no_more():
    """Levels beyond the limit are not followed, however many there are."""
    data = b""
    for _ in range(2000):
        length = len(data)
        data = b"\x0a" + (bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])) + data
    assert Sketch().absorb(data)


def test_repetition_and_zeros():
    """Several in one message make a list; zeros in so many words are noticed."""
    sketch = sketch_of("08011000", "0801 0802 1a00")
    assert [(number, each.repeated, each.zeros, each.messages) for number, each in sketch.fields.items()] == [
        (1, True, False, 2),
        (2, False, True, 1),
        (3, False, True, 1),
    ]
    assert sketch.combinations == {frozenset(): 1, frozenset({3}): 1}


@given(st.integers(0, 1 << 32), st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_merging(seed, at):
    """Two sketches that are merged lead to the types that one of all messages leads to."""
    random = Random(seed)
    kind = random_type(random)
    messages = [random_message(random, kind) for _ in range(10)]
    whole, first, second = Sketch(), Sketch(), Sketch()
    for index, data in enumerate(messages):
        assert whole.absorb(data)
        assert (first if index < at else second).absorb(data)
    first.merge(second)
    assert types(first) == types(whole)
    assert (first.messages, first.combinations) == (whole.messages, whole.combinations)


def types(sketch: Sketch) -> dict[int, object]:
    """Label and type of each field, with those of messages in place of these."""
    found: dict[int, object] = {}
    for number, each in sorted(sketch.fields.items()):
        made = guess(each)
        nested = types(each.message) if made.type == "message" and each.message else made.type
        found[number] = made.label, made.options, nested
    return found


def test_mixed_wire_types_of_a_root():
    """What most samples have counts; numbers that came packed and not are no mixture."""
    sketch = sketch_of("0801", "0802", "0a0161", "1001", "12020102")
    assert (sketch.fields[1].wire_type, sketch.fields[1].is_mixed) == (WireType.VARINT, False)
    assert sketch_of("0801", "0a0180").fields[1].is_mixed
    assert not sketch.fields[2].is_mixed
