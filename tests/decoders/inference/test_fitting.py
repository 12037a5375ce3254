"""Whether a declared field explains its samples."""

import pytest

from paperknife_decoders.inference.fitting import conflicts, explains, fits, wider
from paperknife_decoders.inference.sketch import Sketch

PROTO = """syntax = "proto3"; package t;
enum Side { NONE = 0; }
message Leg { int64 id = 1; }
"""

MINUS = "ffffffffffffffffff01"
FITTING = [
    ("bool", ["0801", "0800"], None),
    ("bool", ["0802"], "int64"),
    ("int32", ["0801", f"08{MINUS}"], None),
    ("int32", ["088080808008"], "int64"),
    ("uint32", ["08ffffffff0f"], None),
    ("uint32", ["08808080808001"], "int64"),
    ("uint32", [f"08{MINUS}"], "int64"),
    ("sint32", ["08ffffffff0f"], None),
    ("sint32", [f"08{MINUS}"], "sint64"),
    ("int64", [f"08{MINUS}"], None),
    ("uint64", [f"08{MINUS}"], None),
    ("sint64", [f"08{MINUS}"], None),
    ("Side", ["0863"], None),
    ("Side", ["088080808010"], "int64"),
    ("fixed32", ["0d00000001"], None),
    ("double", ["090000000000000001"], None),
    ("string", ["0a0161", "0a00"], None),
    ("string", ["0a0161", "0a01ff"], "bytes"),
    ("bytes", ["0a01ff"], None),
    ("Leg", ["0a020801", "0a00"], None),
    ("Leg", ["0a020801", "0a01ff"], "bytes"),
    ("repeated int64", ["0a020102", "0803"], None),
    ("repeated int64", ["0a020102", "0a0181"], "bytes"),
    ("repeated int64", ["0a0201020a0103"], "bytes"),
    ("repeated fixed32", ["0a0400000001"], None),
    ("repeated double", ["0a0400000001"], "bytes"),
]


@pytest.fixture
def declared_as(proto_schema):
    """A function that gives a message type whose field 1 is declared in this way."""
    words = list(dict.fromkeys(case[0] for case in (*FITTING, *CONFLICTS)))
    types = (f"message M{index} {{ {word} x = 1; }}" for index, word in enumerate(words))
    schema = proto_schema(PROTO + "\n".join(types))
    return lambda word: schema.message(f"M{words.index(word)}")


def sketch_of(messages):
    """All of some messages, in hex."""
    sketch = Sketch()
    for message in messages:
        assert sketch.absorb(bytes.fromhex(message))
    return sketch


@pytest.mark.parametrize(("declared", "messages", "expected"), FITTING)
def test_fits(declared_as, declared, messages, expected):
    """A declaration stands while every sample goes into it; else there is the next wider type."""
    kind = declared_as(declared)
    sketch = sketch_of(messages)
    assert conflicts(kind, sketch) == []
    field = kind.fields_by_number[1]
    assert fits(field, sketch.fields[1]) is (expected is None)
    if expected:
        assert wider(field, sketch.fields[1]) == expected


CONFLICTS = [
    ("int64", ["0a0161"]),
    ("string", ["0801"]),
    ("Leg", ["0801"]),
    ("fixed32", ["0801"]),
    ("repeated int64", ["0801", "0a0181"]),
    ("repeated string", ["0801"]),
]


@pytest.mark.parametrize(("declared", "messages"), CONFLICTS)
def test_conflicts(declared_as, declared, messages):
    """Samples of another wire type go into no wider type."""
    kind = declared_as(declared)
    assert conflicts(kind, sketch_of(messages)) == [1]


FIXED_TYPE = """syntax = "proto3"; package t;
message M { int32 a = 1; repeated string b = 2; M m = 3; map<string, bool> flags = 4; }
"""
EXPLAINED = {
    "all of it": (["0801 120161 120162 1a020802"], True),
    "a map": (["22050a01611001"], True),
    "a new field": (["2801"], False),
    "another wire type": (["0a0161"], False),
    "a value that is too large": (["088080808008"], False),
    "one field twice": (["08010802"], False),
    "something new within": (["1a022801"], False),
    "something new in the map": (["22050a01611002"], False),
    "no message within": (["1a01ff"], False),
}


@pytest.mark.parametrize(("messages", "expected"), EXPLAINED.values(), ids=EXPLAINED)
def test_explains(proto_schema, messages, expected):
    """A type that cannot be changed has to fit at every level."""
    assert explains(proto_schema(FIXED_TYPE).message("M"), sketch_of(messages)) is expected
