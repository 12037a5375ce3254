"""A message type as columns."""

from __future__ import annotations

import pytest

from paperknife.recording.exchange.flattening import DEEPEST, MOST_COLUMNS, Flattening
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.schema import load_schema
from paperknife_decoders.secrets import MASK, NO_SECRETS, Secrets

WIDE = "\n".join(f"string f{number} = {number};" for number in range(1, 60))
PROTO = f"""
    syntax = "proto3"; package t;
    import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
    import "google/protobuf/wrappers.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/any.proto";
    import "google/protobuf/field_mask.proto";
    enum Side {{ NONE = 0; BUY = 1; }}
    message Decimal {{ string value = 1; }}
    message Leaf {{ int64 count = 1; optional int64 maybe = 2; }}
    message Empty {{}}
    message Tree {{ string name = 1; Tree left = 2; repeated Tree more = 3; }}
    message Login {{ string user = 1; string password = 2; google.protobuf.StringValue token = 3; }}
    message All {{
        Side side = 1; Decimal price = 2; google.protobuf.Timestamp at = 3; google.protobuf.Duration span = 4;
        google.protobuf.Int64Value wrapped = 5; google.protobuf.Struct any_json = 6; google.protobuf.Any any = 7;
        google.protobuf.FieldMask mask = 8; repeated int32 numbers = 9; map<string, int64> counts = 10; bytes data = 11;
        Leaf leaf = 12; Tree tree = 13; Empty empty = 14; float ratio = 15; bool on = 16; optional string maybe = 17;
        oneof choice {{ string by_name = 18; Leaf by_leaf = 19; Empty by_nothing = 20; }}
    }}
    message W0 {{ {WIDE} }}
    message W1 {{ W0 a = 1; W0 b = 2; W0 c = 3; W0 d = 4; W0 e = 5; }}
    message W2 {{ W1 a = 1; W1 b = 2; W1 c = 3; W1 d = 4; W1 e = 5; }}
    message W3 {{ W2 a = 1; W2 b = 2; W2 c = 3; W2 d = 4; W2 e = 5; }}
    message Envelope {{
        int64 sequence = 1;
        oneof payload {{ All all = 2; Login login = 3; W3 wide = 4; string note = 5; Empty nothing = 6; }}
    }}
"""


@pytest.fixture(scope="module")
def kind(tmp_path_factory):
    """The type of the envelope."""
    folder = tmp_path_factory.mktemp("protos")
    (folder / "t.proto").write_text(PROTO)
    return EnvelopeType(load_schema([folder]).message("t.Envelope"))


def cells(kind: EnvelopeType, payload: str, secrets: Secrets = NO_SECRETS, **fields) -> dict[str, str]:
    """The row of an envelope, by columns."""
    flat = Flattening(kind, payload, secrets)
    message = kind.parse(b"")
    made = type(message)(**fields)
    return dict(zip(flat.names, flat.row(type(message).FromString(made.SerializeToString())), strict=True))


UNSET = {
    "sequence": "0",
    "all.side": "NONE",
    "all.price": "",
    "all.at": "",
    "all.span": "",
    "all.wrapped": "",
    "all.any_json": "",
    "all.any": "",
    "all.mask": "",
    "all.numbers": "",
    "all.counts": "",
    "all.data": "",
    "all.leaf.count": "",
    "all.leaf.maybe": "",
    "all.tree.name": "",
    "all.tree.left": "",
    "all.tree.more": "",
    "all.empty": "",
    "all.ratio": "0.0",
    "all.on": "false",
    "all.maybe": "",
    "all.choice": "",
    "all.by_name": "",
    "all.by_leaf.count": "",
    "all.by_leaf.maybe": "",
    "all.by_nothing": "",
}


def test_what_is_not_set(kind):
    """A field that knows whether it is set is empty, one that does not has its default; both have a column."""
    assert cells(kind, "all", all={}) == UNSET


