"""A full disk and a closed pipe, for every command that prints; run whole, on a real stdout."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from paperknife.cli.failure import Failure
from paperknife.cli.output import told_output_faults

PRINTING = [
    "--help",
    "--version",
    "schema --help",
    "schema list {schema}",
    "schema show {schema}",
    "script",
    "decode -",
]
FULL = Path("/dev/full")


def run(words: str, schema: str, stdout: int) -> subprocess.CompletedProcess[bytes]:
    """Run a command on this descriptor."""
    command = [sys.executable, "-m", "paperknife", *words.format(schema=schema).split()]
    return subprocess.run(
        command, input=b"0a0445535a361007", stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60
    )


@pytest.mark.parametrize("words", PRINTING)
def test_a_reader_that_has_gone_is_the_end(words: str, trading: str) -> None:
    """As in any pipe into head: quiet, and done."""
    reading, writing = os.pipe()
    os.close(reading)
    result = run(words, trading, writing)
    os.close(writing)
    assert result.returncode == 0
    assert b"Traceback" not in result.stderr
    assert b"Error" not in result.stderr


if FULL.exists():  # Linux has it, and others of these systems do not

    @pytest.mark.parametrize("words", PRINTING)
    def test_a_full_disk_is_a_sentence(words: str, trading: str) -> None:
        """Exit status 2, no traceback, and nothing from the interpreter's own exit."""
        with FULL.open("wb") as full:
            result = run(words, trading, full.fileno())
        assert result.returncode == 2
        assert result.stderr.endswith(b"Error: The output could not be written: No space left on device.\n")
        assert b"Traceback" not in result.stderr

    def test_a_demo_that_nobody_can_see_is_not_followed_by_advice(trading: str) -> None:
        """It says what is wrong and ends, without what to try next."""
        with FULL.open("wb") as full:
            result = run("demo --seconds 1", trading, full.fileno())
        assert result.returncode == 2
        assert b"The lines could not be written: No space left on device." in result.stderr
        assert b"Next" not in result.stderr


OTHERS = {
    "about a file": OSError(errno.ENOSPC, "No space left on device", "some.file"),
    "not of writing": OSError(errno.ECONNREFUSED, "Connection refused"),
}


@pytest.mark.parametrize("error", OTHERS.values(), ids=OTHERS)
def test_other_errors_pass(error: OSError) -> None:
    """What is not about the output is not called so."""
    with pytest.raises(OSError) as caught, told_output_faults():
        raise error
    assert caught.value is error


@pytest.mark.parametrize(
    ("error", "expected"),
    [(BrokenPipeError(errno.EPIPE, "Broken pipe"), click.exceptions.Exit), (OSError(errno.EIO, "I/O error"), Failure)],
)
def test_faults_of_a_stream_in_memory(error: OSError, expected: type[Exception]) -> None:
    """A stdout without a descriptor, as tests and embedders have, is left as it is."""
    with pytest.raises(expected), told_output_faults():
        raise error
