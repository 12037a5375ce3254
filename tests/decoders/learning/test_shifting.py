"""Recorded times moved to now."""

from __future__ import annotations

import pytest

from paperknife_decoders.learning import shifted
from paperknife_decoders.protocol import text_envelope
from paperknife_decoders.splice import splice

PROTO = """
syntax = "proto3"; package moved;
import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
message Fill { google.protobuf.Timestamp time = 1; uint64 size = 2; }
message Body {
  google.protobuf.Timestamp time = 1; repeated Fill fills = 2; map<string, google.protobuf.Timestamp> times = 3;
  google.protobuf.Duration took = 4; int64 sent_ms = 5; uint32 sent_s = 6; double at = 7; repeated int64 stamps = 8;
  map<int32, Fill> by_number = 9; string text = 10;
  oneof one { google.protobuf.Timestamp expires = 11; string no = 12; }
}
message Envelope { oneof payload { Body body = 1; } google.protobuf.Timestamp sent = 2; }
"""

HOUR = 3_600_000_000_000
DECLARED = frozenset({"body.sent_ms", "*.sent_s", "at", "stamps", "text", "size"})
ONE, TWO = "2026-01-02T03:04:05Z", "2026-01-02T04:04:05Z"
S = 1_767_323_045

CASES = [
    ({}, {}),
    ({"time": ONE}, {"time": TWO}),
    ({"time": "1970-01-01T00:00:00Z"}, {"time": "1970-01-01T00:00:00Z"}),
    ({"time": "9999-12-31T23:59:59Z"}, {"time": "9999-12-31T23:59:59Z"}),
    ({"time": "0001-01-01T00:00:00Z"}, {"time": "0001-01-01T01:00:00Z"}),
    ({"time": "1969-12-31T23:59:59.5Z"}, {"time": "1970-01-01T00:59:59.5Z"}),
    ({"fills": [{"size": S}, {"time": ONE}]}, {"fills": [{"size": S + 3600}, {"time": TWO}]}),
    ({"times": {"a b": ONE, "": ONE}}, {"times": {"a b": TWO, "": TWO}}),
    ({"byNumber": {"-3": {"time": ONE}}}, {"byNumber": {"-3": {"time": TWO}}}),
    ({"took": "5s", "expires": ONE}, {"took": "5s", "expires": TWO}),
    (
        {"sentMs": S * 1000, "sentS": S, "at": S + 0.25},
        {"sentMs": (S + 3600) * 1000, "sentS": S + 3600, "at": S + 3600.25},
    ),
    ({"sentMs": S, "stamps": [0, 7, S * 10**9]}, {"sentMs": S + 3600, "stamps": [0, 7, (S + 3600) * 10**9]}),
    ({"text": ONE, "no": ONE}, {"text": ONE, "no": ONE}),
]


@pytest.mark.parametrize(("content", "moved"), CASES)
def test_times_move_and_nothing_else_does(decoded, content, moved) -> None:
    """Timestamps at any depth, and declared numbers in whatever unit they are; zero stays."""
    envelope = decoded(PROTO, {"body": content, "sent": ONE})
    expected = decoded(PROTO, {"body": moved, "sent": TWO})
    changes = shifted(envelope, HOUR, DECLARED)
    assert envelope.type.parse(splice(envelope.data, envelope.type.descriptor, changes)) == expected.message


def test_numbers_are_no_times_unless_that_is_declared(decoded) -> None:
    """They may be anything."""
    assert shifted(decoded(PROTO, {"body": {"sentMs": S * 1000}}), HOUR) == ()


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
