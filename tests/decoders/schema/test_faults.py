"""Faults and errors as text."""

from __future__ import annotations

import pytest

from paperknife_decoders.schema import Fault, SchemaError, load_schema
from paperknife_decoders.schema.faults import FAULTS_SHOWN, collapsed, fault_lines

PROTO3 = 'syntax = "proto3";\n'


def test_escapes_in_a_schema_are_not_printed(tree):
    """A file's text that comes back in a message holds no control characters."""
    folder = tree({"a.proto": PROTO3 + 'message A { int32 x = 1 [json_name = "\x1b[2J"]; nix y = 2; }\x1b[0m'})
    with pytest.raises(SchemaError) as caught:
        load_schema(folder)
    assert "\x1b" not in str(caught.value)


CASES = {
    "a place": (Fault("a.proto", "is wrong", 3, 7), "a.proto:3:7: is wrong"),
    "a whole file": (Fault("a.proto", "is wrong"), "a.proto: is wrong"),
    "from a hostile file": (Fault("a\x1b.proto", "x\u202ey\n"), "a\\x1b.proto: x\\u202ey\\n"),
}


@pytest.mark.parametrize(("fault", "text"), CASES.values(), ids=CASES)
def test_fault(fault, text):
    """A fault is one printable line that editors can follow."""
    assert str(fault) == text


def test_error():
    """An error is its sentence, then its faults, one a line."""
    assert str(SchemaError("no \x07 luck:\n  x", [Fault("a", "b")])) == "no \\x07 luck:\n  x\na: b"


@pytest.mark.parametrize("count", [0, 1, FAULTS_SHOWN, FAULTS_SHOWN + 1, 1000])
def test_many_faults_are_counted(count):
    """The first are written out, the others only counted; the error holds them all."""
    faults = [Fault("a.proto", "wrong", number, 1) for number in range(1, count + 1)]
    lines = fault_lines(faults)
    assert len(lines) == min(count, FAULTS_SHOWN + 1)
    if count > FAULTS_SHOWN:
        assert lines[-1].startswith(f"and {count - FAULTS_SHOWN} more fault")
    error = SchemaError("No luck:", faults)
    assert str(error).split("\n") == ["No luck:", *lines]
    assert error.faults == tuple(faults)


def many(count, file="a.proto"):
    """So many different faults of one file."""
    return [Fault(file, "is wrong", line) for line in range(1, count + 1)]


COLLAPSED = {
    "none": ([], []),
    "different": (many(3), many(3)),
    "the same again": ([Fault("a", "x", 1, 2)] * 30 + [Fault("a", "y")], [Fault("a", "x", 1, 2), Fault("a", "y")]),
    "just enough": (many(20), many(20)),
    "many": (many(21), [*many(20), Fault("a.proto", "and 1 more fault in this file")]),
    "of two files": (
        many(1500) + many(2, "b"),
        [*many(20), Fault("a.proto", "and 1,480 more faults in this file"), *many(2, "b")],
    ),
}


@pytest.mark.parametrize(("faults", "expected"), COLLAPSED.values(), ids=COLLAPSED)
def test_collapsed(faults, expected):
    """What is said once is not said again, and one file does not drown the others."""
    assert collapsed(faults) == expected


def test_the_compiler_repeats_itself(tree):
    """Two hundred messages inside each other are a few lines, not one for each level."""
    deep = "".join(f"message M{level} {{" for level in range(200)) + "}" * 200
    with pytest.raises(SchemaError) as caught:
        load_schema(tree({"a.proto": PROTO3 + deep}))
    assert len(caught.value.faults) == len(set(caught.value.faults)) < 5
