"""Secrets in JSON and in plain text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.redaction.edits import apply
from paperknife_decoders.redaction.text import find_in_json, find_in_text
from paperknife_decoders.secrets import Secrets

SECRETS = Secrets(paths=frozenset({"login.user", "account", "list.pin"}))


@pytest.mark.parametrize(
    ("text", "expected", "values"),
    [
        ('{"a": "b"}', '{"a": "b"}', []),
        ('{"password": "abc"}', '{"password": "***"}', ["abc"]),
        ('{"pass\\u0077ord": "abc"}', '{"pass\\u0077ord": "***"}', ["abc"]),
        ('{"API-Key" : "a\\"b"}', '{"API-Key" : "****"}', ['a"b']),
        ('{"token": ["ab", "c", 1]}', '{"token": ["**", "*", 0]}', ["ab", "c"]),
        ('{"token": {"a": "b", "secret": "c"}}', '{"token": {"a": "b", "secret": "*"}}', ["c"]),
        ('{"pin": -12.5, "otp": null}', '{"pin": 0    , "otp": null}', []),
        ('{"login": {"user": "abc"}, "user": "x"}', '{"login": {"user": "***"}, "user": "x"}', ["abc"]),
        ('{"account": {"n": [12, true], "s": "x"}}', '{"account": {"n": [0 , 0   ], "s": "*"}}', ["x"]),
        ('{"list": [{"pin": 5}, {"pin": "ab"}]}', '{"list": [{"pin": 0}, {"pin": "**"}]}', ["ab"]),
        ('{"body": "{\\"password\\": \\"abc\\"}"}', '{"body": "{\\"password\\": \\"***\\"}"}', ["abc"]),
        ('["password", "abc"]', '["password", "abc"]', []),
        ('{"password": "é"}', '{"password": "**"}', ["é"]),
    ],
)
def test_json(text: str, expected: str, values: list[str]) -> None:
    """Texts and numbers with secret names go, and all below a declared path; it stays JSON of the same length."""
    found = find_in_json(text.encode(), SECRETS)
    assert apply(text.encode(), found.edits).decode() == expected
    assert [value.decode() for value in found.values] == values
    json.loads(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name=a password=abc", "name=a password=***"),
        ('note {"token": "é"', 'note {"token": "**"'),
        ("nothing", "nothing"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    """What stands behind a secret name goes."""
    assert apply(text.encode(), find_in_text(text.encode(), SECRETS).edits).decode() == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["token", "account", "login"]), inner),
)


@settings(deadline=None)
@given(JSON, st.booleans())
def test_any_json(value: object, is_ascii: bool) -> None:
    """Any document is a document of the same length and shape afterwards."""
    data = json.dumps(value, ensure_ascii=is_ascii).encode(errors="surrogatepass")
    found = find_in_json(data, SECRETS)
    result = json.loads(apply(data, found.edits))
    assert shape(result) == shape(value)


def shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else isinstance(value, str)


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text(alphabet='{}[]:,"\\a= \u00e9', max_size=60).map(str.encode))
def test_anything(data: bytes) -> None:
    """Whatever comes is masked in equal length, without a fault."""
    for find in (find_in_json, find_in_text):
        assert len(apply(data, find(b'{"token":' + data, SECRETS).edits)) == len(data)
