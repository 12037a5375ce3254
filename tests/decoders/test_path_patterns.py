"""Patterns of field paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.path_patterns import Patterns, leads_to_field, names_below

MEANT = [
    ("order.id", ["order.id"], ["id", "a.order.id", "order.ids", "order.x.id"]),
    ("time", ["time", "a.time", "a.b.time", "time.seconds"], ["times", "a.timer"]),
    ("*.time", ["a.time", "a.b.time"], ["time", "a.times"]),
    ("**.time", ["a.time", "a.b.time"], ["time"]),
    ("order.*", ["order.a", "order.a.b"], ["order", "x.order.a"]),
    ("order.*.id", ["order.a.id", "order.a.b.id"], ["order.id", "a.b.id"]),
    ("*_id", ["order_id", "a.b.order_id"], ["id", "order_ids"]),
    ("order.*_id", ["order.leg_id"], ["order.a.leg_id", "leg_id"]),
    ("*", ["a", "a.b"], []),
    ("a..b", [], ["a.b", "a.x.b"]),
]


def means(patterns: Patterns, path: str) -> bool:
    """True if a path, or one that it lies in, is meant."""
    state = patterns.start
    for name in path.split("."):
        state, is_meant = patterns.step(state, name)
        if is_meant:
            return True
    return False


@pytest.mark.parametrize(("text", "meant", "others"), MEANT)
def test_a_pattern_means_these_paths(text, meant, others) -> None:
    """And no others."""
    patterns = Patterns(frozenset({text}))
    assert [path for path in [*meant, *others] if means(patterns, path)] == meant


@given(st.sets(st.sampled_from([text for text, _, _ in MEANT])), st.lists(st.sampled_from("abidx"), min_size=1))
def test_several_patterns_mean_what_each_of_them_means(texts, names) -> None:
    """They are followed at once, and do not meet."""
    path = ".".join(names)
    assert means(Patterns(frozenset(texts)), path) == any(means(Patterns(frozenset({each})), path) for each in texts)


PROTO = """
syntax = "proto3"; package p;
import "google/protobuf/any.proto";
message Order { uint64 id = 1; Order child = 2; map<string, Leg> legs = 3; google.protobuf.Any more = 4; }
message Leg { string tag = 1; }
message Envelope { oneof payload { Order order = 1; Leg leg = 2; } }
"""

LEADING = {
    "order.id": True,
    "id": True,
    "tag": True,
    "order.legs.tag": True,
    "order.child.child.child.legs.tag": True,
    "*.tag": True,
    "*_x": False,
    "order.idd": False,
    "legs.tag": False,
    "nothing": False,
    "order.more.anything": True,
    "leg.more.anything": False,
    "": False,
}


@pytest.mark.parametrize(("text", "leads"), LEADING.items())
def test_a_pattern_that_means_nothing_is_known(proto_schema, text, leads) -> None:
    """Types may lie in themselves, and what is in an Any may be anything."""
    assert leads_to_field(proto_schema(PROTO).message("p.Envelope"), text) is leads


def test_all_names_are_those_of_a_mistake_too(proto_schema) -> None:
    """For a sentence that says what may have been meant."""
    names = set(names_below(proto_schema(PROTO).message("p.Envelope")))
    assert names == {"order", "leg", "id", "child", "legs", "more", "tag", "type_url", "value"}
