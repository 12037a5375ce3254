"""Single values as YAML."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from paperknife_decoders.values import float_text
from paperknife_decoders.yaml_words import Limits, bytes_word, json_word, key_text, map_key, number_word, string_word

LIMITS = Limits()


def load(text: str):
    return YAML(typ="safe").load(text)


@given(st.text())
def test_strings_read_back(text: str) -> None:
    """Every string is itself again, as a value, a key, and in a list."""
    word = string_word(text, 10**6).text
    assert word.isprintable()
    assert load(f"a: {word}") == {"a": text}
    assert load(f"{key_text(text)}: 1") == {text: 1}
    assert load(f"[{word}, {word}]") == [text, text]


@pytest.mark.parametrize(
    "text", ["null", "No", "on", "TRUE", "~", "1", "1e3", "0x1F", ".inf", "2026-03-02", "1:30", "-", "=", "<<"]
)
def test_what_would_be_something_else_is_quoted(text: str) -> None:
    """Words that some YAML reader takes for a truth value, a number or a time are in quotes."""
    assert string_word(text, 99).text == f'"{text}"'


@given(st.floats())
def test_numbers_read_back(value: float) -> None:
    """Every double is itself again, infinities and the negative zero too."""
    read = load(f"a: {number_word(value, float_text).text}")["a"]
    assert isinstance(read, float)
    assert math.isnan(read) if math.isnan(value) else (read, math.copysign(1, read)) == (value, math.copysign(1, value))


@pytest.mark.parametrize(
    ("value", "text", "comment"),
    [
        (b"", '""', "0 B"),
        (b"\x00", '"00"', "1 B"),
        (b"12", '"3132"', "2 B"),
        (b'a"b', '"612262"', r'3 B, as text "a\"b"'),
        (b"\x00" * 9, '"0000…0000"', "9 B"),
    ],
)
def test_bytes(value: bytes, text: str, comment: str) -> None:
    """Bytes are hex in quotes, for hex digits may be a number; the comment has their count and the text in them."""
    word = bytes_word(value, 4)
    assert (word.text, word.comment) == (text, comment)


def test_long_strings_say_so() -> None:
    """The middle goes, and the comment has the length."""
    word = string_word("x" * 1000, 10)
    assert (word.text, word.comment) == ('"xxxxxx…xxx"', "1,000 characters")
    assert string_word(b"\xff", 10).is_odd


@pytest.mark.parametrize(("value", "text"), [(None, "null"), (True, "true"), (5, "5"), (1.5, "1.5"), ("5", '"5"')])
def test_json(value: object, text: str) -> None:
    """JSON's scalars are YAML's."""
    assert json_word(value, LIMITS).text == text


@pytest.mark.parametrize(("key", "text"), [("a", "a"), ("5", '"5"'), (5, "5"), (-1, "-1"), (True, "true")])
def test_map_keys(key: object, text: str) -> None:
    """A number is told from a string that looks like one."""
    assert map_key(key) == text
