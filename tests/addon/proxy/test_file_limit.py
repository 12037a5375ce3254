"""The limit of open files. Each test of setting it is a process of its own."""

import subprocess
import sys

import pytest

from paperknife.proxy.file_limit import used_up

START = (
    "import resource, subprocess, sys\n"
    "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))\n"
    "from paperknife.proxy.file_limit import *\n"
    "raise_file_limit()\n"
    "own = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
    "assert own[0] > 64\n"
)
CHILD = (
    "ask = 'import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])'\n"
    "with limit_of_start():\n"
    "    asked = subprocess.run([sys.executable, '-c', ask], capture_output=True, text=True, check=True)\n"
    "assert asked.stdout == '64\\n'\n"
    "assert resource.getrlimit(resource.RLIMIT_NOFILE) == own\n"
)


@pytest.mark.parametrize("script", [START, START + CHILD], ids=["raised", "of a child"])
def test_the_limit_is_raised_for_us_alone(script):
    """We take what the system lets us have; a command that we start gets what it would have had without us."""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


USED_UP = {
    "mitmproxy's": "Unhandled error in task.\nTraceback ...\nOSError: [Errno 24] Too many open files",
    "ours": "The server 127.0.0.1:80 could not be reached: [Errno 24] Too many open files",
    "the whole system's": "OSError: [Errno 23] Too many open files in system",
}


@pytest.mark.parametrize("text", USED_UP.values(), ids=USED_UP)
def test_no_more_files_is_one_sentence(text):
    """Whatever it was that could not be opened, the reason and the remedy are the same."""
    sentence = used_up(text)
    assert sentence.startswith("Too many connections for this process's limit of ")
    assert "ulimit -n" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("text", ["", "[Errno 2] No such file", "Errno 24", "[Errno 240] what"])
def test_other_warnings_stay(text):
    """Only that one error is reworded."""
    assert used_up(text) is None
