"""Secrets in JSON and in plain text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife_decoders.redaction.edits import apply
from paperknife_decoders.redaction.text import find_in_json, find_in_text, has_name
from paperknife_decoders.secrets import Secrets

SECRETS = Secrets(paths=frozenset({"login.user", "account", "list.pin"}))
SPACED = Secrets(paths=frozenset({"login.my user"}))


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
        (r'{"log": "a=1\npassword=abc\nb=2"}', r'{"log": "a=1\npassword=***\nb=2"}', ["abc"]),
        (r'{"log": "\tpassword=abc"}', r'{"log": "\tpassword=***"}', ["abc"]),
        (r'{"body": "{\u0022pin\u0022:\u0022abc\u0022}"}', r'{"body": "{\u0022pin\u0022:\u0022***\u0022}"}', ["abc"]),
        (r'{"query": "a=1\u0026token\u003dabc"}', r'{"query": "a=1\u0026token\u003d***"}', ["abc"]),
        (
            r'{"a": "{\"b\": \"{\\\"otp\\\": \\\"ab\\\"}\"}"}',
            r'{"a": "{\"b\": \"{\\\"otp\\\": \\\"**\\\"}\"}"}',
            ["ab"],
        ),
        ('{"X-Api-Key": "abc", "my_password_hint": "a"}', '{"X-Api-Key": "***", "my_password_hint": "a"}', ["abc"]),
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
        (r"cut: {\"a\": \"x\\npassword=abc", r"cut: {\"a\": \"x\\npassword=***"),
        ("tokens=5 keyboard=de", "tokens=5 keyboard=de"),
        ("nothing", "nothing"),
    ],
)
def test_plain_text(text: str, expected: str) -> None:
    """What stands behind a secret name goes."""
    assert apply(text.encode(), find_in_text(text.encode(), SECRETS).edits).decode() == expected


@pytest.mark.parametrize(
    ("text", "secrets", "expected"),
    [
        ('{"password": 1}', SECRETS, True),
        ('{"Api_Key": 1}', SECRETS, True),
        ('{"x-api-key": 1}', SECRETS, True),
        ('{"ACCOUNT": 1}', SECRETS, True),
        (r'{"p\u0061ssword": 1}', SECRETS, True),
        (r"a\npassword=x", SECRETS, True),
        ('{"my user": 1}', SPACED, True),
        ('{"keys": 1, "passed": 2, "encoded": 3, "instrument_token": 4}', SECRETS, False),
        (r'{"keys": "\u00e9\u4e00"}', SECRETS, False),
        ("", SECRETS, False),
    ],
)
def test_texts_that_are_looked_into(text: str, secrets: Secrets, expected: bool) -> None:
    """Only what holds a whole secret name is, however the name is written there."""
    assert has_name(secrets, text.encode()) is expected


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
