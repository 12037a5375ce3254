"""Values in words."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from paperknife_decoders.difference.wording import LONGEST, Wording
from paperknife_decoders.secrets import NO_SECRETS, Secrets

CASES = [
    ("numbers", [1, 2], "[1, 2]"),
    ("numbers", [*range(20)], "[0, 1, 2, 3, 4, 5, … 20 in all]"),
    ("labels", {"desk": "x", "a b": "y", "password": "s"}, '{"a b": y, desk: x, password: "[redacted]"}'),
    ("leaf", {"side": "BUY", "limit": {"value": "1.50"}}, "{limit: 1.50, side: BUY}"),
    ("leaf", {"side": 9}, "{side: 9}"),
    ("time", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    ("took", "1.5s", "1.5s"),
    ("raw", "AAEC", '"000102"'),
    ("name", "\x1b[2J\n", '"\\x1b[2J\\n"'),
    ("password", "hunter2", '"[redacted]"'),
    ("note", "hunter2", '"[redacted]"'),
    ("extra", {"a": [1, {"password": "x"}]}, '{"a": [1, {"password": "[redacted]"}]}'),
    ("order_id", "x", "x"),
    ("any", {"@type": "type.googleapis.com/three.Leaf", "text": "a"}, "{text: a}"),
    ("inner", {"inner": {"inner": {"inner": {"inner": {"maybe": 1}}}}}, "{inner: {inner: {inner: {inner: {…}}}}}"),
]


@pytest.mark.parametrize(("name", "value", "said"), CASES)
def test_a_value_is_said_on_one_line(kinds, name, value, said) -> None:
    """As on all other pages: enums by name, decimals as numbers, secrets not at all."""
    kind = kinds["three"]
    message = json_format.ParseDict({"body": {name: value}}, kind.parse(b""), descriptor_pool=kind.descriptor.file.pool)
    field = message.body.DESCRIPTOR.fields_by_name[name]
    words = Wording(Secrets(frozenset({"body.note"})))
    assert words.field(field, getattr(message.body, name), ("body", name)) == said


def test_values_are_short(kinds) -> None:
    """However many fields there are, and however long their texts."""
    kind = kinds["three"]
    value = {f"{number}" * 50: "x" * 500 for number in range(10)}
    message = json_format.ParseDict({"body": {"labels": value}}, kind.parse(b""))
    field = message.body.DESCRIPTOR.fields_by_name["labels"]
    assert len(Wording(NO_SECRETS).field(field, message.body.labels, ("body", "labels"))) <= LONGEST


def test_unknown_fields_are_said_by_number(kinds) -> None:
    """What has the number of a known one may be its secret."""
    message = kinds["three"].parse(b"\x0a\x06\xc0\x3e\x07\x80\x01\x05")
    assert Wording(Secrets()).message(message, (), 0) == "{body: {1000=7, 16=[redacted]}}"
