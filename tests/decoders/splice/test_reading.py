"""What a path leads to: its bytes, and its value."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from tests.decoders.splice.disturbed import SCHEMAS, parsed, random_message, random_type
from tests.decoders.splice.test_writing import SEEDS, Spot, get, has, is_map

from paperknife_decoders.splice import PathError, SpliceError, read_value, spans_at

CASES = [
    ("0801 0802", "id", ["02"], 2),
    ("1200", "id", [], None),
    ("1200", "symbol", [""], ""),
    ("22030a0131 22030a0132", "price.value", ["32"], "2"),
    ("2200 22020a00", "price", ["", "0a00"], ...),
    ("3203010203 3004", "sizes", ["01", "02", "03", "04"], [1, 2, 3, 4]),
    ("3203010203 3004", "sizes[-2]", ["03"], 3),
    ("320301", "sizes[1]", None, None),
    ("3004", "sizes[1]", [], None),
    ("2a020801", "levels[0].size", ["01"], 1),
    ("2a020801", "levels[1].size", [], None),
    ("1200", "again.levels[0].size", [], None),
    ("42060a0161120178", 'labels["a"]', ["78"], "x"),
    ("42060a0161120178", 'labels["b"]', [], None),
    ("42030a0161", 'labels["a"]', [], ""),
    ("42060a0161120178 4200", "labels", ["0a0161120178", ""], {"a": "x", "": ""}),
    ("6a0161 7802", "account", [], None),
    ("c23e020805", "[s.bonus].size", ["05"], 5),
    ("ca3e0161", "[s.tags]", ["61"], ["a"]),
    ("18ffffffffffffffffff01", "side", ["ffffffffffffffffff01"], -1),
]


@pytest.mark.parametrize(("data", "path", "contents", "value"), CASES)
def test_reading(order, data, path, contents, value) -> None:
    """The places are those of what counts, and what is unset has none."""
    raw = bytes.fromhex(data)
    if contents is None:
        with pytest.raises(SpliceError, match=f"^{path[:5]}.* cannot be read, the message is broken: "):
            spans_at(raw, order, path)
        return
    assert [raw[start:end].hex() for start, end in spans_at(raw, order, path)] == contents
    assert value is ... or read_value(raw, order, path) == value


def test_faults(order) -> None:
    """A wrong path and broken bytes are sentences."""
    with pytest.raises(PathError):
        read_value(b"", order, "idd")
    with pytest.raises(
        SpliceError, match=r"^id cannot be read, the message is broken: a number is cut short at byte 1$"
    ):
        read_value(b"\x08", order, "id")


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_what_the_library_reads(seed: int) -> None:
    """A value is that of the message parsed as a whole; without presence it is unset where it is not on the wire."""
    random = Random(seed)
    kind = random_type(random.randrange(SCHEMAS))
    data = random_message(random, kind)
    message = parsed(kind, data)
    spot = Spot(random, message)
    found = read_value(data, kind, spot.text)
    parent = spot.parent(message, make=False)
    field, chosen = spot.hops[-1]
    if parent is None or (not field.is_repeated and field.has_presence and not has(parent, field)):
        assert found is None
        return
    value = get(parent, field)
    if chosen is not None:
        value = value.get(chosen) if is_map(field) else value[chosen]
    elif field.is_repeated:
        value = dict(value) if is_map(field) else list(value)
    assert repr(found) == repr(value) or (found is None and not value)
