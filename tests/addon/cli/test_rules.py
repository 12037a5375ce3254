"""`paperknife rules` as a user meets it: check and list-actions."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.demo.files import given_schema
from paperknife.mutation.rules.actions.catalogue import ACTIONS

GOOD = "rules:\n  - {on: client order, when: order.quantity > 100, do: {set: {order.quantity: 100}}}\n"
BAD = "rules:\n  - {on: client odrer, do: drop}\n  - {on: client order, do: {set: {order.side: BYU}}}\n"


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """A function that runs the command in a folder with a good and a bad file."""
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text(BAD)
    return lambda *arguments: CliRunner().invoke(main, ["rules", *arguments])


def test_rules_that_are_off(rules):
    """They are counted, and checked as all others are."""
    off = "  - {on: client cancel, enabled: false, do: drop}\n"
    Path("good.yaml").write_text(GOOD + off)
    result = rules("check", "good.yaml", "--schema", str(given_schema()))
    assert result.exit_code == 0
    assert "no faults in 2 rules, of which 1 off" in result.stderr
    Path("good.yaml").write_text(GOOD + off.replace("cancel", "cancle"))
    result = rules("check", "good.yaml", "--schema", str(given_schema()))
    assert result.exit_code == 1
    assert "did you mean cancel?" in result.stdout


def test_good_rules(rules):
    """No fault is exit status 0; what was loaded is said."""
    result = rules("check", "good.yaml", "--schema", str(given_schema()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("no faults in 1 rule\nSchema: ")


def test_bad_rules(rules):
    """A line for each fault, and exit status 1."""
    result = rules("check", "good.yaml", "bad.yaml", "--schema", str(given_schema()))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "bad.yaml:2:10: a payload of the client was expected, and 'odrer' was found; did you mean order?",
        "bad.yaml:3:47: order.side: side is never 'BYU'; did you mean BUY? It is one of: SIDE_UNSPECIFIED, BUY, SELL",
    ]
    assert result.stderr == "2 faults.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.yaml"], "A file of rules was expected at nowhere.yaml: No such file or directory."),
        (["."], "A file of rules was expected at .: Is a directory."),
        (["good.yaml", "--schema", "nowhere"], "nowhere"),
        (["good.yaml", "--client", "x.Y"], ""),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_read(rules, arguments, sentence):
    """What is not there is exit status 2, with one sentence."""
    result = rules("check", *arguments)
    assert (result.exit_code in (1, 2), result.stdout == "" or "schema" in result.stdout) == (True, True)
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_schema(rules):
    """Without a schema names cannot be right, and that is what is said."""
    result = rules("check", "good.yaml")
    assert result.exit_code == 1
    assert "needs a schema" in result.stdout


def test_by_the_protocol_of_a_config(rules):
    """The protocols of paperknife.yaml are those that rules are for."""
    Path("paperknife.yaml").write_text(f"protocols:\n  - name: desk\n    schema: [{given_schema()}]\n")
    assert rules("check", "good.yaml").exit_code == 0
    assert rules("check", "bad.yaml").exit_code == 1


def test_list_of_actions(rules):
    """Each action is listed with what it does and an example that can be copied."""
    lines = rules("list-actions").stdout.splitlines()
    assert [line.split()[0] for line in lines[::2]] == list(ACTIONS)
    assert [line.strip() for line in lines[1::2]] == [action.example for action in ACTIONS.values()]
