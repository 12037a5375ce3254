"""What a recording holds: kept as JSON, read back whatever it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.recording.summary import ConnectionSummary, PayloadCount, Summary

NUMBERS = st.integers(0, 1 << 62)
WORDS = st.text(max_size=10)
SUMMARIES = st.builds(
    Summary,
    *[NUMBERS] * 10,
    st.lists(st.builds(ConnectionSummary, NUMBERS, WORDS, WORDS), max_size=3).map(tuple),
    st.lists(st.builds(PayloadCount, WORDS, WORDS, NUMBERS, NUMBERS), max_size=3).map(tuple),
    st.dictionaries(WORDS, NUMBERS, max_size=2),
    st.lists(WORDS, max_size=2).map(tuple),
)


@given(SUMMARIES)
def test_round_trip(summary):
    """A summary comes back from its metadata as it was."""
    assert Summary.from_metadata(summary.to_metadata()) == summary


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["start_ns", "connections", "payloads", "fates", "schemas", "messages"])


@given(JSON | st.dictionaries(MEMBERS, JSON | st.lists(st.dictionaries(st.sampled_from(["number", "url"]), JSON))))
def test_hostile_metadata(value):
    """Any JSON is a summary or a ValueError."""
    try:
        found = Summary.from_metadata({"summary": json.dumps(value)})
    except ValueError:
        return
    assert all(isinstance(row.number, int) for row in found.connections)


@pytest.mark.parametrize("metadata", [{}, {"summary": ""}, {"summary": "[" * 100_000}])
def test_no_summary(metadata):
    """What is no JSON is a ValueError too."""
    with pytest.raises(ValueError, match=r"no summary|JSON|Expecting"):
        Summary.from_metadata(metadata)
