"""The user's file as a module."""

from __future__ import annotations

import sys

import pytest

from paperknife.mutation.scripts.loading import ScriptError, load_script

WRONG = [
    ("def client_order(order, connection)\n", ":1: this is no Python: expected ':'."),
    ("\nimport nothing_like_this\n", ":2: ModuleNotFoundError: No module named 'nothing_like_this'"),
    ("raise SystemExit", ":1: SystemExit"),
    ("x = 1", ":1: a function such as client_order(message, connection) was expected, and there is none."),
    (
        "\ndef client_ordr(order, connection): pass",
        ":2: nothing is called client_ordr here; did you mean client_order?",
    ),
    ("def opened(): pass", ":1: opened(connection) was expected, and opened() was found."),
    ("\0", "mine.py"),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_cannot_be_loaded(tmp_path, tape, text, told) -> None:
    """It is said where and why, with no traceback."""
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(ScriptError) as caught:
        load_script(path, [tape.loaded.protocol])
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_no_file(tmp_path, tape) -> None:
    """Nor is a folder one."""
    for path in (tmp_path / "nothing.py", tmp_path):
        with pytest.raises(ScriptError, match="a script in Python was expected: "):
            load_script(path, [tape.loaded.protocol])


def test_a_script_may_be_more_than_handlers(tmp_path, tape) -> None:
    """It imports what lies beside it, has functions and dataclasses of its own, and the name of a standard module."""
    (tmp_path / "beside_it.py").write_text("LIMIT = 5\n")
    path = tmp_path / "json.py"
    path.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom os.path import join\n"
        "from beside_it import LIMIT\n\n@dataclass\nclass State:\n    n: int = LIMIT\n\n"
        "def _private(): pass\n\ndef client_order(order, connection): return State()\n\ndef mine(m, c): pass\n\n"
        "def rounded(price): return price\n"
    )
    before = list(sys.path)
    script = load_script(path, [tape.loaded.protocol])
    assert [handler.name for handler in script.handlers] == ["client_order", "mine"]
    assert script.own == {"rounded"}
    assert sys.path == before
    assert sys.modules["json"].__name__ == "json"
