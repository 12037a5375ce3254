"""`paperknife rules try` as a user meets it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "recordings"

RULES = """\
seed: 7
rules:
  - name: big orders are cut
    on: client order
    when: order.quantity > 100
    do: [{set: {order.quantity: 100}}]
  - name: the venue says no
    on: client order
    limit: 2
    do: [drop, {reply: {order_response: {request_id: "{order.request_id}", status: REJECTED}}}]
  - {name: never, on: client unsubscribe, do: drop}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(arguments)` in a folder with rules and recordings."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(RULES)
    for name in ("rejects", "cut"):
        shutil.copy(RECORDINGS / f"{name}.mcap", tmp_path)
    return lambda *arguments, **more: CliRunner().invoke(main, ["rules", "try", *arguments], **more)


def test_lines(run):
    """What would have been done, message by message, then the counts of all rules; exit status 0."""
    result = run("rules.yaml", "rejects.mcap", "--no-color")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].endswith("#1 -> order  the venue says no")
    assert lines[1] == "    dropped"
    assert lines[2].startswith("    sends <- order_response  ")
    assert "REJECTED" in lines[2]
    assert "    order.quantity: 500 -> 100" in lines
    counts = lines[next(at for at, line in enumerate(lines) if "messages, of which" in line) :]
    assert counts == [
        "250 messages, of which rules would have taken 4.",
        "  big orders are cut         2",
        "  the venue says no          2",
        "  never                      0",
    ]


def test_json(run):
    """One object for each message that a rule takes, and a last one with the counts."""
    *messages, last = map(json.loads, run("rules.yaml", "rejects.mcap", "--format", "json").stdout.splitlines())
    assert last == {
        "messages": 250,
        "touched": 4,
        "unsent": 0,
        "rules": [
            {"rule": "big orders are cut", "hits": 2, "faults": 0},
            {"rule": "the venue says no", "hits": 2, "faults": 0},
            {"rule": "never", "hits": 0, "faults": 0},
        ],
        "counters": {},
    }
    assert messages[0]["dropped"] is True
    assert messages[0]["sends"][0]["messages"][0]["message"]["order_response"]["status"] == "REJECTED"
    assert messages[-1]["changes"] == [{"path": "order.quantity", "before": "500", "after": "100"}]


def test_quiet_and_same_again(run):
    """Only the counts; and the same again, since chance comes from the seed."""
    quiet = run("rules.yaml", "rejects.mcap", "-q").stdout
    assert len(quiet.splitlines()) == 4
    text = RULES + "  - {name: chance, probability: 0.2, do: {corrupt: anywhere}}\n"
    Path("rules.yaml").write_text(text)
    outputs = {run("rules.yaml", "rejects.mcap").stdout for _ in range(2)}
    assert len(outputs) == 1
    Path("rules.yaml").write_text(text.replace("seed: 7", "seed: 8"))
    assert run("rules.yaml", "rejects.mcap").stdout not in outputs


def test_cut_recording(run):
    """A recording without an end is read up to there, which is said."""
    result = run("rules.yaml", "cut.mcap", "-q")
    assert result.exit_code == 0
    assert result.stderr.startswith("! ")


def test_stdin(run):
    """- is the standard input."""
    command = [sys.executable, "-m", "paperknife", "rules", "try", "rules.yaml", "-", "-q"]
    done = subprocess.run(command, input=Path("rejects.mcap").read_bytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"250 messages")


def test_nothing_done(run):
    """Where no rule would have done anything the exit status is 1."""
    Path("rules.yaml").write_text("rules: [{on: client unsubscribe, do: drop}]")
    result = run("rules.yaml", "rejects.mcap")
    assert (result.exit_code, result.stderr) == (1, "No rule would have done anything.\n")


def test_secrets_are_masked(run):
    """A secret is not said, neither in a change nor in what is sent besides."""
    Path("rules.yaml").write_text(
        "rules:\n  - on: client login\n    do: [{set: {login.password: hunter22}}, "
        "{inject: {login: {user: bob, password: hunter33}}}, {log: '{login.password}'}]\n"
    )
    for form in ("text", "json"):
        result = run("rules.yaml", "rejects.mcap", "--format", form)
        assert result.exit_code == 0
        assert "hunter" not in result.stdout
        assert "login" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "text", "sentence"),
    [
        (
            ["rules.yaml", "rejects.mcap"],
            "rules: [{on: client odrer, do: drop}]",
            "rules.yaml:1:14: a payload of the client",
        ),
        (["rules.yaml", "rejects.mcap"], "rules: [{do: dorp}]", "rules.yaml:1:14: an action was expected"),
        (["rules.yaml", "rejects.mcap"], "rules: [", "this is no YAML"),
        (["nowhere.yaml", "rejects.mcap"], RULES, "nowhere.yaml"),
        (["rules.yaml", "nowhere.mcap"], RULES, "nowhere.mcap"),
        (["rules.yaml", "rules.yaml"], RULES, "rules.yaml"),
        (["rejects.mcap", "rules.yaml"], RULES, "rejects.mcap is a recording, and rules were expected"),
        (["rejects.mcap"], RULES, "A file of rules and a recording were expected"),
    ],
)
def test_what_cannot_be_done(run, arguments, text, sentence):
    """Rules that are wrong, and what is no recording, are exit status 2 with one sentence."""
    Path("rules.yaml").write_text(text)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_all_faults_at_once(run):
    """What is wrong by itself and what only the recording's schema tells."""
    Path("rules.yaml").write_text("rules: [{do: dorp}, {on: client odrer, do: drop}]")
    result = run("rules.yaml", "rejects.mcap")
    assert result.exit_code == 2
    assert "did you mean drop?" in result.stderr
    assert "did you mean order?" in result.stderr


def test_help_examples(run):
    """The examples of the help can be typed."""
    text = run("--help").stdout
    assert "paperknife rules try rules.yaml session.mcap\n" in text
    Path("rejects.mcap").rename("session.mcap")
    assert run("rules.yaml", "session.mcap").exit_code == 0
