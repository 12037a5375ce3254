"""Single values of a HAR, which may be anything at all."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperknife.recording.exchange.har_values import (
    FORM_FAULTS,
    is_websocket,
    read_message,
    read_session,
    read_time,
    without_bodies,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["type", "time", "opcode", "data", "request", "response", "headers", "url", "status", "name"])
OBJECTS = st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON))


@settings(max_examples=50)
@given(JSON | OBJECTS)
def test_anything_is_read_or_refused(value):
    """No value of a HAR raises anything but what is caught."""
    for read in (lambda: read_message(value, 0, 0), lambda: read_session(value), lambda: without_bodies(value)):
        with contextlib.suppress(*FORM_FAULTS):
            read()
    if isinstance(value, dict):
        is_websocket(value)


TIMES = {
    1_800_000_000: 1_800_000_000_000_000_000,
    1_800_000_000_500: 1_800_000_000_500_000_000,
    "1800000000.123456789": 1_800_000_000_123_456_789,
    2: 2_000_000_007,
}


@pytest.mark.parametrize(("value", "time_ns"), TIMES.items())
def test_times(value, time_ns):
    """Seconds, milliseconds or seconds from the start: the size of the number tells."""
    assert read_time(value, 7) == time_ns
