"""`paperknife info` as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main

COMMAND = Path(sys.executable).with_name("paperknife")


def info(*arguments, **more):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["info", *map(str, arguments)], **more)


def test_a_finished_recording(record):
    """Whole, with its connections and payloads."""
    result = info(record())
    assert result.exit_code == 0
    assert "session.mcap: whole, " in result.stdout
    assert "by the client after 2.0 s" in result.stdout
    assert "<- market_data" in result.stdout
    assert "secrets are masked; 1 message with something masked" in result.stdout
    assert "paperknife 0.1" in result.stdout
    assert result.stderr == ""


def test_a_file_that_was_cut(record):
    """It is counted, and told that it is not whole; the counts are those of the finished file."""
    path = record(packed=False)
    result = info(path)
    assert result.exit_code == 0
    assert "session.mcap: not whole, " in result.stdout
    assert "has no end: it is still being written, or was cut off" in result.stdout
    counts = [json.loads(info(each, "--format", "json").stdout) for each in (path, record(name="packed.mcap"))]
    assert [each.pop("whole") for each in counts] == [False, True]
    for each in counts:
        del each["cut"], each["size_on_disk"], each["file"]
    assert counts[0] == counts[1]


def test_json(record):
    """One object a line for each file, with times, sizes and rates."""
    first, second = map(json.loads, info(record(), record(), "--format", "json").stdout.splitlines())
    assert first == second
    assert (first["messages"], first["masked"], first["whole"]) == (11, 1, True)
    assert first["start"] == "2030-03-17T17:46:40.000000000Z"
    assert first["duration_s"] == 2.0
    assert first["payloads"][0]["rate"] == 0.5
    assert first["connections"][0]["closed"] == "2030-03-17T17:46:42.000000000Z"
    assert first["connections"][1]["code"] is None
    assert first["fates"] == {"changed": 1, "dropped": 1}


def test_stdin(record):
    """- is the standard input."""
    with record().open("rb") as file:
        found = subprocess.run([COMMAND, "info", "-"], stdin=file, capture_output=True, check=True)
    assert b": whole, " in found.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "A recording was expected at"),
        (b"", "is empty"),
        (b"hello", "is no recording"),
        ("folder", "Is a directory"),
    ],
)
def test_mistakes(tmp_path, content, words):
    """One sentence, exit status 2."""
    path = tmp_path / "it"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    result = info(path)
    assert result.exit_code == 2
    assert words in result.stderr


def test_one_of_several_files_that_is_none(record, tmp_path):
    """The others are told of; the exit status is 2."""
    empty = tmp_path / "empty.mcap"
    empty.touch()
    result = info(record(), empty, record(), "--format", "json")
    assert [json.loads(line)["whole"] for line in result.stdout.splitlines()] == [True, True]
    assert "is empty" in result.stderr
    assert result.exit_code == 2
