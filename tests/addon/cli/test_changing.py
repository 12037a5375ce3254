"""The options for scripts, and for what is held."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from paperknife.cli import main

WRONG = [
    (["--hold", "order.quantiti > 1"], "--hold: "),
    (["--hold-seconds", "0"], "0 is not in the range x>=1"),
    (["--script", "nothing.py"], "nothing.py: a script in Python was expected: No such file or directory."),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG, ids=[told for _, told in WRONG])
def test_what_is_wrong_is_said_before_anything_runs(trading, tmp_path, monkeypatch, arguments, told) -> None:
    """With the exit status for misuse."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["proxy", "--schema", trading, "-p", "0", *arguments])
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output


def test_nobody_to_ask(launch, served, trading) -> None:
    """Where there is no terminal nothing is held, and that is said."""
    running = launch(
        *("paperknife", "proxy", "--mode", f"reverse:{served()}", "--schema", trading, "-p", "0"),
        *("--hold", "order.quantity > 100"),
    )
    running.until("Nothing is held: there is no terminal here to ask in")
    running.interrupt()
    assert running.end()[0] == 0