SET = {
    "an enum value": ({"side": 1}, {"side": "BUY"}),
    "an enum value that the schema lacks": ({"side": 7}, {"side": "7"}),
    "a decimal": ({"price": {"value": "-12.50"}}, {"price": "-12.50"}),
    "text in a decimal": ({"price": {"value": "=1"}}, {"price": "'=1"}),
    "a time": ({"at": {"seconds": 1}}, {"at": "1970-01-01T00:00:01Z"}),
    "a span": ({"span": {"nanos": -1}}, {"span": "-0.000000001"}),
    "a wrapped zero": ({"wrapped": {}}, {"wrapped": "0"}),
    "JSON": ({"any_json": {"a": 1}}, {"any_json": '{"a":1}'}),
    "an unknown type": ({"any": {"type_url": "x/y", "value": b"1"}}, {"any": '{"@type":"x/y","value":"MQ=="}'}),
    "a mask": ({"mask": {"paths": ["a", "b"]}}, {"mask": "a,b"}),
    "a list": ({"numbers": [1, 2]}, {"numbers": "[1,2]"}),
    "a map": ({"counts": {"a": 1 << 53}}, {"counts": '{"a":"9007199254740992"}'}),
    "bytes": ({"data": b"\x00="}, {"data": "0x003d"}),
    "an inner message": ({"leaf": {}}, {"leaf.count": "0"}),
    "an optional zero": ({"leaf": {"maybe": 0}}, {"leaf.count": "0", "leaf.maybe": "0"}),
    "an empty message": ({"empty": {}}, {"empty": "{}"}),
    "a formula": ({"maybe": "=1+1"}, {"maybe": "'=1+1"}),
    "a choice": ({"by_leaf": {"count": 3}}, {"choice": "by_leaf", "by_leaf.count": "3"}),
    "a choice of nothing": ({"by_nothing": {}}, {"choice": "by_nothing", "by_nothing": "{}"}),
    "a single": ({"ratio": 0.1}, {"ratio": "0.1"}),
    "a type in itself": (
        {"tree": {"name": "a", "left": {"name": "b"}, "more": [{"name": "c"}]}},
        {"tree.name": "a", "tree.left": '{"name":"b"}', "tree.more": '[{"name":"c"}]'},
    ),
}


@pytest.mark.parametrize(("fields", "changed"), SET.values(), ids=SET)
def test_what_is_set(kind, fields, changed):
    """Each kind of field is written in its own way; the others stay as they are."""
    assert cells(kind, "all", all=fields) == UNSET | {f"all.{name}": cell for name, cell in changed.items()}


def test_only_the_payload_has_columns(kind):
    """Of the members of the payload's oneof, the one that is asked for; what is beside the oneof as well."""
    assert cells(kind, "note", note="hi", sequence=9) == {"sequence": "9", "note": "hi"}
    assert cells(kind, "nothing", nothing={}) == {"sequence": "0", "nothing": "{}"}


def test_secrets_are_masked(kind):
    """A secret is masked where it is set, by its name or by its path, in a wrapper too."""
    fields = {"user": "a", "password": "geheim", "token": {"value": "geheim"}}
    assert cells(kind, "login", Secrets(), login=fields) == {
        "sequence": "0",
        "login.user": "a",
        "login.password": MASK,
        "login.token": MASK,
    }
    declared = Secrets(paths=frozenset({"login.user"}), names=frozenset())
    assert cells(kind, "login", declared, login={"user": "a"})["login.user"] == MASK


def test_columns_are_bounded(kind):
    """A schema that would make tens of thousands of columns makes some more than a thousand; the rest is JSON."""
    names = Flattening(kind, "wide", NO_SECRETS).names
    assert MOST_COLUMNS <= len(names) < MOST_COLUMNS + 100
    assert max(name.count(".") for name in names) <= DEEPEST


def test_a_field_that_the_schema_does_not_know_is_passed_over(kind):
    """There is no column for it; the others are as they were."""
    flat = Flattening(kind, "note", NO_SECRETS)
    assert flat.row(kind.parse(b"\x2a\x02hi\xf8\x07\x01")) == ["0", "hi"]
