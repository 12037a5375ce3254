"""An envelope as YAML for an editor."""

from __future__ import annotations

import pytest

from paperknife.mutation.editing.nodes import read_documents
from paperknife.mutation.editing.rows import Rows
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.yaml_words import Limits

PROTO = """
syntax = "proto3";
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
message Inner { int32 a = 1; string password = 2; }
message Envelope {
  google.protobuf.Any any = 1;
  google.protobuf.Struct json = 2;
  google.protobuf.Duration wait = 3;
  google.protobuf.Int32Value wrapped = 4;
  repeated Inner inners = 5;
  map<int32, Inner> by_number = 6;
  repeated bytes blobs = 7;
  oneof choice { int32 one = 8; int32 two = 9; }
  map<string, string> headers = 10;
}
"""

CASES = [
    ({"any": {"@type": "type.googleapis.com/Inner", "a": 5}},
     'any:  # Any\n  "@type": type.googleapis.com/Inner\n  a: 5  # int32\n  # password:  # string'),
    ({"json": {"b": [1, {}, []], "token": "x"}},
     'json:  # Struct\n  b:\n    - 1\n    - {}\n    - []\n  token: "[redacted]"'),
    ({"wait": "90.5s"}, "wait: 1m30.5s  # Duration"),
    ({"wrapped": 0}, "wrapped: 0  # Int32Value"),
    ({"inners": [{}, {"a": 1}]}, "inners:  # list of Inner\n  - # a:  # int32\n    # password:  # string\n  - a: 1"),
    ({"by_number": {"7": {"a": 1, "password": "x"}, "-1": {}}},
     'by_number:  # map of int32 to Inner\n  -1: {}\n  7:\n    a: 1\n    password: "[redacted]"'),
    ({"blobs": ["AAE=", ""]}, 'blobs: ["0001", ""]  # list of hex'),
    ({"two": 0}, "# instead of two: one\ntwo: 0  # int32"),
    ({"headers": {"Authorization": "x", "b": "y"}},
     'headers:  # map of string to string\n  Authorization: "[redacted]"\n  b: y'),
]  # fmt: skip


@pytest.mark.parametrize(("content", "rows"), CASES, ids=[str(content)[:40] for content, _ in CASES])
def test_rows(decoded, content, rows) -> None:
    """Types in comments, secrets masked, and all of it is YAML."""
    envelope = decoded(PROTO, content)
    text = "\n".join(Rows(Secrets()).message(envelope.message))
    assert rows in text
    read_documents(text)


def test_limits(decoded) -> None:
    """What is beyond them is said to be left out."""
    envelope = decoded(PROTO, {"blobs": ["AAECAwQF", "AA==", "AQ=="], "headers": {"b": "123456"}})
    text = "\n".join(Rows(Secrets(), Limits(items=2, text=5, bytes=4)).message(envelope.message))
    assert '"[6 bytes, kept as they are]"' in text
    assert '"[6 characters, kept as they are]"' in text
    assert "# 1 more of 3 are left out here, and stay as they are" in text


def test_unknown_fields_are_comments(decoded) -> None:
    """They are kept."""
    text = "\n".join(Rows(Secrets()).message(decoded(PROTO, {}, b"\xa0\x06\x05").message))
    assert "# unknown field 100=5, kept as it is" in text
