"""The entries of maps, and their keys."""

from __future__ import annotations

import pytest

from paperknife_decoders.splice import SpliceError, path_from
from paperknife_decoders.splice.entries import entries_of, key_field, key_from, key_of, value_field
from paperknife_decoders.splice.hops import form_of
from paperknife_decoders.splice.scanning import records_in

KEYS = [
    ("labels", "0a0161", b"a"),
    ("labels", "0a0161 0a0162", b"b"),
    ("labels", "120161", b""),
    ("by_id", "08ffffffff0f", -1),
    ("by_id", "088580808010", 5),
    ("by_id", "0a0161", 0),
    ("flags", "0802", True),
    ("flags", "", False),
]


@pytest.mark.parametrize(("name", "content", "key"), KEYS)
def test_keys(order, name, content, key) -> None:
    """The last one in an entry counts, as it counts for the key's type; one that is not written is zero or empty."""
    field = order.fields_by_name[name]
    data = form_of(field).record(bytes.fromhex(content))
    (entry,) = records_in(data, [(0, len(data))], form_of(field).tags)
    assert key_of(data, entry, form_of(key_field(field))) == key


def test_entries_of_a_key(order) -> None:
    """All entries of a key in their order, but those that a closed enum does not know."""
    data = bytes.fromhex("520408011001 520408001001 520408011007 52020801")
    hop = path_from("flags[true]", order).hops[0]
    found = entries_of(data, records_in(data, [(0, len(data))], hop.form.tags), hop)
    assert [entry.start for entry in found] == [0, 18]


def test_keys_from_values(order) -> None:
    """A key and its record, or why it is none."""
    field = order.fields_by_name["by_id"]
    assert key_from("5", field) == (5, b"\x08\x05")
    assert value_field(field).name == "value"
    with pytest.raises(SpliceError, match=r"^key takes a whole number from "):
        key_from(2**31, field)
