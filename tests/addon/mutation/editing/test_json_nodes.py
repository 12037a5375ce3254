"""Values of JSON from the file."""

from paperknife.mutation.editing.json_nodes import json_of
from paperknife.mutation.editing.nodes import Slip, read_documents


def read(before: str, after: str, true: object) -> tuple[object, list[Slip]]:
    slips: list[Slip] = []
    return json_of(read_documents(after)[0], read_documents(before)[0], true, slips), slips


def test_placeholders_keep_what_they_stand_for() -> None:
    """At their own place, in objects and in lists."""
    true = {"a": ["secret", 1], "token": "t", "n": 5}
    before = 'a: ["[redacted]", 1]\ntoken: "[redacted]"\nn: 5'
    assert read(before, before.replace("n: 5", "n: .5"), true) == (true | {"n": 0.5}, [])
    value, slips = read(before, before.replace('["[', '[0, "['), true)
    assert value == {"a": [0, "[redacted]", 1], "token": "t", "n": 5}
    assert [slip.line for slip in slips] == [1]


def test_all_kinds() -> None:
    """What YAML says is what JSON says."""
    assert read("x", "{a: [1, 2.5, true, null, text, {}], b: '1'}", None)[0] == {
        "a": [1, 2.5, True, None, "text", {}],
        "b": "1",
    }
