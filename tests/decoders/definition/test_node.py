"""What is asked of values, and what is said where they are other ones."""

from __future__ import annotations

import pytest

from paperknife_decoders.definition.node import Node


@pytest.mark.parametrize(
    ("value", "ask", "answer", "said"),
    [
        ("a", lambda node: node.text("a name"), "a", ""),
        (
            5,
            lambda node: node.text("a name"),
            None,
            "a name was expected, and the number 5 was found; put it into quotes",
        ),
        ("", lambda node: node.text("a name"), None, "a name was expected, and an empty text was found"),
        (None, lambda node: node.texts("a name"), (), ""),
        ("a", lambda node: node.texts("a name"), ("a",), ""),
        (["a", []], lambda node: node.texts("a name"), ("a",), "a name was expected, and a list was found"),
        (7, lambda node: node.number("parts", 10), 7, ""),
        (
            True,
            lambda node: node.number("parts", 10),
            None,
            "a whole number from 1 to 10, was expected, and true was found",
        ),
        (11, lambda node: node.number("parts", 10), None, "and the number 11 was found"),
        (10**99, lambda node: node.number("parts", 10), None, "and a huge number was found"),
        (False, lambda node: node.truth("text"), False, ""),
        ("no", lambda node: node.truth("text"), False, "and 'no' was found"),
        ("clint", lambda node: node.choice(["client", "server"], "a side"), None, "did you mean client?"),
        ({"hots": 1}, lambda node: node.members(["host"], "`match`"), {}, "did you mean host?"),
        (1.5, lambda node: node.members(["host"], "`match`"), {}, "and the number 1.5 was found"),
        ("x" * 1000, lambda node: node.choice(["a"], "b"), None, "…"),
    ],
)
def test_questions(value, ask, answer, said) -> None:
    """The answer is there for what is right; else there is a sentence that says what was found."""
    node = Node(value)
    assert ask(node) == answer
    text = "\n".join(map(str, node.faults.found))
    assert said in text
    assert bool(said) == bool(text)
    assert len(text) < 300
