"""Slots compiled into a function."""

from __future__ import annotations

import pytest
from google.protobuf import message_factory

from paperknife_decoders.summary.compiled import line_function, literal
from paperknife_decoders.summary.slots import Presence, Rank, Slot
from paperknife_decoders.summary.wording import text_word

PROTO = """
syntax = "proto3";
package code;
message Envelope {
  int32 a = 1; optional int32 b = 2; string class = 3; Envelope lambda = 4; Envelope add = 5;
  int32 m = 6; int32 words = 7;
}
"""


@pytest.fixture
def make(proto_schema):
    return message_factory.GetMessageClass(proto_schema(PROTO).message("Envelope"))


def test_order_and_commas(make) -> None:
    """Slots come by rank and then as given; phrases have commas between them."""
    slots = [
        Slot(Rank.TIME, ("a",), str, "time="),
        Slot(Rank.COUNT, ("a",), str, "count "),
        Slot(Rank.NESTED, ("a",), str, "nested "),
        Slot(Rank.SCALAR, ("a",), str, "second="),
        Slot(Rank.SYMBOL, ("a",), str),
        Slot(Rank.SCALAR, ("words",), str, "third="),
    ]
    assert line_function(slots)(make(a=1, words=2)) == "1 second=1 third=2 nested 1, count 1 time=1"
    assert line_function(slots, empty="none")(make()) == "none"
    assert line_function([])(make(a=1)) == ""
    assert line_function([], empty="{}")(make(a=1)) == "{}"


@pytest.mark.parametrize(
    ("presence", "unset", "zero", "one"),
    [(Presence.TRUE, "", "", "1"), (Presence.ZERO, "", "0", "1"), (Presence.FIELD, "", "0", "1")],
)
def test_presence(make, presence: Presence, unset: str, zero: str, one: str) -> None:
    """A zero that was set is told where the schema tells it from none."""
    line = line_function([Slot(Rank.SCALAR, ("b",), str, "", presence)])
    assert (line(make()), line(make(b=0)), line(make(b=1))) == (unset, zero, one)


def test_names_of_python(make) -> None:
    """Fields that are called like Python's keywords, or like our own variables, are fields."""
    inner = make(**{"class": "x", "m": 1, "words": 2})
    message = make(**{"lambda": inner, "add": inner})
    slots = [
        Slot(Rank.SCALAR, (name,), say, f"{name}=") for name, say in (("class", text_word), ("m", str), ("words", str))
    ]
    for root in ("lambda", "add"):
        assert line_function(slots, root=(root,))(message) == "class=x m=1 words=2"


def test_a_slot_of_the_whole_message(make) -> None:
    """Without a path the message itself is said; nothing said is nothing shown."""
    slot = Slot(Rank.NESTED, (), lambda message: "x" * message.a, "it ")
    assert line_function([slot])(make(a=2)) == "it xx"
    assert line_function([slot, slot])(make()) == ""


@pytest.mark.parametrize("text", ["a=", "\x1b[2ma=\x1b[0m", "{", "{a}", "'", '"', "\\", "'\"", "\n", "{{'\\"])
def test_literals(make, text: str) -> None:
    """A label is a label, whatever it holds: nothing in it is ever run."""
    assert line_function([Slot(Rank.SCALAR, ("a",), str, text)])(make(a=1)) == f"{text}1"
    assert eval(f"f'{literal(text)}'") == text


@pytest.mark.parametrize(("data", "line"), [(b"ES-6", "ES-6"), (b"abc\xff", r"abc\xff"), (b"E S", '"E S"')])
def test_a_string_that_is_no_text(proto_schema, data, line) -> None:
    """A string of proto2 need not be UTF-8, and is shown as bytes where it is not."""
    schema = proto_schema('syntax = "proto2"; package old; message Envelope { optional string text = 1; }')
    message = message_factory.GetMessageClass(schema.message("Envelope")).FromString(
        b"\x0a" + bytes([len(data)]) + data
    )
    assert line_function([Slot(Rank.SYMBOL, ("text",), text_word)])(message) == line
