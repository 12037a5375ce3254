"""What the chunks of a recording hold, counted."""

from __future__ import annotations

import pytest
from mcap.reader import make_reader

from paperknife.recording import packing
from paperknife.recording.counter import Counter
from paperknife.recording.reading import Recording
from paperknife.recording.summary import SUMMARY, Summary


@pytest.mark.parametrize("chunk", [300, 1 << 20])
def test_the_counts_are_those_of_the_items_one_by_one(chunk, record, monkeypatch) -> None:
    """Many at once or one by one, in chunks of any size."""
    plain = record(packed=False)
    counter = Counter()
    for item in Recording(plain):
        counter.add(item)
    monkeypatch.setattr(packing, "CHUNK", chunk)
    packing.pack(plain, plain)
    with plain.open("rb") as stream:
        told = {each.name: each.metadata for each in make_reader(stream).iter_metadata()}
    summary = Summary.from_metadata(told[SUMMARY])
    expected = counter.summary()
    assert sorted(summary.payloads, key=repr) == sorted(expected.payloads, key=repr)
    for name in Summary.__dataclass_fields__:
        if name not in ("payloads", "schemas", "fates"):
            assert getattr(summary, name) == getattr(expected, name), name
    assert (dict(summary.fates), set(summary.schemas)) == (dict(expected.fates), set(expected.schemas))
