"""Secrets taken out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.masking import MAX_DEPTH, mask_json, masked_copy
from paperknife_decoders.secrets import NO_SECRETS, Secrets

SECRETS = Secrets(paths=frozenset({"a.b"}))


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (1, 1),
        ({"password": "x"}, {"password": "[redacted]"}),
        ({"apiKey": ["x", "y"]}, {"apiKey": "[redacted]"}),
        ({"password": ""}, {"password": ""}),
        ({"password": 5, "pin": None}, {"password": 5, "pin": None}),
        ({"password": {"token": "x"}}, {"password": {"token": "[redacted]"}}),
        ([{"password": "x"}], [{"password": "[redacted]"}]),
        ({"a": {"b": 5, "c": 6}}, {"a": {"b": "[redacted]", "c": 6}}),
        ({"a": [{"b": {}}]}, {"a": [{"b": "[redacted]"}]}),
        ({"x": {"a": {"b": 5}}}, {"x": {"a": {"b": 5}}}),
    ],
)
def test_json(value: object, masked: object) -> None:
    """Texts under a secret name and whatever is declared are masked, everything else stays."""
    assert mask_json(value, SECRETS) == masked


def test_json_that_nests_without_end() -> None:
    """What lies deeper than any message could is left out."""
    value: object = "x"
    for _ in range(MAX_DEPTH * 3):
        value = [value]
    depth, masked = 0, mask_json(value, SECRETS)
    while isinstance(masked, list):
        depth, masked = depth + 1, masked[0]
    assert (depth, masked) == (MAX_DEPTH + 1, "…")


JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["token", "a", "b"]), inner),
)


@given(JSON)
def test_without_secrets_nothing_changes(value: object) -> None:
    """The copy of JSON without secrets is equal to it."""
    assert mask_json(value, NO_SECRETS) == value


PROTO = """
syntax = "proto3";
package masks;
import "google/protobuf/struct.proto";
message Text { string value = 1; }
message Envelope {
  oneof payload { Envelope inner = 1; }
  string password = 2; bytes secret = 3; repeated string token = 4; Text pin = 5; map<string, bytes> api_key = 6;
  map<string, Text> headers = 7; int32 number = 8; google.protobuf.Value json = 9; map<int32, Envelope> more = 10;
}
"""


def test_a_copy_has_the_same_fields(decoded) -> None:
    """Masked texts stay texts of the same field; only what can not hold the mask is taken out, and told."""
    content = {
        "password": "x", "secret": "AA==", "token": ["a", "b"], "pin": {"value": "x"}, "api_key": {"a": "AA=="},
        "headers": {"cookie": {"value": "c"}, "authorization": {"value": "x"}}, "number": 5,
        "json": {"jwt": ["x"], "list": [{"otp": "x"}, 1]}, "more": {"1": {"password": "x"}},
    }  # fmt: skip
    envelope = decoded(PROTO, {"inner": content})
    masked, cleared = masked_copy(envelope.message, Secrets(paths=frozenset({"inner.number"})))
    inner = masked.inner
    mask = "[redacted]"
    assert (inner.password, inner.secret, list(inner.token)) == (mask, mask.encode(), [mask, mask])
    assert (inner.pin.value, inner.api_key["a"]) == (mask, mask.encode())
    assert (inner.headers["cookie"].value, inner.headers["authorization"].value) == ("c", mask)
    assert inner.json.struct_value.fields["jwt"].string_value == mask
    assert inner.json.struct_value.fields["list"].list_value.values[0].struct_value.fields["otp"].string_value == mask
    assert inner.more[1].password == mask
    assert cleared == ("inner.number",)
    assert not inner.number
    assert masked_copy(envelope.message, NO_SECRETS) == (envelope.message, ())


def test_unknown_fields_stay(decoded) -> None:
    """A copy keeps what its type does not know."""
    envelope = decoded(PROTO, {"password": "x"}, bytes.fromhex("980607"))
    masked, _ = masked_copy(envelope.message, SECRETS)
    assert masked.SerializeToString().endswith(bytes.fromhex("980607"))
