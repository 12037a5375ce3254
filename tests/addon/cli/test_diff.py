"""`paperknife diff` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main

RECORDINGS = Path(__file__).parents[3] / "recordings"
CALM, REJECTS, CUT = (RECORDINGS / f"{name}.mcap" for name in ("calm", "rejects", "cut"))


def diff(*arguments):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def test_a_recording_is_the_same_as_itself() -> None:
    """Nothing on stdout, one sentence on stderr, status 0."""
    result = diff(CALM, CALM)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "The same. 45 expected, 45 came, on 1 connection.\n"


def test_a_cut_one_is_compared_up_to_the_cut() -> None:
    """And that is said."""
    result = diff(CUT, CUT)
    assert result.exit_code == 0
    assert "has no end: it is still being written, or was cut off at byte" in result.stderr


def test_what_differs_is_told_field_by_field() -> None:
    """Other seeds, other markets: status 1."""
    result = diff(CALM, REJECTS)
    assert result.exit_code == 1
    assert "-> order changed\n     order.quantity: expected 36, found 22\n" in result.stdout
    assert "snapshot.depths.items[0].bid.size: expected 9, found 16" in result.stdout
    assert result.stderr.startswith("Different: ")


def test_a_report_takes_stdout_for_itself() -> None:
    """So that a program can read it."""
    result = diff(CALM, REJECTS, "--report", "json", "-")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == "different"


WRONG = [
    ([CALM], "Missing argument 'B'"),
    ([CALM, "nosuch.mcap"], "A recording was expected at nosuch.mcap"),
    ([CALM, "-"], "- is no place for one"),
    ([CALM, CALM, "--ignore", "order.nosuch"], "--ignore: no message of the recording has a field 'order.nosuch'"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_could_not_be_compared_is_a_sentence_and_2(arguments, words) -> None:
    """With what was expected."""
    result = diff(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
