"""The express way makes what the way makes that takes everything, or leaves the message to it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import (
    SCHEMAS,
    content_for,
    fields_of,
    random_message,
    random_type,
)

from paperknife_decoders.splice import SpliceError
from paperknife_decoders.splice.edits import setting
from paperknife_decoders.splice.express import express_setting
from paperknife_decoders.splice.hops import Hop, form_of
from paperknife_decoders.splice.writing import applying

SEEDS = st.integers(0, 2**40)


def random_hops(random: Random, kind) -> list[Hop]:
    """A way down singular fields, which may end with any of them."""
    hops: list[Hop] = []
    while kind is not None and len(hops) < 4:
        singular = [field for field in fields_of(kind) if not field.is_repeated]
        if not singular or (hops and random.random() < 0.3):
            break
        field = random.choice(singular)
        hops.append(Hop(form_of(field), field.name))
        kind = field.message_type
    return hops


def both(hops, content, data):
    """What the express way makes of it, and what the other does; None where it is not done."""
    express = express_setting(hops, content)
    try:
        other = applying(hops, lambda data, place: setting(data, place, content))(data)
    except SpliceError:
        other = None
    return None if express is None else express(data), other


@settings(max_examples=500)
@given(SEEDS)
def test_what_it_makes_is_right(seed) -> None:
    """In messages as no encoder writes them, cut ones too, it makes the same bytes or none."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    hops = random_hops(random, kind)
    if hops:
        data = random_message(random, kind)
        for end in (len(data), random.randint(0, len(data))):
            quick, other = both(hops, content_for(random, hops[-1].form.field, 2), data[:end])
            assert quick is None or quick == other


@settings(max_examples=300)
@given(
    st.binary(max_size=30) | st.lists(st.sampled_from([0, 1, 2, 8, 9, 10, 128, 129, 130, 255]), max_size=20).map(bytes)
)
def test_any_bytes(data) -> None:
    """Of any bytes too: what the other way refuses it never takes."""
    kind = random_type(3)
    for field in fields_of(kind):
        if not field.is_repeated:
            hop = Hop(form_of(field), field.name)
            quick, other = both([hop], b"\x01" * 4, data)
            assert quick is None or quick == other


def test_it_is_used(order_id) -> None:
    """What an encoder writes is done, with fields of every kind before and behind."""
    beside = bytes.fromhex("1a03616263 20ffffffffffffffffff01 2d00000001 310000000000000001 82010141") + b"\x3a\x80\x01"
    order = beside + bytes(128) + b"\x08\x05" + beside + bytes(128)
    data = beside + bytes(128) + b"\x0a" + bytes([len(order) & 127 | 128, len(order) >> 7]) + order
    changed = order_id(data)
    assert changed is not None
    assert changed == data.replace(b"\x08\x05", b"\x08\x80\x80\x01").replace(
        bytes([len(order) & 127 | 128, len(order) >> 7]), bytes([len(order) + 2 & 127 | 128, len(order) + 2 >> 7])
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("0a00", "it is not set"),
        ("0a020801 0a020802", "its parent comes in two records"),
        ("0a04 0801 0802", "it comes in two records"),
        ("0a8200 0801", "a length is longer than it needs"),
        ("0a02 0801 08", "a tag is the last byte"),
        ("0a02 08ff", "a number is cut short"),
        ("0a7f 0801", "a parent is cut short"),
        ("0b 0c 0a02 0801", "there is a group beside it"),
        ("0a02 0801 07", "there is a wire type that does not exist"),
        ("0a02 0801 0201", "there is field number 0"),
        ("0a0c 08ffffffffffffffffffff01", "a number is longer than any"),
    ],
)
def test_what_is_left_to_the_other_way(data, why, order_id) -> None:
    """Whatever is unusual is not done."""
    assert order_id(bytes.fromhex(data)) is None, why


def test_lengths_follow(order_id) -> None:
    """Lengths of the parents grow with what is in them, and by a byte of their own."""
    assert order_id(bytes.fromhex("0a020801")) == bytes.fromhex("0a04 08808001")
    filler = b"\x12\x7b" + bytes(123)
    assert order_id(b"\x0a\x7f\x08\x01" + filler) == b"\x0a\x81\x01\x08\x80\x80\x01" + filler


@pytest.fixture(scope="module")
def order_id():
    """Sets field 1 of the message in field 1 to 16,384."""
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(name="express.proto", package="express", syntax="proto3")
    inner = file.message_type.add(name="Order")
    inner.field.add(name="id", number=1, type=4, label=1)
    outer = file.message_type.add(name="Envelope")
    outer.field.add(name="order", number=1, type=11, label=1, type_name=".express.Order")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    order = pool.FindMessageTypeByName("express.Envelope").fields_by_name["order"]
    hops = [Hop(form_of(order), "order"), Hop(form_of(order.message_type.fields_by_name["id"]), "order.id")]
    return express_setting(hops, b"\x80\x80\x01")
