"""Where the command begins."""

import os
import subprocess
import sys

import pytest

from paperknife import __version__
from paperknife.entry import INTERRUPTED

INTERRUPTED_IMPORT = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)
            for number in range(1000):  # the handler runs between two instructions
                pass
sys.meta_path.insert(0, Finder())
{prepare}
sys.argv = ["paperknife", "--version"]
from paperknife.entry import main
main()
"""


def run(prepare: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command with a Ctrl-C during its imports."""
    script = INTERRUPTED_IMPORT.format(prepare=prepare)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_control_c_during_the_imports_is_quiet() -> None:
    """No traceback, and the status that a shell expects."""
    result = run()
    assert (result.returncode, result.stdout, result.stderr) == (INTERRUPTED, "", "")


def test_where_control_c_is_ignored_it_stays_so() -> None:
    """As under nohup, or in the background of a script."""
    result = run("signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"paperknife, version {__version__}\n", "")


@pytest.mark.parametrize("kept", ["default_int_handler", "SIG_IGN"])
def test_the_command_itself_finds_the_signal_as_it_was(kept: str) -> None:
    """Only the imports are guarded so roughly: a command cleans up after itself."""
    script = (
        "import signal, sys, paperknife.cli\n"
        "paperknife.cli.main = lambda prog_name: print(prog_name, signal.getsignal(signal.SIGINT))\n"
        f"signal.signal(signal.SIGINT, signal.{kept})\n"
        "from paperknife.entry import main\n"
        "main()\n"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.split(maxsplit=1)[0] == "paperknife"
    assert ("default_int_handler" in said.stdout) is (kept == "default_int_handler")


def test_it_is_light() -> None:
    """Nothing of weight is imported before the signal is taken care of."""
    script = "import sys, paperknife.entry; sys.exit('click' in sys.modules or 'asyncio' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env=os.environ)
