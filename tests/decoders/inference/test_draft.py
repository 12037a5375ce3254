"""A draft explains all the messages that it was made of."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decoders.inference.schemas import random_message, random_type, unexplained

from paperknife_decoders.inference.draft import draft_text
from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.schema import load_schema

TOGETHER = 12
"""So many drafts are compiled by one run of protoc."""


@given(st.integers(0, 1 << 32))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_draft_explains_every_message(tmp_path, seed):
    """It compiles; each message has no unknown field in it, and is written again as it was, but for the order."""
    random = Random(seed)
    messages = {}
    for index in range(TOGETHER):
        kind, sketch = random_type(random), Sketch()
        messages[index] = [random_message(random, kind) for _ in range(random.choice([1, 3, 20]))]
        for data in messages[index]:
            assert sketch.absorb(data)
        (tmp_path / f"draft{index}.proto").write_text(draft_text({"ClientMessage": sketch}, f"draft{index}"))
    schema = load_schema(tmp_path)
    assert not schema.faults
    for index, of_one in messages.items():
        kind = schema.message(f"draft{index}.ClientMessage")
        assert [fault for data in of_one if (fault := unexplained(kind, data))] == []
