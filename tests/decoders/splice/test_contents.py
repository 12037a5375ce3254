"""Messages made of values: times, durations, decimals, wrappers, JSON, other messages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from paperknife_decoders.splice import Append, Set, SpliceError, splice

NOON = datetime(2026, 7, 30, 12, tzinfo=UTC)
NOON_S = int(NOON.timestamp())

GOOD = [
    ("time", "2026-07-30T12:00:00Z", {"seconds": NOON_S}),
    ("time", "2026-07-30T12:00:00.000000001", {"seconds": NOON_S, "nanos": 1}),
    ("time", NOON, {"seconds": NOON_S}),
    ("time", NOON.astimezone(timezone(timedelta(hours=9))), {"seconds": NOON_S}),
    ("time", date(2026, 7, 30), {"seconds": NOON_S - 43_200}),
    ("time", NOON_S * 10**9 + 5, {"seconds": NOON_S, "nanos": 5}),
    ("time", -1, {"seconds": -1, "nanos": 999_999_999}),
    ("time", 0, {}),
    ("time", {"seconds": 3}, None),
    ("time", Timestamp(seconds=7), {"seconds": 7}),
    ("wait", "1.5s", {"seconds": 1, "nanos": 500_000_000}),
    ("wait", "-1h30m", {"seconds": -5400}),
    ("wait", timedelta(milliseconds=-20), {"nanos": -20_000_000}),
    ("wait", -1, {"nanos": -1}),
    ("price", "5021.250", {"value": "5021.250"}),
    ("price", Decimal("1E+3"), {"value": "1000"}),
    ("price", 0.1, {"value": "0.1"}),
    ("price", 1e21, {"value": "1000000000000000000000"}),
    ("price", -5, {"value": "-5"}),
    ("price", {"value": "x"}, {"value": "x"}),
    ("note", "any text", {"value": "any text"}),
    ("note", 5.5, {"value": "5.5"}),
    ("wrapped", 5, {"value": 5}),
    ("wrapped", "5", {"value": 5}),
    ("json", {"a": [1, None]}, {"fields": 1}),
    ("again", {"levels": [{"size": 1}], "labels": {"a": "b"}, "side": "SIDE_BUY"}, {"side": 1}),
]


@pytest.mark.parametrize(("name", "value", "fields"), GOOD)
def test_values(order, parse, name, value, fields) -> None:
    """A message takes what it stands for, in any form that means it; its JSON form; and a message of its type."""
    if fields is None:
        with pytest.raises(SpliceError):
            splice(b"", order, [Set(name, value)])
        return
    found = getattr(parse(splice(b"", order, [Set(name, value)])), name)
    there = {field.name: each for field, each in found.ListFields()}
    assert {key: there[key] if key != "fields" else len(there[key]) for key in fields} == fields
    assert fields.keys() == there.keys() or name in ("json", "again")


BAD = [
    ("time", "noon", "time takes a time such as \"2026-07-30T14:03:21Z\" or nanoseconds since 1970, not 'noon'"),
    ("time", 1.5, 'time takes a time such as "2026-07-30T14:03:21Z" or nanoseconds since 1970, not 1.5'),
    ("time", 10**21, "time takes a time of the years 1 to 9999, not 1000000000000000000000"),
    ("wait", "soon", 'wait takes a duration such as "1.5s", "-20ms" or nanoseconds, not \'soon\''),
    ("wait", timedelta(days=999_999_999), "wait takes a duration of at most 315,576,000,000 seconds, not "),
    ("price", "much", "Decimal takes a number such as 5000.25, not 'much'"),
    ("price", float("nan"), "Decimal takes a finite number of at most 100 digits, not nan"),
    ("price", Decimal("1e99999"), "Decimal takes a finite number of at most 100 digits, not Decimal('1E+99999')"),
    ("price", 10**5000, "Decimal takes a finite number of at most 100 digits, not a number of very many digits"),
    ("price", True, "value takes text, not True"),
    ("price", Duration(), "price takes a s.Decimal, not a google.protobuf.Duration"),
    ("price", {"valeu": "1"}, "price takes a s.Decimal in its JSON form; "),
    ("wrapped", "x", "value takes a whole number from "),
    ("again", 5, "again takes a s.Order as a mapping of its fields, not 5"),
    ("again", {"side": "BYU"}, "again takes a s.Order in its JSON form; "),
    ("again", {5: {}}, "again takes a s.Order in its JSON form; "),
    ("again", {"levels": 5}, "again takes a s.Order in its JSON form; "),
    ("json", {"a": object()}, "json takes a google.protobuf.Struct in its JSON form; "),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD, ids=lambda each: str(type(each).__name__))
def test_misfits(order, name, value, sentence) -> None:
    """The sentence says what would fit."""
    with pytest.raises(SpliceError) as caught:
        splice(b"", order, [Set(name, value)])
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).isprintable()


def test_nesting_has_a_bound(order) -> None:
    """JSON that nests too deeply is a misfit as any other."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"again": deep}
    with pytest.raises(SpliceError, match=r"^again takes a s.Order in its JSON form; "):
        splice(b"", order, [Set("again", deep)])


def test_lists_of_such_values(order, parse) -> None:
    """What a message takes as a value, a list of them takes for each element."""
    result = splice(b"", order, [Set("prices", ["1.0", 2, Decimal(3)]), Append("prices", {"value": "4"})])
    assert [each.value for each in parse(result).prices] == ["1.0", "2", "3", "4"]
