"""What was edited, as changes."""

from __future__ import annotations

import pytest

from paperknife.mutation.editing.differing import Difference
from paperknife.mutation.editing.nodes import read_documents
from paperknife.mutation.editing.rows import Rows
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.splice import splice

PROTO = """
syntax = "proto3";
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
message Inner { int32 a = 1; string password = 2; }
message Other { string b = 1; }
message Number { string value = 1; }
message Envelope {
  google.protobuf.Any any = 1;
  google.protobuf.Struct json = 2;
  google.protobuf.Timestamp time = 3;
  repeated Inner inners = 5;
  map<int32, Inner> by_number = 6;
  map<string, int32> counts = 7;
  repeated int32 numbers = 8;
  google.protobuf.Value any_json = 9;
  repeated google.protobuf.Value values = 10;
  repeated Number prices = 11;
  map<bool, string> flags = 12;
}
"""
FULL = {
    "any": {"@type": "x/Inner", "a": 5, "password": "p"},
    "json": {"b": 1, "token": "t", "list": [1, "x"]},
    "time": "2026-01-02T03:04:05Z",
    "inners": [{"a": 1, "password": "p"}, {"a": 2}],
    "by_number": {"7": {"a": 1, "password": "p"}},
    "counts": {"it's: x": 1, "b": 2},
    "numbers": [1, 2, 3],
    "any_json": "text",
    "values": [1, "a"],
    "prices": ["1.50", "2"],
    "flags": {"true": "x"},
}
FULL["prices"] = [{"value": "1.50"}, {"value": "2"}]  # type: ignore[assignment]

CASES = [
    ("  a: 5", "  a: 6", {"any": {"@type": "x/Inner", "a": 6, "password": "p"}}),
    ('any:  # Any\n  "@type": x/Inner', 'any:  # Any\n  "@type": x/Other\n  b: y #',
     {"any": {"@type": "x/Other", "b": "y"}}),
    ("  b: 1", "  b: {c: [true, null, 1.5]}",
     {"json": {"b": {"c": [True, None, 1.5]}, "token": "t", "list": [1, "x"]}}),
    ("    - 1\n", "    - 2\n", {"json": {"b": 1, "token": "t", "list": [2, "x"]}}),
    ("time: 2026-01-02T03:04:05Z", "time: 2026-01-02", {"time": "2026-01-02T00:00:00Z"}),
    ("  - a: 1  # int32", "  - a: 9", {"inners": [{"a": 9, "password": "p"}, {"a": 2}]}),
    ("  - a: 2", "  - a: 7\n  - a: 2", {"inners": [{"a": 1, "password": "p"}, {"a": 7}, {"a": 2}]}),
    ("    a: 1\n", "    a: 3\n", {"by_number": {"7": {"a": 3, "password": "p"}}}),
    ("  7:\n", "  8: {a: 8}\n  7:\n", {"by_number": {"7": {"a": 1, "password": "p"}, "8": {"a": 8}}}),
    ("  b: 2", "  'c\"': 3", {"counts": {"it's: x": 1, 'c"': 3}}),
    ("[1, 2, 3]", "[1, 3]", {"numbers": [1, 3]}),
    ("[1, 2, 3]", "[]", {"numbers": []}),
    ("any_json: text", "any_json: [1]", {"any_json": [1]}),
    ("  - a\n", "  - b\n  - {c: 1}\n", {"values": [1, "b", {"c": 1}]}),
    ("  - 2\n", "  - 2\n  - 3.0\n", {"prices": [{"value": "1.50"}, {"value": "2"}, {"value": "3.0"}]}),
    ("  true: x", "  true: y\n  false: z", {"flags": {"true": "y", "false": "z"}}),
]  # fmt: skip


def difference(envelope, text: str) -> Difference:
    lines = "\n".join(Rows(Secrets()).message(envelope.message))
    (before,), (after,) = read_documents(lines), read_documents(text)
    found = Difference(envelope.data, envelope.type.descriptor)
    found.envelope(before, after)
    return found


@pytest.mark.parametrize(("old", "new", "content"), CASES, ids=[new for _, new, _ in CASES])
def test_changes(decoded, old, new, content) -> None:
    """What differs changes, secrets beside it keep their values."""
    envelope = decoded(PROTO, FULL)
    text = "\n".join(Rows(Secrets()).message(envelope.message))
    assert old in text, text
    edited = text.replace(old, new, 1)
    if "Other" in new:
        edited = edited.replace("  a: 5", "  # a: 5").replace('  password: "[redacted]"', "  #", 1)
    found = difference(envelope, edited)
    assert found.slips == []
    result = splice(envelope.data, envelope.type.descriptor, found.changes)
    assert envelope.type.parse(result) == decoded(PROTO, FULL | content).message


SLIPS = [
    ('"@type": x/Inner', '"@type": x/Nobody', "The schema has no type Nobody."),
    ('"@type": x/Inner', '"@type": [1]', "The name of a type was expected."),
    ('  token: "[redacted]"', '  other: "[redacted]"', "A placeholder keeps what is at its own place"),
    ("time: 2026-01-02T03:04:05Z", "time: soon", "takes a time such as"),
    ("[1, 2, 3]", "5", "A list was expected for numbers"),
    ("[1, 2, 3]", "[1, [2], 3, 4]", "One value was expected for"),
    ("  7:\n", "  x: {}\n  7:\n", "takes a whole number"),
    ("counts:  # map of string to int32\n", "counts: 5\nnothing:\n", "Envelope has no field nothing"),
]


@pytest.mark.parametrize(("old", "new", "told"), SLIPS, ids=[new for _, new, _ in SLIPS])
def test_slips(decoded, old, new, told) -> None:
    """It is said what would be right."""
    envelope = decoded(PROTO, FULL)
    text = "\n".join(Rows(Secrets()).message(envelope.message))
    assert old in text, text
    assert told in "\n".join(map(str, difference(envelope, text.replace(old, new, 1)).slips))


def test_no_fields_at_all(decoded) -> None:
    """A file of something else than fields."""
    slips = difference(decoded(PROTO, FULL), "- 1").slips
    assert [slip.sentence for slip in slips] == ["The fields of Envelope were expected, each as name: value."]
