"""Secrets in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.secret_text import mask_text, text_spans
from paperknife_decoders.secrets import NO_SECRETS, SECRET_NAMES, Secrets

CASES = [
    ("", ""),
    ("user=alice", "user=alice"),
    ("the password is x", "the password is x"),
    ("tokens=5 my_password_hint=dog", "tokens=5 my_password_hint=dog"),
    ("password=", "password="),
    ('"credentials": {"user": "u"}', '"credentials": {"user": "u"}'),
    # names and signs
    ("user=alice password=hunter2 x=1", "user=alice password=[redacted] x=1"),
    ("--password=hunter2", "--password=[redacted]"),
    ("login.password == hunter2", "login.password == [redacted]"),
    ("api-key: k1, k2\nuser: u", "api-key: [redacted]\nuser: u"),
    ("Authorization: Bearer abc", "Authorization: [redacted]"),
    ("authorization=Bearer abc x", "authorization=[redacted] x"),
    ("password => 'x y', a => 1", "password => '[redacted]', a => 1"),
    ("https://h/p?token=abc&u=1", "https://h/p?token=[redacted]&u=1"),
    # like JSON, and cut
    (r'{"password": "a\"b", "u": 1}', '{"password": "[redacted]", "u": 1}'),
    ('{"u": 1, "password": "hun', '{"u": 1, "password": "[redacted]'),
    ('{"pin": 1234, "u": 1', '{"pin": [redacted], "u": 1'),
    ('"token": ["a", "b"], "u": 1', '"token": [[redacted]], "u": 1'),
    (r'{"a": "b\npassword=x\nc"}', r'{"a": "b\npassword=[redacted]\nc"}'),
    (r'{"a": "{\u0022otp\u0022: \u0022x\u0022}"', r'{"a": "{\u0022otp\u0022: \u0022[redacted]\u0022}"'),
    (r"{\"apiKey\":\"k1\",\"u\":1}", r"{\"apiKey\":\"[redacted]\",\"u\":1}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_masked(text: str, expected: str) -> None:
    """What stands behind a secret name is masked, and nothing else is."""
    assert mask_text(text, Secrets()) == expected
    assert mask_text(text, NO_SECRETS) == text


def test_declared_paths() -> None:
    """A declared path counts by its last name."""
    assert mask_text("account=7 user=u", Secrets(paths=frozenset({"login.account"}))) == "account=[redacted] user=u"


@given(
    name=st.sampled_from(sorted(SECRET_NAMES)),
    sign=st.sampled_from(["=", ": ", '":"', "='"]),
    value=st.text("xyz0189+/", min_size=6),
    around=st.text(" \n{},;&", max_size=5),
)
def test_no_value_stays(name: str, sign: str, value: str, around: str) -> None:
    """However a value stands behind a secret name, it is gone."""
    assert value not in mask_text(f"{around}{name}{sign}{value}", Secrets())


@given(st.text("pin=:\"'\\[]{} x\n"))
def test_spans_are_in_order(text: str) -> None:
    """Any text gives spans within it, one behind the other."""
    ends = [0, *(end for span in text_spans(text, Secrets()) for end in span), len(text)]
    assert ends == sorted(ends)
