"""What a word of the file is meant to be."""

from __future__ import annotations

import math

import pytest

from paperknife.mutation.editing.nodes import Group, Scalar, read_documents
from paperknife.mutation.editing.words import MASKED, is_placeholder, kept, meant, plain_value

PROTO = """
syntax = "proto3";
message Number { string value = 1; }
message Envelope {
  string text = 1; bytes data = 2; int32 whole = 3; double real = 4; bool truth = 5; Number number = 6;
}
"""

CASES = [
    ("text", "5", "5"),
    ("text", "yes", "yes"),
    ("text", "2026-01-02", "2026-01-02"),
    ("data", "0011", "0011"),
    ("whole", "0x1f", 31),
    ("whole", "1_000", 1000),
    ("whole", "007", 7),
    ("whole", "'5'", "5"),
    ("real", ".inf", math.inf),
    ("real", "1.50", "1.50"),
    ("truth", "True", True),
    ("number", "1.50", "1.50"),
    ("number", "5", "5"),
]


@pytest.mark.parametrize(("name", "word", "value"), CASES)
def test_meanings(proto_schema, name, word, value) -> None:
    """The field decides: digits may be text, and text a number."""
    (found,) = read_documents(f"{name}: {word}")
    assert isinstance(found, Group)
    scalar = found.entries[name]
    assert isinstance(scalar, Scalar)
    result = meant(scalar, proto_schema(PROTO).message("Envelope").fields_by_name[name])
    assert result == value
    assert type(result) is type(value)


def test_no_number() -> None:
    """It is a number to YAML."""
    assert math.isnan(plain_value(Scalar("float", ".nan")))


@pytest.mark.parametrize(
    "word", [MASKED, kept(1234, "characters"), kept(3, "bytes that are no text"), kept(5, "bytes")]
)
def test_placeholders(word) -> None:
    """They are told from what anybody types."""
    assert is_placeholder(Scalar("str", word.text.strip('"')))
    assert not is_placeholder(Scalar("str", word.text.strip('"') + " "))
