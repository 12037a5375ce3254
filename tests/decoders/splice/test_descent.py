"""How far a message has what a path says."""

from __future__ import annotations

import pytest

from paperknife_decoders.splice import NoElement, path_from
from paperknife_decoders.splice.descent import at_index, descend

CASES = [
    ("again.price.value", "", "again", []),
    ("again.price.value", "d20100", "again.price", [1]),
    ("again.price.value", "d201022200 d201022200", "again.price.value", [2, 2]),
    ("levels[1].size", "2a00 2a00", "levels[1].size", [1]),
    ("by_id[5].price", "4a00", "by_id[5]", []),
    ("by_id[0].price", "4a00", "by_id[0]", [1]),
]


@pytest.mark.parametrize(("path", "data", "reached", "parents"), CASES)
def test_places(order, path, data, reached, parents) -> None:
    """The hop that was reached, and the records of the parents before it."""
    place = descend(bytes.fromhex(data), path_from(path, order).hops)
    assert place.hop.text == reached
    assert [len(records) for records in place.parents] == parents
    assert place.is_reached == (reached == path)


@pytest.mark.parametrize(("index", "count", "found"), [(0, 1, 0), (-1, 3, 2), (2, 3, 2), (3, 3, None), (-4, 3, None)])
def test_indexes(order, index, count, found) -> None:
    """From the start or from the end, and nowhere else."""
    hop = path_from("levels[0].size", order).hops[0]
    if found is None:
        with pytest.raises(NoElement, match=r"^levels\[0\] is not in this message, its list has 3 elements$"):
            at_index(hop, index, count)
    else:
        assert at_index(hop, index, count) == found
