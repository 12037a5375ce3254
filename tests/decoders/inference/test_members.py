"""Which fields of an envelope are its payloads."""

import pytest

from paperknife_decoders.inference.members import payload_members, together
from paperknife_decoders.inference.sketch import Limits, Sketch

CASES = {
    "one in each message": (["0a020801", "12020801", "0a020802"], {1, 2}),
    "beside numbers and text": (["0a020801 1801 22017a", "12020801 1802"], {1, 2}),
    "empty ones": (["0a00", "12020801"], {1, 2}),
    "an empty message between": (["0a020801", "", "12020801"], {1, 2}),
    "beside a header": (["0a020801 12020801", "0a020801 1a020801"], {2, 3}),
    "bytes that were messages": (["0a020801", "0a03ff8080", "12020801"], {1, 2}),
    "the only field": (["0a020801", "0a020801"], {1}),
    "one of several fields": (["0a020801 1001", "0a020801"], set()),
    "two at once": (["0a020801 12020801", "0a020801"], set()),
    "none in one": (["0a020801", "12020801", "1801"], set()),
    "one twice": (["0a020801 0a020801", "12020801"], set()),
    "texts": (["0a0141", "120142"], set()),
    "numbers": (["0801", "1001"], set()),
    "a reserved number": (["c2a30901 61", "0a020801"], set()),
}


def sketch_of(messages, **limits):
    """All of some messages, in hex."""
    sketch = Sketch(Limits(**limits))
    for message in messages:
        sketch.absorb(bytes.fromhex(message))
    return sketch


@pytest.mark.parametrize(("messages", "expected"), CASES.values(), ids=CASES)
def test_payload_members(messages, expected):
    """Exactly one of them is in each message that is not empty."""
    assert payload_members(sketch_of(messages)) == expected


def test_too_many_combinations():
    """Where it is not known what came together, there is no oneof, and none that was there is taken apart."""
    sketch = sketch_of(["0a020801", "12020801", "0a020801 12020801"], combinations=2)
    assert payload_members(sketch) == frozenset()
    assert not together(sketch, frozenset({1, 2}))
