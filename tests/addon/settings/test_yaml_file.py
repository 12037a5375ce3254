"""YAML with its places."""

from __future__ import annotations

import pytest

from paperknife.settings.yaml_file import LARGEST, ConfigError, read_yaml
from paperknife_decoders.definition import Fault


@pytest.fixture
def file(tmp_path):
    """A function that writes a file."""

    def written(text):
        path = tmp_path / "file.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("a: 1\nb: [x, 2.5, yes, true, ~, 'no']", {"a": 1, "b": ["x", 2.5, "yes", True, None, "no"]}),
        ("7: a\n0x10: b\n'7x': c", {7: "a", 16: "b", "7x": "c"}),
        ("a: 2026-01-02", {"a": "2026-01-02"}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ],
)
def test_data(file, text, data) -> None:
    """Plain data, and what YAML takes for a date is the text that was written."""
    assert read_yaml(file(text)).data == data


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", ":1:6: this is no YAML: expected ',' or ']'"),
        ("a: 1\na: 2", ":2:1: a stands here twice"),
        ("x: 1\na: !!python/object:os.system y", ":2:4: a plain value was expected, and one with the tag"),
        ("- 1\n---\n- 2", ":2:1: this is no YAML"),
        ("a: *.x", ":1:4: this is no YAML: found undefined alias '.x'; a text that begins with * needs quotes, as in"),
        ("a:\n\t- b", ":2:1: this is no YAML: found character '\\t' that cannot start any token; indent with spaces"),
        (
            "a: @b",
            ":1:4: this is no YAML: found character '@' that cannot start any token; a text that begins so needs",
        ),
        ("a: b: c", ":1:5: this is no YAML: mapping values are not allowed here; a text with a colon"),
        ("a:\n  - b: 1\n   c: 2", "; what belongs together begins in the same column"),
        ('a: "b', "; a quote or bracket is still open"),
        ("a: &a {b: 1}\nc: {<<: *a}", ":2:5: merging (<<) is not read here: write the keys out"),
        ("? [1]\n: 2", ":1:3: a key was expected"),
        ("a: &a [*a]", ": there is too much here"),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n"
                for a, b in zip("abcdefg", "bcdefgh", strict=True)
            ),
            "too much",
        ),
        ("[" * 900, ":1:1: this is nested too deeply."),
        ("\x00", ":1:1: this is no YAML"),
        (b"a: \xff", ": text in UTF-8 was expected, and byte 3 is none."),
        (b"#" * (LARGEST + 1), ": at most 4 MiB of YAML are read."),
    ],
)
def test_what_is_no_configuration(file, text, said) -> None:
    """Each fault has its place; nothing is executed, and nothing goes on without end."""
    with pytest.raises(ConfigError) as raised:
        read_yaml(file(text))
    assert said in str(raised.value)
    assert "file.yaml" in str(raised.value)


def test_a_file_that_is_not_there(tmp_path) -> None:
    """With the system's reason."""
    with pytest.raises(ConfigError, match=r"A YAML file was expected at .*nowhere.yaml: No such file"):
        read_yaml(tmp_path / "nowhere.yaml")


def test_faults_have_the_place_of_their_value(file) -> None:
    """Of a key where that is wrong, and the nearest place around where there is none; in the order of the file."""
    yaml = read_yaml(file("a:\n  b: 1\n  c: {d: 2}\n"))
    faults = [
        Fault(("a", "c", "d", 0), "inside"),
        Fault(("a", "c"), "the value"),
        Fault(("a", "b"), "the key", at_key=True),
        Fault((), "all"),
        Fault(("x",), "nowhere"),
    ]
    error = yaml.error(faults)
    places = [line.split("file.yaml")[1] for line in str(error).splitlines()]
    assert places == [":1:1: all", ":1:1: nowhere", ":2:3: the key", ":3:6: the value", ":3:10: inside"]
    assert len(error.found) == 5
