"""The one-line summary."""

from __future__ import annotations

import gc
import weakref

import pytest
from google.protobuf import struct_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperknife_decoders.columns import width_of
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.summary import summarize
from paperknife_decoders.summary.summarize import LINES

SECRETS = Secrets()

PROTO = """
syntax = "proto3";
package line;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Side { SIDE_UNSPECIFIED = 0; SIDE_BUY = 1; SIDE_SELL = -1; }
enum Status { UNKNOWN = 0; ACCEPTED = 1; REJECTED = -1; }
enum Kind { KIND_NONE = 0; LIMIT = 1; }
message Decimal { string value = 1; }
message Quote { Decimal price = 1; uint32 size = 2; }
message Level { Side side = 1; double price = 2; int64 quantity = 3; }
message Order {
  uint64 request_id = 1; string symbol = 2; Kind type = 3; uint32 quantity = 4; Decimal price = 5; Side side = 6;
  optional uint32 shown = 7; bool post_only = 8; string note = 9; optional string tag = 10; optional bool firm = 11;
}
message Login { string user = 1; string password = 2; google.protobuf.StringValue token = 3; bytes api_key = 4; }
message Answer { Status status = 1; string token = 2; google.protobuf.Duration heartbeat = 3; int32 pin = 4; }
message Market {
  string symbol = 1; Quote bid = 2; Quote ask = 3; repeated Level levels = 4; google.protobuf.Timestamp time = 5;
  repeated Update updates = 6; map<string, string> headers = 7; map<int32, Level> by_number = 8; int64 sequence = 9;
}
message Book { repeated Level bids = 1; repeated Quote offers = 2; double last_price = 3; int32 last_size = 4; }
message Update { oneof payload { Level depth = 1; Quote trade = 2; } }
message Levels { repeated Level items = 1; }
message Odds {
  Side from = 1; Side to = 2; google.protobuf.Any any = 3; google.protobuf.Struct json = 4; Odds inner = 5;
  repeated int32 numbers = 6; repeated string names = 7; google.protobuf.Int32Value wrapped = 8; float real = 9;
  google.protobuf.Timestamp expires = 10; Levels page = 11; oneof choice { string word = 12; Level level = 13; }
  double nothing = 14; bytes data = 15; Quote instrument = 16; Order ListFields = 17; Order HasField = 18;
}
message Empty {}
message Envelope {
  oneof payload {
    Order order = 1; Login login = 2; Answer answer = 3; Market market = 4; Book book = 5; Odds odds = 6; Empty empty =
    7; string text = 8; google.protobuf.Timestamp at = 9; google.protobuf.Any any = 10; Levels levels = 11;
  }
  uint32 seq = 20;
}
"""

