"""JSON in normal form."""

from __future__ import annotations

import math

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.difference.json_normal import JsonPlace, TooDeep, json_text, normal_json, plain_json
from paperknife_decoders.path_patterns import Patterns
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.volatile import EXACT, Volatile

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)

CASES = [
    (EXACT, {"b": 1.0, "a": -0.0}, {"a": 0, "b": 1}),
    (EXACT, {"request_id": 5}, {"request_id": 5}),
    (Volatile(), {"request_id": 5, "id": "x", "tokens": 5}, {"request_id": 0, "id": "~", "tokens": 0}),
    (Volatile(), {"a": {"id": "x", "ts": "soon"}}, {"a": {"id": "x", "ts": "soon"}}),
    (Volatile(), {"pin": ["1", ""], "password": 5}, {"pin": ["~", ""], "password": 5}),
    (Volatile(secrets=Secrets(frozenset({"a.b"}))), {"a": {"b": {"c": 1}}, "b": 1}, {"a": {"b": "~"}, "b": 1}),
    (Volatile(Patterns(frozenset({"a.b", "c"}))), {"a": {"b": 1, "c": 2, "d": 3}}, {"a": {"d": 3}}),
]


@pytest.mark.parametrize(("volatile", "value", "normal"), CASES)
def test_what_does_not_count_is_blank(volatile, value, normal) -> None:
    """By its name, or by its path; and numbers are spelt one way."""
    assert json_text(normal_json(value, volatile, JsonPlace(volatile.ignored.start))) == json_text(normal)


@given(VALUES)
def test_the_normal_form_is_equal_to_the_value_and_to_its_own(value) -> None:
    """Where everything counts."""
    normal = normal_json(value, EXACT, JsonPlace())
    assert normal == value
    assert json_text(normal_json(normal, EXACT, JsonPlace())) == json_text(normal)


def test_too_deep_is_told() -> None:
    """To whoever compares, who takes the bytes then."""
    value: list = []
    for _ in range(200):
        value = [value]
    with pytest.raises(TooDeep):
        normal_json(value, EXACT, JsonPlace())


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4))
def test_a_struct_is_its_json(value) -> None:
    """At any depth that a parser takes."""
    assert plain_json(ParseDict(value, Struct())) == value


def test_not_a_number_has_a_text() -> None:
    """A Struct may hold one."""
    assert json_text(normal_json({"a": math.nan}, EXACT, JsonPlace())) == '{"a":NaN}'
