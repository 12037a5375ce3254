"""The worked example in CONTRIBUTING is whole: its files, its test and its command, as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text()
FILES = {
    block.split("\n")[0].split()[1]: block
    for block in re.findall(r"^```(?:proto|python|yaml)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
}
COMMANDS = re.findall(r"^```console\n\$ paperknife (.*?)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of the example."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_there_is_one() -> None:
    """It has a schema, a step, a definition and a test of it."""
    assert list(FILES) == ["desk.proto", "masked.py", "paperknife.yaml", "test_masked.py"]
    assert COMMANDS


@pytest.mark.parametrize(("arguments", "output"), COMMANDS)
def test_its_command(folder, arguments, output) -> None:
    """What is printed is what stands there."""
    result = CliRunner().invoke(main, arguments.split())
    assert result.stdout == output
    assert result.exit_code == 0
    wrong = CliRunner().invoke(main, [*arguments.split()[:-1], "5a5052"])
    assert wrong.exit_code == 1
    assert "a checksum of 10 was expected, and 82 was found" in wrong.stdout


def test_its_test(folder) -> None:
    """It passes by itself."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_masked.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