LEVEL = {"side": "SIDE_BUY", "price": 5021.25, "quantity": "12"}
CASES = [
    ("nothing in it", {"empty": {}}, ""),
    (
        "ids, symbol, side, pair, then other enums",
        {
            "order": {
                "request_id": 7,
                "symbol": "ESZ6",
                "side": 1,
                "quantity": 3,
                "price": {"value": "5021.50"},
                "type": 1,
            }
        },
        "7 ESZ6 BUY 3 @ 5021.50 LIMIT",
    ),
    ("a quantity alone has a name", {"order": {"quantity": 3}}, "quantity=3"),
    ("a quantity of zero beside a price is told", {"order": {"price": {"value": "1"}}}, "0 @ 1"),
    ("set to zero is told from unset", {"order": {"shown": 0, "tag": "", "firm": False}}, 'firm=false tag="" shown=0'),
    ("a flag is its name", {"order": {"post_only": True}}, "post_only"),
    ("an enum value without a name stands out", {"order": {"type": 9}}, "type=9?"),
    ("secrets are masked", {"login": {"user": "alice", "password": "x"}}, "user=alice password=[redacted]"),
    (
        "wrapped and binary ones too",
        {"login": {"token": "x", "api_key": "eA=="}},
        "token=[redacted] api_key=[redacted]",
    ),
    ("a number is no secret by its name", {"answer": {"pin": 5}}, "pin=5"),
    (
        "words for durations",
        {"answer": {"status": "ACCEPTED", "token": "t", "heartbeat": "20s"}},
        "ACCEPTED heartbeat=20s token=[redacted]",
    ),
    (
        "a market by its best prices",
        {
            "market": {
                "symbol": "ESZ6",
                "bid": {"price": {"value": "5021.25"}, "size": 12},
                "ask": {"price": {"value": "5021.50"}, "size": 8},
                "levels": [LEVEL] * 5,
            }
        },
        "ESZ6 bid 5021.25 x 12, ask 5021.50 x 8, 5 levels",
    ),
    ("an empty side", {"market": {"bid": {}}}, "bid none"),
    ("one of many is told", {"market": {"levels": [LEVEL]}}, "level BUY 12 @ 5021.25"),
    (
        "envelopes are counted by payload",
        {"market": {"updates": [{"depth": LEVEL}, {"trade": {}}, {}]}},
        "1 depth, 1 trade, 1 empty",
    ),
    ("one envelope is told", {"market": {"updates": [{"depth": LEVEL}]}}, "depth BUY 12 @ 5021.25"),
    ("few entries of a map", {"market": {"headers": {"b": "2", "a": "1 2"}}}, 'headers {a: "1 2", b: 2}'),
    ("secret entries of a map", {"market": {"headers": {"Authorization": "x"}}}, "headers {Authorization: [redacted]}"),
    ("many entries", {"market": {"headers": {str(i): "" for i in range(9)}}}, "9 headers"),
    ("entries that are messages", {"market": {"by_number": {"1": LEVEL}}}, "1 by_number"),
    ("its own time without the date", {"market": {"time": "2026-03-02T14:03:21.482Z"}}, "time=14:03:21.482"),
    (
        "lists of levels by the best",
        {"book": {"bids": [{"price": 1, "quantity": 5}, {"price": 2.5, "quantity": 6}]}},
        "bid 2.5 x 6 (2 levels)",
    ),
    ("what is no number has no best", {"book": {"offers": [{"price": {"value": "x"}}]}}, "ask x x 0 (1 level)"),
    ("pairs with a prefix", {"book": {"last_price": 5, "last_size": 2}}, "last 2 @ 5.0"),
    ("twins have their names", {"odds": {"from": 1, "to": -1}}, "from=BUY to=SELL"),
    ("a twin without a name", {"odds": {"from": 9}}, "from=9?"),
    ("other times in full", {"odds": {"expires": "2026-03-02T14:03:21Z"}}, "expires=2026-03-02T14:03:21Z"),
    (
        "several short values",
        {"odds": {"numbers": [1, 2], "names": ["a", "b,", "c", "d"]}},
        'numbers=1,2 names=a,"b,",c+1',
    ),
    ("wrapped zero is set", {"odds": {"wrapped": 0}}, "wrapped=0"),
    ("singles are short", {"odds": {"real": 0.1}}, "real=0.1"),
    ("a list in a message", {"odds": {"page": {"items": [LEVEL, LEVEL]}}}, "2 page"),
    ("members of oneofs by name", {"odds": {"level": LEVEL}}, "level BUY 12 @ 5021.25"),
    ("scalar members too", {"odds": {"word": ""}}, 'word=""'),
    ("an empty message is seen", {"odds": {"inner": {}}}, "inner {}"),
    ("what it is about has no name", {"odds": {"instrument": {"size": 2}}}, "size=2"),
    (
        "fields that are called like methods",
        {"odds": {"ListFields": {"type": 1}, "HasField": {"firm": True}}},
        "ListFields LIMIT, HasField firm",
    ),
    (
        "messages are not told without end",
        {"odds": {"inner": {"inner": {"inner": {"inner": {"inner": {}}}}}}},
        "inner inner inner inner inner …",
    ),
    (
        "JSON on the line, masked",
        {"odds": {"json": {"a": [1, None], "password": "x"}}},
        'json {"a": [1, null], "password": "[redacted]"}',
    ),
    (
        "an Any is read by its schema",
        {"odds": {"any": {"@type": "type.googleapis.com/line.Login", "user": "a", "password": "x"}}},
        "any Login user=a password=[redacted]",
    ),
    (
        "bytes as hex, the middle left out",
        {"odds": {"data": "AAECAwQFBgcICQoLDA0ODw=="}},
        "data=000102030405…0a0b0c0d0e0f (16 B)",
    ),
    ("a payload that is a text", {"text": "a b"}, 'text="a b"'),
    ("a payload that is a time", {"at": "2026-03-02T14:03:21Z"}, "at=14:03:21"),
    ("a payload that is a list", {"levels": {"items": [LEVEL, LEVEL, LEVEL]}}, "3 levels"),
    ("a payload that is an Any", {"any": {"@type": "x/line.Order", "quantity": 3}}, "Order quantity=3"),
    ("what stands beside the payload", {"order": {"type": 1}, "seq": 5}, "LIMIT seq=5"),
    ("nothing but that", {"seq": 5}, "seq=5"),
    ("counters come late", {"market": {"symbol": "A", "bid": {"size": 1}, "sequence": 7}}, "A bid x 1 sequence=7"),
    ("escapes are escaped", {"order": {"note": "a\x1b[31m\n\u202eb"}}, r'note="a\x1b[31m\n\u202eb"'),
    ("a backslash is told from an escape", {"order": {"note": "a \\x1b"}}, r'note="a \\x1b"'),
    ("a text that looks masked is quoted", {"order": {"note": "[redacted]"}}, 'note="[redacted]"'),
    ("letters of all scripts stay", {"order": {"symbol": "東京", "note": "é"}}, "東京 note=é"),
]


