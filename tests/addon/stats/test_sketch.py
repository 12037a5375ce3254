"""Percentiles."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from paperknife.stats.sketch import ERROR, Sketch, bucket_of, value_of

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0)


def is_near(found, exact):
    """Within 1 %, and rounded to a whole number."""
    return abs(found - exact) <= exact * ERROR * 1.000001 + 0.5


def filled(values):
    """A sketch of these values."""
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1), st.sampled_from(SHARES))
def test_a_percentile_is_within_one_percent_of_the_one_in_a_sorted_list(values, share):
    """Whatever the values; the nearest-rank definition is meant."""
    exact = sorted(values)[max(math.ceil(share * len(values)), 1) - 1]
    assert is_near(filled(values).percentile(share), exact)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_the_ends_are_exact(values):
    """As is the count."""
    sketch = filled(values)
    assert (sketch.count, sketch.smallest, sketch.largest) == (len(values), min(values), max(values))
    assert sketch.percentile(1.0) == max(values)


@given(st.integers(1, 2**64 - 1))
def test_a_bucket_is_narrow(value):
    """What stands for a bucket is within 1 % of all in it."""
    assert is_near(value_of(bucket_of(value)), value)


def test_few_buckets():
    """All numbers of 64 bits fit into a few thousand buckets."""
    assert bucket_of(2**64) < 2230
    assert bucket_of(0) == -1
    assert value_of(-1) == 0


def test_nothing():
    """Of no values all is 0."""
    assert (Sketch().percentile(0.5), Sketch().count, Sketch().largest) == (0, 0, 0)


def test_below_zero_is_zero():
    """A clock that was set back is no time machine."""
    assert filled([-5]).percentile(0.5) == 0


@given(st.lists(st.integers(0, 10**12), min_size=1), st.lists(st.integers(0, 10**12), min_size=1))
def test_what_came_since(before, after):
    """A difference is a sketch of what was added, but for the ends."""
    sketch = filled(before)
    earlier = Counter(sketch.buckets)
    for value in after:
        sketch.add(value)
    new = sketch.since(earlier)
    assert new.count == len(after)
    exact = sorted(after)[math.ceil(0.5 * len(after)) - 1]
    assert is_near(new.percentile(0.5), exact)
