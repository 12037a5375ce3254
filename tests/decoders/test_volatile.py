"""Which fields do not count."""

from __future__ import annotations

import pytest

from paperknife_decoders.declared_pairs import DeclaredPair
from paperknife_decoders.difference import differences
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.volatile import Mark, mark_of_name, volatile_of

PROTO = """
syntax = "proto3"; package v;
import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
enum Status { NONE = 0; DONE = 1; }
message Decimal { string value = 1; }
message Body {
  uint64 request_id = 1; string ClOrdId = 2; google.protobuf.Timestamp when = 3; int64 sent_at = 4; string time = 5;
  double ts = 6; int64 recv_ns = 7; uint64 sequence = 8; google.protobuf.StringValue order_id = 9;
  Decimal token = 10; bytes nonce = 11; repeated int64 event_times = 12; repeated int64 trade_id = 13;
  Status session = 14; double price = 15; string symbol = 16; uint32 quantity = 17; string reason = 18;
  string account_id = 19; string instrument_id = 20; string id = 21; bool tag = 22; double seq = 23; string note = 24;
  map<string, int64> ages = 25; uint32 time_in_force = 26; repeated google.protobuf.Timestamp stamps = 27;
  int64 ref = 28; Inner inner = 29; optional uint64 tagged = 30; string api_key = 31; sint32 at = 32;
  repeated string order_ids = 33; repeated string tags = 34;
}
message Inner { int64 ref = 1; string id = 2; int64 depth = 3; string pin_hint = 4; }
message Envelope { oneof payload { Body body = 1; } string id = 2; int64 ref = 3; }
"""

S = 1_700_000_000

VOLATILE = [
    ("request_id", 1, 0),
    ("ClOrdId", "a", "b"),
    ("when", "2026-01-02T03:04:05Z", "1970-01-01T00:00:00Z"),
    ("sent_at", S, S * 1000),
    ("time", "2026-01-02T03:04:05Z", "20270102-03:04:05.123"),
    ("time", "14:03:21", "14:03:22.5"),
    ("ts", S + 0.5, S + 1.0),
    ("recv_ns", S * 10**9, S * 10**9 + 1),
    ("sequence", 1, 2),
    ("order_id", "a", "b"),
    ("token", {"value": "a"}, {"value": "b"}),
    ("nonce", "AQI=", "AQID"),
    ("event_times", [S], [S + 1]),
    ("order_ids", ["a"], ["b"]),
    ("trade_id", [1, 2], [3, 4]),
    ("stamps", ["2026-01-02T03:04:05Z"], ["2026-01-02T03:04:06Z"]),
    ("api_key", "a", "b"),
]
COUNTING = [
    ("ClOrdId", "a", ""),
    ("when", "2026-01-02T03:04:05Z", None),
    ("sent_at", S, 5),
    ("sent_at", 5, 6),
    ("time", "soon", "late"),
    ("event_times", [S], [5]),
    ("tags", ["a"], ["b"]),
    ("trade_id", [1, 2], [3]),
    ("session", "NONE", "DONE"),
    ("price", 1.5, 2.5),
    ("symbol", "A", "B"),
    ("quantity", 1, 2),
    ("reason", "a", "b"),
    ("account_id", "a", "b"),
    ("instrument_id", "a", "b"),
    ("id", "a", "b"),
    ("tag", False, True),
    ("seq", 1.0, 2.0),
    ("ages", {"x": 1}, {"x": 2}),
    ("ages", {"request_id": 1}, {}),
    ("time_in_force", 1, 2),
    ("stamps", ["2026-01-02T03:04:05Z"], []),
    ("api_key", "a", ""),
    ("at", 1, 2),
]


def compared(decoded, one: dict, other: dict, ignored=(), **more):
    """The differences between two envelopes."""
    ours, theirs = (decoded(PROTO, each) for each in (one, other))
    return differences(ours, theirs, volatile_of(Protocol(client=ours.type, server=ours.type, **more), ignored))


@pytest.mark.parametrize(("name", "one", "other"), VOLATILE)
def test_what_is_another_in_each_run_does_not_count(decoded, name, one, other) -> None:
    """By its type or by its name."""
    assert compared(decoded, {"body": {name: one}}, {"body": {name: other}}) == ()


@pytest.mark.parametrize(("name", "one", "other"), COUNTING)
def test_what_a_message_says_counts(decoded, name, one, other) -> None:
    """Also that something is there, how many there are, and times that are none."""
    assert len(compared(decoded, {"body": {name: one}}, {"body": {name: other}})) == 1


IGNORED = [
    (["body.price"], {"price": 1}, {"price": 2}),
    (["price"], {"price": 1}, {}),
    (["*.price", "symbol"], {"price": 1, "symbol": "A"}, {"symbol": "B"}),
    (["body.inner"], {"inner": {"depth": 1}}, {}),
    (["inner.*", "*.depth"], {"inner": {"depth": 1}}, {"inner": {"depth": 2}}),
    (["body.ages.x"], {"ages": {"x": 1}}, {"ages": {}}),
    (["x"], {"ages": {"x": 1}}, {}),
    (["body.session"], {"session": "DONE"}, {}),
    (["body"], {"price": 1}, {}),
]


@pytest.mark.parametrize(("paths", "one", "other"), IGNORED)
@pytest.mark.parametrize("declared", [True, False])
def test_nothing_counts_of_what_is_ignored(decoded, paths, one, other, declared) -> None:
    """Whether a definition says so, or the user; not even whether it is there."""
    more = {"volatile": frozenset(paths)} if declared else {}
    assert compared(decoded, {"body": one}, {"body": other}, () if declared else paths, **more) == ()


def test_declared_pairs_are_ids_where_they_are_declared(decoded) -> None:
    """And not elsewhere, where the same name may mean something else."""
    pairs = (DeclaredPair("body.inner.ref", "ref"),)
    for content, count in (({"body": {"inner": {"ref": 1}}}, 0), ({"ref": 1}, 0), ({"body": {"ref": 1}}, 1)):
        other = {"body": {"inner": {}}} if "inner" in str(content) else {}
        told = compared(decoded, content, other or {key: {} for key in content if key == "body"}, pairs=pairs)
        assert len(told) == count


def test_the_envelopes_own_id_is_one(decoded) -> None:
    """A payload's is what the message is about, for all that is known."""
    assert compared(decoded, {"id": "a", "body": {}}, {"id": "b", "body": {}}) == ()


def test_names_in_json_are_read_alike() -> None:
    """With dashes, in camel case; the value says which kind it is."""
    assert mark_of_name("request-id", 5, is_outermost=False) is Mark.VALUE
    assert mark_of_name("sentAt", 5, is_outermost=False) is Mark.TIME
    assert mark_of_name("seq", "a", is_outermost=False) is None
    assert mark_of_name("id", 5, is_outermost=False) is None
    assert mark_of_name("requestId", {"a": 1}, is_outermost=False) is None
