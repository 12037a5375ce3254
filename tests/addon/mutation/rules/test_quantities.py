"""Times, rates and shares as rules say them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperknife.mutation.rules.quantities import Rate, Span, rate_in, seconds_in, share_in, size_in, span_in
from paperknife_decoders.definition.node import Node

READERS = {
    "span": lambda node: span_in(node, "a time"),
    "seconds": lambda node: seconds_in(node, "a time"),
    "rate": rate_in,
    "size": size_in,
    "share": lambda node: share_in(node, "a share"),
}

CASES = [
    ("span", "50ms", Span(0.05, 0.05)),
    ("span", "50ms..1.5s", Span(0.05, 1.5)),
    ("span", "1m30s .. 2m", Span(90.0, 120.0)),
    ("seconds", "10s", 10.0),
    ("seconds", 0, 0.0),
    ("rate", "100/s", Rate(messages=100.0)),
    ("rate", "0.5 /s", Rate(messages=0.5)),
    ("rate", "64KB/s", Rate(size=64_000.0)),
    ("rate", "1 MiB / s", Rate(size=1 << 20)),
    ("size", 10, Span(10, 10)),
    ("size", "1..20", Span(1, 20)),
    ("size", "10%..90%", Span(10, 90, in_percent=True)),
    ("share", 0.5, 0.5),
    ("share", "5%", 0.05),
    ("share", 1, 1.0),
]


@pytest.mark.parametrize(("reader", "written", "expected"), CASES)
def test_quantities(reader, written, expected):
    """Each is a number, a range or a rate, in seconds, bytes or percents."""
    node = Node(written)
    assert READERS[reader](node) == expected
    assert node.faults.found == []


WRONG = [
    None,
    "",
    "x",
    "5",
    "-1s",
    "5s..",
    "..5s",
    "2s..1s",
    "25h",
    -1,
    1.5,
    True,
    [],
    {},
    "9" * 5000,
    "1..2..3",
    "nan",
]


@pytest.mark.parametrize("written", WRONG)
@pytest.mark.parametrize("reader", ["span", "rate"])
def test_faults(reader, written):
    """What is none is told with what would be one."""
    node = Node(written)
    assert READERS[reader](node) is None
    (fault,) = node.faults.found
    assert "was expected" in fault.sentence


ANYTHING = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.none()))


@given(written=ANYTHING, reader=st.sampled_from(list(READERS)))
def test_never_raises(written, reader):
    """Whatever stands there is a quantity or a fault."""
    READERS[reader](Node(written))


@given(low=st.floats(0, 100), more=st.floats(0, 100), seed=st.integers())
def test_draws_are_within(low, more, seed):
    """A number that is drawn is in its range, and where there is no range no chance is asked."""
    span = Span(low, low + more)
    assert span.low <= span.draw(lambda: Random(seed)) <= span.high
    assert Span(low, low).draw(lambda: 1 / 0) == low
