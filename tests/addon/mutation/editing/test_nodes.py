"""YAML with the place of each value."""

import pytest

from paperknife.mutation.editing.nodes import LONGEST, EditError, Group, Listing, Scalar, read_documents


def test_values_and_their_places() -> None:
    """Words keep their very text, and what YAML takes them for."""
    (found,) = read_documents("a: 5000.250\nb: [x, '1']\n")
    assert found == Group(
        {"a": Scalar("float", "5000.250"), "b": Listing((Scalar("str", "x"), Scalar("str", "1")))}, {}
    )
    assert isinstance(found, Group)
    assert (found.entries["b"].line, found.entries["b"].column) == (2, 4)
    assert found.keys["b"].line == 2


def test_documents() -> None:
    """Several are apart, and one with nothing but comments is a null."""
    assert read_documents("a: 1\n---\n# nothing\n---\n- 2\n") == [
        Group({"a": Scalar("int", "1")}, {}),
        Scalar("null", ""),
        Listing((Scalar("int", "2"),)),
    ]
    assert read_documents("") == [Scalar("null", "")]


WRONG = [
    ("a: [1\nb: 2", "2:", "a bracket or brace is still open"),
    ("a: 1\na: 2", "2:1", "a stands here twice"),
    ("\ta: 1", "1:1", "indent with spaces"),
    ("a: *b", "1:4", "a text that begins with * needs quotes"),
    ("? [a]\n: 1", "1:3", "a name was expected here"),
    ("a: !!python/object:os.system x", "1:4", "a plain value was expected"),
    ("[" * 150 + "]" * 150, "1:", "too much here"),
    ("[" * 5000, "1:1", "nested too deeply"),
    ("x" * (LONGEST + 1), "1:1", "At most"),
]


@pytest.mark.parametrize(("text", "place", "told"), WRONG, ids=[told for *_, told in WRONG])
def test_what_is_no_such_file(text, place, told) -> None:
    """It is said where and why."""
    with pytest.raises(EditError) as caught:
        read_documents(text)
    assert str(caught.value).startswith(place)
    assert told in str(caught.value)


def test_aliases_without_end() -> None:
    """Lists that repeat each other are not followed for ever."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20))]
    with pytest.raises(EditError, match="too much here"):
        read_documents("\n".join(lines))
