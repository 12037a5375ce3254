"""Single values in words."""

from __future__ import annotations

import datetime
import struct

import pytest
from google.protobuf import duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from hypothesis import given
from hypothesis import strategies as st

from paperknife_decoders.values import (
    DECIMAL,
    clock_of,
    duration_words,
    enum_names,
    float32_text,
    is_timestamp,
    money_words,
    stands_for,
    timestamp_words,
    words_of,
)


@given(st.floats(width=32, allow_nan=False))
def test_a_float_is_the_shortest_text_that_reads_back(value: float) -> None:
    """float32_text gives back the same single-precision number, in at most nine digits."""
    text = float32_text(value)
    try:
        again = struct.unpack("<f", struct.pack("<f", float(text)))[0]
    except OverflowError:
        again = float(text)
    assert again == value
    assert sum(char.isdigit() for char in text.partition("e")[0].replace(".", "").strip("-0")) <= 9


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (5021.25, "5021.25"), (1e30, "1e+30"), (-0.0, "-0.0"), (float("inf"), "inf"), (float("nan"), "nan")],
)
def test_floats(value: float, text: str) -> None:
    """Singles are shown without the digits that doubles add to them."""
    single = struct.unpack("<f", struct.pack("<f", value))[0]
    assert float32_text(single) == text


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "1970-01-01T00:00:00Z"),
        (1772460201, 482_000_000, "2026-03-02T14:03:21.482Z"),
        (0, 1000, "1970-01-01T00:00:00.000001Z"),
        (0, 1, "1970-01-01T00:00:00.000000001Z"),
        (-1, 500_000_000, "1969-12-31T23:59:59.500Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
        (253_402_300_800, 0, "seconds=253402300800,nanos=0"),
        (0, -1, "seconds=0,nanos=-1"),
        (0, 1_000_000_000, "seconds=0,nanos=1000000000"),
    ],
)
def test_timestamps(seconds: int, nanos: int, text: str) -> None:
    """A Timestamp is RFC 3339 in UTC; one that is out of range shows its numbers."""
    assert timestamp_words(seconds, nanos) == text


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1))
def test_times_never_raise(seconds: int, nanos: int) -> None:
    """Whatever a peer puts into a Timestamp or Duration can be shown."""
    assert timestamp_words(seconds, nanos)
    assert duration_words(seconds, nanos)
    assert clock_of(timestamp_pb2.Timestamp(seconds=seconds, nanos=nanos))


@given(st.datetimes(min_value=datetime.datetime(1, 1, 1)), st.integers(0, 999_999_999))
def test_the_clock_is_the_time_of_the_timestamp(when: datetime.datetime, nanos: int) -> None:
    """The short form is what stands between the T and the Z of the long one."""
    seconds = int((when.replace(microsecond=0) - datetime.datetime(1970, 1, 1)).total_seconds())
    stamp = timestamp_pb2.Timestamp(seconds=seconds, nanos=nanos)
    assert clock_of(stamp) == timestamp_words(seconds, nanos)[11:-1]


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "0s"),
        (20, 0, "20s"),
        (1, 500_000_000, "1.5s"),
        (59, 999_999_999, "59.999999999s"),
        (60, 0, "1m"),
        (200, 0, "3m20s"),
        (60, 500_000_000, "1m0.5s"),
        (97_200, 0, "1d3h"),
        (0, 250_000_000, "250ms"),
        (0, 1_900_000, "1.9ms"),
        (0, 2_500, "2.5us"),
        (0, 7, "7ns"),
        (-5, 0, "-5s"),
        (-1, -500_000_000, "-1.5s"),
        (-1, 1, "seconds=-1,nanos=1"),
    ],
)
def test_durations(seconds: int, nanos: int, text: str) -> None:
    """A Duration is written as people do, in the largest unit that leaves a whole part."""
    assert duration_words(seconds, nanos) == text


@pytest.mark.parametrize(
    ("units", "nanos", "text"),
    [(12, 500_000_000, "12.50 USD"), (-1, -750_000_000, "-1.75 USD"), (3, 0, "3 USD"), (1, -1, "units=1,nanos=-1 USD")],
)
def test_money(units: int, nanos: int, text: str) -> None:
    """An amount of google.type.Money reads as on a bill."""
    assert money_words(units, nanos, "USD") == text


PROTO = """
syntax = "proto3";
package values;
enum Side { option allow_alias = true; NONE = 0; BUY = 1; LONG = 1; SELL = -1; }
message Decimal { string value = 1; }
message Pair { string value = 1; int32 more = 2; }
message Many { repeated string value = 1; }
message Number { int64 value = 1; }
message Envelope {
  oneof payload { Decimal decimal = 1; Pair pair = 2; }
  Side side = 3; Many many = 4; Number number = 5;
}
"""


@pytest.mark.parametrize(
    ("name", "stands"), [("Decimal", True), ("Pair", False), ("Many", False), ("Number", False), ("Envelope", False)]
)
def test_only_a_lone_string_value_stands_for_its_message(proto_schema, name: str, stands: bool) -> None:
    """A message is shown as its value only where nothing else could be in it."""
    assert (stands_for(proto_schema(PROTO).message(name)) is not None) is stands


def test_wrappers_stand_for_their_value() -> None:
    """Each type of wrappers.proto is shown as what it wraps."""
    for name in ("Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64"):
        assert stands_for(getattr(wrappers_pb2, f"{name}Value").DESCRIPTOR)
    assert not stands_for(struct_pb2.Value.DESCRIPTOR)


def test_enum_names_say_what_has_no_name(proto_schema) -> None:
    """A number without a name is shown with a question mark; of aliases the first one counts."""
    names = enum_names(proto_schema(PROTO).message("Envelope").fields_by_name["side"].enum_type)
    assert [names[number] for number in (0, 1, -1, 9, -9)] == ["NONE", "BUY", "SELL", "9?", "-9?"]


def test_a_well_known_name_alone_is_not_enough(proto_schema) -> None:
    """A schema may define another google.protobuf.Timestamp: its fields decide."""
    other = 'syntax = "proto3"; package google.protobuf; message Timestamp { string text = 1; int32 more = 2; }'
    kind = proto_schema(other).message("google.protobuf.Timestamp")
    assert words_of(kind) is None
    assert not is_timestamp(kind)
    assert words_of(duration_pb2.Duration.DESCRIPTOR)(duration_pb2.Duration(seconds=20)) == "20s"


@pytest.mark.parametrize("text", ["0", "-0.5", "5021.25", "1e5", "123456789012345678901234567890.000000000001"])
def test_decimals(text: str) -> None:
    """What YAML and JSON take for a number is a decimal."""
    assert DECIMAL.fullmatch(text)


@pytest.mark.parametrize("text", ["", "007", "+1", "1.", ".5", "1,000", "NaN", "0x1F", "١", "1" * 101])
def test_no_decimals(text: str) -> None:
    """Everything else stays a text."""
    assert not DECIMAL.fullmatch(text)
