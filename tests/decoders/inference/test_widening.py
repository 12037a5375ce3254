"""A draft that is widened explains old and new messages, and loses nothing."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decoders.inference.schemas import random_message, random_type, unexplained

from paperknife_decoders.inference.draft import draft_text
from paperknife_decoders.inference.sketch import Sketch
from paperknife_decoders.inference.widening import widened
from paperknife_decoders.schema import load_schema

TOGETHER = 8
"""So many drafts are compiled by one run of protoc."""


def sketch_of(messages):
    """All of some messages."""
    sketch = Sketch()
    assert all(sketch.absorb(data) for data in messages)
    return sketch


def numbers(kind):
    """Every field of a schema's messages: the type's name, and the field's number."""
    return {(message.full_name, field.number) for message in kind for field in message.fields}


@given(st.integers(0, 1 << 32))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_widened_draft_explains_old_and_new(tmp_path, seed):
    """Every field stays, all messages are explained, and the same messages once more change nothing."""
    random = Random(seed)
    said: dict[int, list[bytes]] = {}
    for index in range(TOGETHER):
        kind = random_type(random)
        said[index] = [random_message(random, kind) for _ in range(12)]
        text = draft_text({"M": sketch_of(said[index][:2])}, f"draft{index}")
        (tmp_path / f"draft{index}.proto").write_text(text)
    for some in (slice(2, 6), slice(6, 12), slice(0, 12)):
        schema = load_schema(tmp_path)
        assert not schema.faults
        before = numbers(schema.messages())
        for file in schema.files:
            path = tmp_path / file.name
            index = int(file.proto.package.removeprefix("draft"))
            result = widened(path.read_bytes(), file, {"M": sketch_of(said[index][some])})
            path.write_bytes(result.text)
            assert not result.left
            if some == slice(0, 12):
                assert (result.changes, result.text) == ((), path.read_bytes())
        schema = load_schema(tmp_path)
        assert not schema.faults
        assert before <= numbers(schema.messages())
    for index, messages in said.items():
        kind = schema.message(f"draft{index}.M")
        assert [fault for data in messages if (fault := unexplained(kind, data))] == []
