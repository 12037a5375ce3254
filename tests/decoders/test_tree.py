"""The whole of an envelope as YAML."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from paperknife_decoders.columns import COLOUR
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.paint import ANSI
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.tree import tree_text
from paperknife_decoders.yaml_words import Limits

SECRETS = Secrets()

PROTO = """
syntax = "proto3";
package tree;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Side { NONE = 0; BUY = 1; NO = 2; }
message Decimal { string value = 1; }
message All {
  Side side = 2; int32 count = 1; optional int32 shown = 3; string text = 4; bytes data = 5; double real = 6;
  Decimal price = 7; google.protobuf.Timestamp time = 8; google.protobuf.Duration every = 9;
  google.protobuf.FieldMask mask = 10; google.protobuf.Struct json = 11; google.protobuf.Value value = 12;
  google.protobuf.Any any = 13; google.protobuf.BoolValue flag = 14; All inner = 15; repeated All more = 16;
  map<string, string> headers = 17; map<int32, All> by_number = 18; repeated string names = 19; bool on = 20;
  repeated Decimal prices = 21; string password = 22; repeated string secret = 23; map<bool, Decimal> by_flag = 24;
  All ListFields = 25;
}
message Envelope { uint32 seq = 1; oneof payload { All all = 2; string word = 3; All other = 4; } }
"""


def load(text: str):
    return YAML(typ="safe").load(text)


CASES = [
    ("unset fields are left out", {"all": {}}, "all: {}"),
    ("the payload comes first", {"seq": 5, "word": "a"}, "word: a\nseq: 5"),
    ("the schema's order", {"all": {"count": 1, "side": "BUY"}}, "all:\n  side: BUY\n  count: 1"),
    ("set to zero is told from unset", {"all": {"shown": 0}}, "all:\n  shown: 0"),
    ("no name, no truth value", {"all": {"side": 2, "on": True}}, 'all:\n  side: "NO"\n  "on": true'),
    ("an enum value without a name", {"all": {"side": 9}}, "all:\n  side: 9  # no name for it in Side"),
    ("text that would be a number", {"all": {"text": "5021.25"}}, 'all:\n  text: "5021.25"'),
    ("a decimal is a number", {"all": {"price": {"value": "5021.250"}}}, "all:\n  price: 5021.250"),
    ("unless it is none", {"all": {"price": {"value": "1,5"}}}, 'all:\n  price: "1,5"'),
    ("an empty decimal", {"all": {"price": {}}}, 'all:\n  price: ""'),
    ("times", {"all": {"time": "2026-03-02T14:03:21.5Z"}}, "all:\n  time: 2026-03-02T14:03:21.500Z"),
    ("durations", {"all": {"every": "200s"}}, "all:\n  every: 3m20s"),
    ("field masks", {"all": {"mask": "a,b.c"}}, 'all:\n  mask: "a,b.c"'),
    ("wrapped zero", {"all": {"flag": False}}, "all:\n  flag: false"),
    ("bytes that are text", {"all": {"data": "aGVsbG8="}}, 'all:\n  data: "68656c6c6f"  # 5 B, as text "hello"'),
    ("bytes that are none", {"all": {"data": "AAE="}}, 'all:\n  data: "0001"  # 2 B'),
    ("short lists", {"all": {"names": ["a", "b c"]}}, 'all:\n  names: [a, "b c"]'),
    ("lists of decimals", {"all": {"prices": [{"value": "1"}]}}, "all:\n  prices:\n    - 1"),
    (
        "lists of messages",
        {"all": {"more": [{"count": 1, "side": 1}, {}]}},
        "all:\n  more:\n    - side: BUY\n      count: 1\n    - {}",
    ),
    ("maps by key", {"all": {"headers": {"b": "1", "a": ""}}}, 'all:\n  headers:\n    a: ""\n    b: "1"'),
    (
        "maps of messages",
        {"all": {"by_number": {"2": {"count": 1}, "-1": {}}}},
        "all:\n  by_number:\n    -1: {}\n    2:\n      count: 1",
    ),
    ("maps by truth", {"all": {"by_flag": {"true": {"value": "1"}}}}, "all:\n  by_flag:\n    true: 1"),
    (
        "secrets",
        {"all": {"password": "x", "secret": ["a", "b"]}},
        'all:\n  password: "[redacted]"\n  secret: "[redacted]"',
    ),
    (
        "secret entries",
        {"all": {"headers": {"Cookie": "c", "token": "x"}}},
        'all:\n  headers:\n    Cookie: c\n    token: "[redacted]"',
    ),
    (
        "JSON",
        {"all": {"json": {"a": [1, [], {"b": None}], "password": "x", "c": {}}}},
        'all:\n  json:\n    a:\n      - 1\n      - []\n      - b: null\n    c: {}\n    password: "[redacted]"',
    ),
    ("a JSON value", {"all": {"value": [True, "no"]}}, 'all:\n  value:\n    - true\n    - "no"'),
    (
        "an Any by its schema",
        {"all": {"any": {"@type": "x/tree.All", "count": 1, "password": "x"}}},
        'all:\n  any:\n    "@type": "x/tree.All"\n    count: 1\n    password: "[redacted]"'.replace(
            '"x/tree.All"', "x/tree.All"
        ),
    ),
    (
        "an Any of a well-known type",
        {"all": {"any": {"@type": "x/google.protobuf.Duration", "value": "20s"}}},
        'all:\n  any:\n    "@type": x/google.protobuf.Duration\n    value: 20s',
    ),
    ("escapes", {"all": {"text": 'a\x1b[31m\n"\\\u202e'}}, r"all:" + "\n" + r'  text: "a\x1b[31m\n\"\\\u202e"'),
    ("fields called like methods", {"all": {"ListFields": {"count": 1}}}, "all:\n  ListFields:\n    count: 1"),
    ("an empty message", {}, "{}  # an empty message"),
    ("nothing of the oneof", {"seq": 5}, "# nothing of Envelope is set\nseq: 5"),
]


@pytest.mark.parametrize(("content", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_tree(decoded, content: dict, text: str) -> None:
    """Each kind of field as it is written; what is coloured is the same text, and YAML reads it."""
    envelope = decoded(PROTO, content)
    assert tree_text(envelope, SECRETS) == text
    assert COLOUR.sub("", tree_text(envelope, SECRETS, ANSI)) == text
    load(text)


def test_values_read_back(decoded) -> None:
    """YAML gives back what was in the message."""
    content = {
        "text": "null",
        "real": -0.0,
        "count": -5,
        "names": ["1e3", "~", "- a", "é\u0085"],
        "headers": {"5": "#"},
    }
    read = load(tree_text(decoded(PROTO, {"all": content}), SECRETS))["all"]
    assert read == {**content}
    assert math.copysign(1, read["real"]) == -1
    for real in ("NaN", "Infinity", "-Infinity", 1e300, 5e-324):
        read = load(tree_text(decoded(PROTO, {"all": {"real": real}}), SECRETS))["all"]["real"]
        assert read == float(real) or math.isnan(read)
    time = load(tree_text(decoded(PROTO, {"all": {"time": "2026-03-02T14:03:21.123456789Z"}}), SECRETS))["all"]["time"]
    assert isinstance(time, datetime.datetime)


def test_unknown_fields_are_comments_at_their_level(decoded) -> None:
    """What a newer peer sends stands out where it is, and the document stays what it was."""
    kind = decoded(PROTO, {}).type
    inner = bytes.fromhex("0801") + bytes.fromhex("e00607") + bytes.fromhex("ea0605") + b"hello"
    price = bytes.fromhex("3a05") + bytes.fromhex("0a0135") + bytes.fromhex("1001")
    data = bytes([0x12, len(inner) + len(price)]) + inner + price
    text = tree_text(read_envelope(data, kind), SECRETS)
    assert text.splitlines() == [
        "all:",
        "  count: 1",
        "  price: 5",
        "    # unknown field 2=1",
        "  # unknown field 108=7",
        '  # unknown field 109="hello"',
    ]
    assert load(text) == {"all": {"count": 1, "price": 5}}


def test_unknown_fields_at_the_top_have_the_wire_view_beside_them(decoded) -> None:
    """Bytes that may be of another type are shown by number too, but never those of a known field."""
    text = tree_text(decoded(PROTO, {"all": {"password": "hunter2"}}, bytes.fromhex("980607")), SECRETS)
    assert "# what Envelope does not know:" in text
    assert any(line.startswith("# 99: 7") for line in text.splitlines())
    assert "hunter2" not in text
    assert load(text) == {"all": {"password": "[redacted]"}}
    nothing = tree_text(decoded(PROTO, {}, bytes.fromhex("980607")), SECRETS)
    assert nothing.startswith("# nothing of Envelope is set\n{}\n#")


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("all.count", "count"),
        ("all.inner", "inner"),
        ("all.price", "price"),
        ("all.price.value", "price"),
        ("all.more.count", "more"),
        ("all.headers", "headers"),
        ("all.time", "time"),
        ("all", None),
    ],
)
def test_declared_paths(decoded, path: str, hidden: str | None) -> None:
    """A declared secret is masked whatever its kind."""
    content = {
        "count": 4711, "price": {"value": "4711"}, "inner": {"text": "4711"}, "headers": {"a": "4711"},
        "more": [{"count": 4711}], "time": "4711-01-01T00:00:00Z",
    }  # fmt: skip
    chosen = {hidden: content[hidden]} if hidden else content
    text = tree_text(decoded(PROTO, {"all": chosen}), Secrets(paths=frozenset({path})))
    assert "4711" not in text
    assert "[redacted]" in text
    assert "4711" in tree_text(decoded(PROTO, {"all": chosen}), NO_SECRETS)


def test_limits(decoded) -> None:
    """However large a message is, the tree ends, and says what it leaves out."""
    limits = Limits(lines=30, items=5, text=10, bytes=4, depth=3)
    many = {
        "names": [str(number) for number in range(50)],
        "text": "x" * 99,
        "data": "A" * 40,
        "headers": {str(n): "" for n in range(9)},
    }
    text = tree_text(decoded(PROTO, {"all": many}), SECRETS, limits=limits)
    assert "# 45 more of 50 are left out" in text
    assert "# 4 more of 9 are left out" in text
    assert "  # 99 characters" in text
    assert '"0000…0000"  # 30 B' in text
    load(text)
    deep: dict = {}
    for _ in range(8):
        deep = {"inner": deep}
    assert "# what lies deeper is left out" in tree_text(decoded(PROTO, {"all": deep}), SECRETS, limits=limits)
    tall = tree_text(
        decoded(PROTO, {"all": {"more": [{"count": 1, "text": "a", "shown": 1}] * 99}}),
        SECRETS,
        limits=Limits(lines=30),
    )
    assert tall.splitlines()[-1] == "# the rest is left out after 30 lines"
    assert len(tall.splitlines()) == 31


def test_an_any_of_an_unknown_type_is_shown_as_it_is(decoded) -> None:
    """Without its type the content of an Any is bytes, and that is said."""
    envelope = decoded(PROTO, {"all": {"any": {"@type": "x/tree.All", "count": 1}}})
    data = envelope.data.replace(b"tree.All", b"tree.Oll")
    text = tree_text(read_envelope(data, envelope.type), SECRETS)
    assert 'value: "0801"  # 2 B' in text
    assert "# the schema does not have this type" in text


def test_anys_inside_each_other_end(decoded) -> None:
    """Each Any is parsed anew, so no parser bounds their depth; the tree does."""
    envelope = decoded(PROTO, {"all": {"any": {"@type": "x/tree.All"}}})
    message, kind = envelope.message, envelope.type
    for _ in range(200):
        outer = type(message)()
        outer.all.any.type_url = "x/tree.All"
        outer.all.any.value = message.all.SerializeToString()
        message = outer
    text = tree_text(read_envelope(message.SerializeToString(), kind), SECRETS)
    assert "# what lies deeper is left out" in text


@pytest.mark.parametrize(
    ("data", "form", "fault", "lines"),
    [
        (b"\x08\x07", Form.WIRE, "does not parse", ["# does not parse", "1: 7"]),
        (b'{"a": {"password": "x"}}', Form.JSON, "", ["{", '  "a": {', '    "password": "[redacted]"', "  }", "}"]),
        (b"one\x1b\ntwo", Form.TEXT, "a text", ["# a text", r"one\x1b", "two"]),
        (b"\xffAB", Form.BYTES, "", ["00000000  ff 41 42" + " " * 39 + "  .AB"]),
    ],
)
def test_other_forms(data: bytes, form: Form, fault: str, lines: list[str]) -> None:
    """What is no message is shown as what it is, below the reason."""
    shown = tree_text(Envelope(data, form, fault=fault), SECRETS).splitlines()
    assert [line.partition("  # ")[0].rstrip() if form is Form.WIRE else line for line in shown] == lines


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_raises(decoded, data: bytes) -> None:
    """Whatever comes is shown without a control character; what is decoded is YAML."""
    reader = Protocol(client=decoded(PROTO, {}).type).reader()
    for opcode in (Opcode.TEXT, Opcode.BINARY):
        for envelope in reader.read(Direction.CLIENT, opcode, data):
            text = tree_text(envelope, SECRETS)
            assert all(line.isprintable() for line in text.split("\n"))
            if envelope.form is Form.DECODED:
                load(text)
