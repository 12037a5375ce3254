"""Which fields matter, by their names and types."""

import pytest

from paperknife.stats.fields import about_of, counts, fields_of, is_snapshot, marks_of


def names(found):
    """Their paths."""
    return [".".join(path) for path, *_ in found]


@pytest.mark.parametrize(
    ("payload", "numbers", "about", "marks"),
    [
        ("plain", ["sequence"], [], []),
        ("tick", ["seq_no"], ["symbol"], ["is_snapshot"]),
        ("deep", ["header.msg_seq_num"], ["instrument.symbol", "instrument.exchange"], []),
        ("book", ["sequence_number"], ["symbol"], ["kind"]),
        ("many", [], ["channel"], []),
    ],
)
def test_what_each_field_is_for(feed, payload, numbers, about, marks):
    """Numbers, what they are about, and what begins them anew; a float never counts."""
    kind = feed.types["Down"].descriptor.fields_by_name[payload].message_type
    scalars, _ = fields_of(kind, (), ())
    assert names((path, field) for path, field in scalars if counts(field)) == numbers
    assert names(about_of(scalars)) == about
    assert names(marks_of(scalars)) == marks


def test_types_that_lie_in_themselves_end(feed):
    """There is a bound to how deep one looks; maps are passed over."""
    kind = feed.types["Down"].descriptor.fields_by_name["loop"].message_type
    scalars, lists = fields_of(kind, (), ())
    assert max(len(path) for path, _ in scalars) == 4
    assert not [path for path, _ in lists if "items" in path]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("snapshot", True),
        ("MarketDataSnapshotFullRefresh", True),
        ("book_snapshot", True),
        ("refresh_token", False),
        ("", False),
    ],
)
def test_snapshots(name, expected):
    """By their names."""
    assert is_snapshot(name) is expected
