"""Recorded times moved to now."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.learning import shifted
from paperknife_decoders.learning.shifting import moved_text
from paperknife_decoders.parsing import text_envelope
from paperknife_decoders.splice import splice

PROTO = """
syntax = "proto3"; package moved;
import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
message Fill { google.protobuf.Timestamp time = 1; uint64 size = 2; }
message Body {
  google.protobuf.Timestamp time = 1; repeated Fill fills = 2; map<string, google.protobuf.Timestamp> times = 3;
  google.protobuf.Duration took = 4; int64 sent_ms = 5; uint32 made_at = 6; double server_time = 7;
  repeated int64 timestamps = 8; map<int32, Fill> by_number = 9; string text = 10; string sent_at = 13;
  oneof one { google.protobuf.Timestamp expires = 11; string no = 12; }
  int64 took_ns = 14; int64 price = 15; bytes raw_time = 16; float loose_time = 17; repeated string update_times = 18;
}
message Envelope { oneof payload { Body body = 1; } google.protobuf.Timestamp sent = 2; }
"""

HOUR = 3_600_000_000_000
ONE, TWO = "2026-01-02T03:04:05Z", "2026-01-02T04:04:05Z"
S = 1_767_323_045

CASES = [
    ({}, {}),
    ({"time": ONE}, {"time": TWO}),
    ({"time": "1970-01-01T00:00:00Z"}, {"time": "1970-01-01T00:00:00Z"}),
    ({"time": "9999-12-31T23:59:59Z"}, {"time": "9999-12-31T23:59:59Z"}),
    ({"time": "0001-01-01T00:00:00Z"}, {"time": "0001-01-01T01:00:00Z"}),
    ({"time": "1969-12-31T23:59:59.5Z"}, {"time": "1970-01-01T00:59:59.5Z"}),
    ({"fills": [{"size": S}, {"time": ONE}]}, {"fills": [{"size": S}, {"time": TWO}]}),
    ({"times": {"a b": ONE, "": ONE}}, {"times": {"a b": TWO, "": TWO}}),
    ({"byNumber": {"-3": {"time": ONE}}}, {"byNumber": {"-3": {"time": TWO}}}),
    ({"took": "5s", "expires": ONE}, {"took": "5s", "expires": TWO}),
    (
        {"sentMs": S * 1000, "madeAt": S, "serverTime": S + 0.25},
        {"sentMs": (S + 3600) * 1000, "madeAt": S + 3600, "serverTime": S + 3600.25},
    ),
    ({"timestamps": [0, 7, S, S * 10**9]}, {"timestamps": [0, 7, S + 3600, (S + 3600) * 10**9]}),
    ({"tookNs": S, "sentMs": S, "price": S}, {"tookNs": S, "sentMs": S, "price": S}),
    (
        {"text": ONE, "no": ONE, "rawTime": "MjAyNg==", "looseTime": 5},
        {"text": ONE, "no": ONE, "rawTime": "MjAyNg==", "looseTime": 5},
    ),
]

TEXTS = [
    ("", ""),
    ("soon", "soon"),
    (ONE, TWO),
    ("2026-01-02 23:59:59", "2026-01-03 00:59:59"),
    ("2026-01-02T03:04:05.123456789+02:00", "2026-01-02T04:04:05.123456789+02:00"),
    ("20260102-03:04:05.120", "20260102-04:04:05.120"),
    ("20260102T030405,5Z", "20260102T040405,5Z"),
    (str(S), str(S + 3600)),
    (str(S * 1000), str((S + 3600) * 1000)),
    ("2026-01-02", "2026-01-02"),
    ("2026-13-02T03:04:05Z", "2026-13-02T03:04:05Z"),
    ("2026-01-02T03:04:60Z", "2026-01-02T03:04:60Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ("1" * 39, "1" * 39),
    ("٢٠٢٦-01-02T03:04:05Z", "٢٠٢٦-01-02T03:04:05Z"),
]


@pytest.mark.parametrize(("content", "moved"), CASES)
def test_times_move_and_nothing_else_does(decoded, content, moved) -> None:
    """Timestamps at any depth, and numbers that are called like times, in whatever unit they are; zero stays."""
    envelope = decoded(PROTO, {"body": content, "sent": ONE})
    expected = decoded(PROTO, {"body": moved, "sent": TWO})
    changes = shifted(envelope, HOUR)
    assert envelope.type.parse(splice(envelope.data, envelope.type.descriptor, changes)) == expected.message


@pytest.mark.parametrize(("text", "moved"), TEXTS)
def test_texts_move_and_stay_as_they_are_written(decoded, text, moved) -> None:
    """In a field that is called like a time; what is no time, or would be none any more, stays."""
    envelope = decoded(PROTO, {"body": {"sentAt": text, "updateTimes": [text, "x"]}})
    expected = decoded(PROTO, {"body": {"sentAt": moved, "updateTimes": [moved, "x"]}})
    changes = shifted(envelope, HOUR)
    assert envelope.type.parse(splice(envelope.data, envelope.type.descriptor, changes)) == expected.message


@given(st.text(max_size=45), st.integers(-(10**20), 10**20))
def test_no_text_is_too_odd(text, delta_ns) -> None:
    """It is moved, or it stays."""
    moved = moved_text(text, delta_ns)
    assert moved is None or len(moved) >= 10


def test_nothing_moves_by_nothing(decoded) -> None:
    """And what is not decoded has no times."""
    assert shifted(decoded(PROTO, {"sent": ONE}), 0) == ()
    assert shifted(text_envelope(b"{}", None), HOUR) == ()


def test_there_and_back_is_the_same(decoded) -> None:
    """To the nanosecond."""
    envelope = decoded(PROTO, {"body": {"time": "2026-01-02T03:04:05.123456789Z"}, "sent": ONE})
    kind = envelope.type.descriptor
    there = splice(envelope.data, kind, shifted(envelope, 12_345_678_901))
    again = envelope._replace(data=there, message=envelope.type.parse(there))
    assert splice(there, kind, shifted(again, -12_345_678_901)) == envelope.data
