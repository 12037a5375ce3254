"""What is known of a field before any message is read."""

from __future__ import annotations

import pytest

from paperknife_decoders.splice.hops import form_of, is_map

FORMS = [
    ("id", {0x08}, "08", "", ""),
    ("symbol", {0x12}, "12", "", ""),
    ("sizes", {0x30, 0x32}, "30", "", "32"),
    ("ratios", {0x61, 0x62}, "61", "", "62"),
    ("names", {0x102}, "8202", "", ""),
    ("extra", {0x83}, "8301", "8401", ""),
    ("number", {0x6A, 0x72, 0x78}, "78", "", ""),
]


@pytest.mark.parametrize(("name", "tags", "tag", "close", "packed"), FORMS)
def test_forms(order, name, tags, tag, close, packed) -> None:
    """Its tags and those of its rivals, and what starts and ends a new record."""
    form = form_of(order.fields_by_name[name])
    assert (set(form.tags), form.tag.hex(), form.close.hex(), form.packed.hex()) == (tags, tag, close, packed)


def test_closed_enums(order) -> None:
    """Of a closed enum it is known which numbers count."""
    assert set(form_of(order.fields_by_name["side"]).tags.values()) == {frozenset({0, 1, -1})}


def test_records(order) -> None:
    """New records are in as few bytes as they take."""
    assert form_of(order.fields_by_name["extra"]).record(b"\x08\x01").hex() == "830108018401"
    assert form_of(order.fields_by_name["names"]).record(b"a" * 128)[:4].hex() == "82028001"


def test_maps(order) -> None:
    """A map is told from a list."""
    assert [is_map(order.fields_by_name[name]) for name in ("labels", "levels", "sizes")] == [True, False, False]
