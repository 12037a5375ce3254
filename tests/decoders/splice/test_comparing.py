"""By which changes one message becomes another."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decoders.splice.disturbed import SCHEMAS, parsed, random_message, random_type, written

from paperknife_decoders.splice import Append, Clear, Insert, Set, SpliceError, changes_between, splice
from paperknife_decoders.unknown import unknown_fields, unknown_words

PROTO = """
syntax = "proto3";
message Envelope {
  oneof payload { Order order = 1; Login login = 2; }
}
message Login { string user = 1; }
message Level { double price = 1; }
message Order {
  uint32 quantity = 1;
  optional uint32 shown = 2;
  repeated Level levels = 3;
  repeated int32 numbers = 4;
  map<string, int32> limits = 5;
}
"""
ORDER = {
    "order": {
        "quantity": 3,
        "levels": [{"price": 1.5}, {"price": 2.5}],
        "numbers": [1, 2, 300],
        "limits": {"a": 1, "it's": 2},
    }
}


def in_order(**changed: object) -> dict[str, object]:
    return {"order": {name: value for name, value in {**ORDER["order"], **changed}.items() if value is not None}}


CASES = [
    (ORDER, []),
    (in_order(quantity=4), [Set("order.quantity", 4)]),
    (in_order(quantity=0), [Clear("order.quantity")]),
    (in_order(shown=0), [Set("order.shown", 0)]),
    (in_order(numbers=[1, 2, 300, 4, 5]), [Append("order.numbers", 5), Insert("order.numbers[3]", 4)]),
    (in_order(numbers=[0, 1, 2, 300]), [Insert("order.numbers[0]", 0)]),
    (in_order(numbers=[1, 300]), [Clear("order.numbers[1]")]),
    (in_order(numbers=None), [Clear("order.numbers")]),
    (in_order(levels=[{"price": 1.5}, {"price": 9}]), [Set("order.levels[1].price", 9.0)]),
    (in_order(limits={"a": 1}), [Clear('order.limits["it\'s"]')]),
    (in_order(limits={"a": 5, "it's": 2}), [Set("order.limits['a']", 5)]),
]


@pytest.mark.parametrize(("content", "changes"), CASES, ids=lambda case: str(case)[:60])
def test_changes(decoded, content, changes) -> None:
    """Each is as small as it can be."""
    before, after = decoded(PROTO, ORDER), decoded(PROTO, content)
    found = changes_between(before.message, after.message)
    assert found == changes
    assert before.type.parse(splice(before.data, before.type.descriptor, found)) == after.message


def test_another_member_takes_the_place_of_a_payload(decoded) -> None:
    """Nothing has to be cleared for it."""
    before, after = decoded(PROTO, ORDER), decoded(PROTO, {"login": {"user": "me"}})
    (change,) = changes_between(before.message, after.message)
    assert change == Set("login", after.message.login)
    assert splice(before.data, before.type.descriptor, [change]) == after.data


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**40))
def test_any_message_becomes_any_other(seed: int) -> None:
    """What is known is then as in the other, what is unknown at the outermost level as before."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data, other = random_message(random, kind), random_message(random, kind)
    if random.random() < 0.5:
        other = data + other
    before, after = parsed(kind, data), parsed(kind, other)

    result = parsed(kind, splice(data, kind, changes_between(before, after)))

    assert [*map(unknown_words, unknown_fields(result))] == [*map(unknown_words, unknown_fields(before))]
    result.DiscardUnknownFields()
    after.DiscardUnknownFields()
    assert written(result) == written(after)


def test_insert_takes_an_element(decoded) -> None:
    """Nothing can be inserted before what is none."""
    envelope = decoded(PROTO, ORDER)
    for path, told in [("order.quantity", "no element of a list"), ("order.numbers[7]", "its list has 3 elements")]:
        with pytest.raises(SpliceError, match=told):
            splice(envelope.data, envelope.type.descriptor, [Insert(path, 1)])
