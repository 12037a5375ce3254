"""Elements of lists, packed or not."""

from __future__ import annotations

import pytest

from paperknife_decoders.errors import DecodeError
from paperknife_decoders.splice.elements import elements_of, is_packed
from paperknife_decoders.splice.hops import form_of
from paperknife_decoders.splice.scanning import records_in

CASES = [
    ("sizes", "3203018002 3005", ["01", "8002", "05"]),
    ("sizes", "3200", []),
    ("sizes", "320aff80808080808080800 1".replace(" ", ""), ["ff808080808080808001"]),
    ("loose", "3801 3a0102", ["01", "02"]),
    ("ratios", "6110000000000000f0 620800000000000000 01".replace(" ", ""), ["10000000000000f0", "0000000000000001"]),
    ("sides", "5a04018e0001", ["01", "01"]),
    ("levels", "2a00 2a020801", ["", "0801"]),
    ("names", "82020161", ["61"]),
]


@pytest.mark.parametrize(("name", "data", "contents"), CASES)
def test_elements(order, name, data, contents) -> None:
    """Each element in its order; numbers that a closed enum does not know are none."""
    raw, form = bytes.fromhex(data), form_of(order.fields_by_name[name])
    records = records_in(raw, [(0, len(raw))], form.tags)
    found = elements_of(raw, records, form)
    assert [raw[each.start : each.end].hex() for each in found] == contents
    assert {each.record for each in found} <= set(records)


@pytest.mark.parametrize(
    ("name", "data"),
    [("sizes", "320180"), ("sizes", "320b" + "80" * 10 + "01"), ("sizes", "320201ff"), ("ratios", "620100")],
)
def test_broken(order, name, data) -> None:
    """Packed numbers that do not come out even are broken, and not guessed at."""
    raw, form = bytes.fromhex(data), form_of(order.fields_by_name[name])
    with pytest.raises(DecodeError, match=r"^packed numbers of "):
        elements_of(raw, records_in(raw, [(0, len(raw))], form.tags), form)


def test_texts_are_not_packed(order) -> None:
    """Only numbers are; any other record of a list is one element."""
    raw = bytes.fromhex("820200 3200")
    forms = [form_of(order.fields_by_name[name]) for name in ("names", "sizes")]
    assert [is_packed(records_in(raw, [(0, 5)], form.tags)[0], form) for form in forms] == [False, True]