@pytest.mark.parametrize(("content", "line"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_line(decoded, content: dict, line: str) -> None:
    """Each kind of field has its place and its words; colours change nothing but colours."""
    envelope = decoded(PROTO, content)
    assert summarize(envelope, SECRETS, 200) == line
    coloured = summarize(envelope, SECRETS, 200, ANSI)
    assert width_of(coloured) == width_of(line)


def test_declared_paths_are_masked(decoded) -> None:
    """A declared secret of any kind is masked wherever the line would show it: alone, in a pair, a message, a map."""
    order = decoded(PROTO, {"order": {"request_id": 7, "symbol": "ESZ6", "quantity": 3, "price": {"value": "5"}}})
    for path, line in {
        "order.request_id": "ESZ6 3 @ 5 request_id=[redacted]",
        "order.price": "7 ESZ6 quantity=3 price=[redacted]",
        "order.price.value": "7 ESZ6 quantity=3 price=[redacted]",
        "order.quantity": "7 ESZ6 price=5 quantity=[redacted]",
        "order": "order=[redacted]",
    }.items():
        assert summarize(order, Secrets(paths=frozenset({path})), 80) == line
    market = decoded(PROTO, {"market": {"bid": {"size": 1}, "levels": [LEVEL], "headers": {"a": "b"}}})
    hidden = Secrets(paths=frozenset({"market.bid", "market.levels.side", "market.headers"}))
    assert summarize(market, hidden, 80).count("[redacted]") == 3
    assert "BUY" not in summarize(market, hidden, 80)


def test_no_secrets_shows_all(decoded) -> None:
    """The user may ask for everything."""
    assert summarize(decoded(PROTO, {"login": {"password": "hunter2"}}), NO_SECRETS, 80) == "password=hunter2"


def test_the_same_type_with_other_secrets_and_colours(decoded) -> None:
    """What is kept for a type is kept for these secrets and these colours."""
    login = decoded(PROTO, {"login": {"user": "a", "password": "hunter2"}})
    for _ in range(2):
        assert "hunter2" not in summarize(login, SECRETS, 80)
        assert "hunter2" in summarize(login, NO_SECRETS, 80)
        assert "\x1b" in summarize(login, SECRETS, 80, ANSI)
        assert "\x1b" not in summarize(login, SECRETS, 80, PLAIN)


@pytest.mark.parametrize("paint", [PLAIN, ANSI], ids=["plain", "ansi"])
@pytest.mark.parametrize("content", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_never_wider_than_asked(decoded, content: dict, paint) -> None:
    """A line fits into any width, down to none."""
    envelope = decoded(PROTO, content)
    for width in range(0, 60, 3):
        assert width_of(summarize(envelope, SECRETS, width, paint)) <= width


def test_nothing_set_shows_what_is_there_instead(decoded) -> None:
    """Without a payload the line tells what the type does not know, and never a known field's bytes in clear."""
    assert "99=7" in summarize(decoded(PROTO, {}, bytes.fromhex("980607")), SECRETS, 80)
    assert summarize(decoded(PROTO, {"seq": 5}, bytes.fromhex("980607")), SECRETS, 80).endswith("seq=5")


@pytest.mark.parametrize(
    ("data", "form", "line"),
    [
        (b'{"user": "a", "password": "x"}', Form.JSON, '{"user": "a", "password": "[redacted]"}'),
        (b"{" + b" " * 70_000 + b"}", Form.JSON, "JSON, 70,002 B"),
        ("hé \x1b".encode(), Form.TEXT, r'"hé \x1b"'),
        (b"\xff\xfe", Form.TEXT, r'"\\xff\\xfe"'),
        (b"", Form.TEXT, '""'),
        (b"\xff\xff", Form.BYTES, "ffff"),
        (b"\x08\x07", Form.WIRE, "1=7"),
    ],
)
def test_other_forms(data: bytes, form: Form, line: str) -> None:
    """What is no message is shown as what it is."""
    assert summarize(Envelope(data, form), SECRETS, 80) == line


def test_a_message_that_is_cut_short_keeps_its_secrets(decoded) -> None:
    """Bytes that do not parse are read by the type's fields as far as is needed to mask them."""
    whole = decoded(PROTO, {"login": {"user": "alice", "password": "hunter2"}})
    for length in range(1, len(whole.data)):
        cut = read_envelope(whole.data[:length], whole.type)
        assert "hunter2"[: max(3, length - 12)] not in summarize(cut, SECRETS, 200)


@given(data=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_never_raises(decoded, data: bytes) -> None:
    """Whatever comes has a line that fits and holds no control character."""
    kind = decoded(PROTO, {}).type
    reader = Protocol(client=kind).reader()
    for opcode in (Opcode.TEXT, Opcode.BINARY):
        for envelope in reader.read(Direction.CLIENT, opcode, data):
            line = summarize(envelope, SECRETS, 60)
            assert width_of(line) <= 60
            assert line.isprintable()


def test_an_old_schema_is_freed(proto_schema) -> None:
    """What was prepared for a type goes with the type: a schema that was replaced leaves nothing behind."""
    kind = EnvelopeType(struct_pb2.Struct.DESCRIPTOR)
    summarize(read_envelope(b"", kind), SECRETS, 80)
    kept = weakref.ref(LINES[weakref.ref(kind)].payloads)
    del kind
    gc.collect()
    assert kept() is None
