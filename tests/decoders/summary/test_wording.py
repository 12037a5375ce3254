"""Single values on a line."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.paint import ANSI, PLAIN, dyed
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.summary.wording import Context, enum_words, is_hidden, say_value, text_word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ESZ6", "ESZ6"),
        ("A-1001", "A-1001"),
        ("東京", "東京"),
        ("", '""'),
        ("a b", '"a b"'),
        ('a"b', r'"a\"b"'),
        ("a=b", '"a=b"'),
        ("[redacted]", '"[redacted]"'),
        ("a\tb", r'"a\tb"'),
        (r"a\b c", r'"a\\b c"'),
        ("x" * 60, f'"{"x" * 31}…{"x" * 16}"'),
        (b"\xffa", r"\xffa"),
    ],
)
def test_texts(text: str | bytes, word: str) -> None:
    """A text is quoted where it could be taken for more than one word, or for something else."""
    assert text_word(text) == word


@given(st.text())
def test_a_word_is_safe_to_print(text: str) -> None:
    """No text of a peer reaches the terminal with a control character, or ends its own quotes."""
    word = text_word(text)
    assert word.isprintable()
    assert len(word) <= 10 * 48 + 2
    if word.startswith('"'):
        assert word.endswith('"')
        assert '"' not in word[1:-1].replace(r"\\", "").replace(r"\"", "")


PROTO = """
syntax = "proto3";
package words;
enum OrderType { ORDER_TYPE_NONE = 0; ORDER_TYPE_LIMIT = 1; }
enum Mixed { MIXED_A = 0; B = 1; }
enum V { V_0 = 0; V_1 = 1; }
message Decimal { string value = 1; }
message Envelope {
  OrderType a = 1; Mixed b = 2; V c = 3; Decimal price = 4; repeated string token = 5; Envelope more = 6;
}
"""


@pytest.mark.parametrize(
    ("field", "words"), [("a", ["NONE", "LIMIT", "9?"]), ("b", ["MIXED_A", "B", "9?"]), ("c", ["V_0", "V_1", "9?"])]
)
def test_enums(proto_schema, field: str, words: list[str]) -> None:
    """The prefix that repeats the type's name goes, if all names have it and something readable stays."""
    enum = proto_schema(PROTO).message("Envelope").fields_by_name[field].enum_type
    names = enum_words(enum, PLAIN)
    assert [names[number] for number in (0, 1, 9)] == words
    assert enum_words(enum, ANSI)[9] == dyed("9?", ANSI.mark, ANSI)


def test_hidden(proto_schema) -> None:
    """A field is hidden by its name, its declared path, or the path of what it stands for."""
    fields = proto_schema(PROTO).message("Envelope").fields_by_name
    root = Context(Secrets(paths=frozenset({"more.a", "more.price.value"})), PLAIN)
    assert is_hidden(fields["token"], root)
    assert not is_hidden(fields["a"], root)
    assert is_hidden(fields["a"], root.inside("more"))
    assert is_hidden(fields["price"], root.inside("more"))
    assert not is_hidden(fields["token"], Context(NO_SECRETS, PLAIN))


def test_messages_that_are_more_than_a_word(proto_schema) -> None:
    """Only a message that stands for one value has a word."""
    fields = proto_schema(PROTO).message("Envelope").fields_by_name
    assert say_value(fields["more"], PLAIN) is None
    decimal = message_factory.GetMessageClass(fields["price"].message_type)
    assert say_value(fields["price"], PLAIN)(decimal(value="5")) == "5"
