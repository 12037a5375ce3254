"""A command as a child: it ends as under a shell, and signals reach it once."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from paperknife.proxy.child import CommandError, check_program, run_child

ENDINGS = [
    (["true"], 0),
    (["sh", "-c", "exit 7"], 7),
    (["sh", "-c", "exit 255"], 255),
    (["sh", "-c", "kill -TERM $$"], 143),
    (["sh", "-c", "kill -KILL $$"], 137),
]


@pytest.mark.parametrize(("command", "status"), ENDINGS)
def test_a_command_ends_as_under_a_shell(command: list[str], status: int) -> None:
    """Its exit status is ours; a signal that ended it is 128 and the signal's number."""
    assert asyncio.run(run_child(command, os.environ)) == status


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of things that cannot be run."""
    for name, content, mode in (
        ("plain", "echo", 0o644),
        ("text", "echo", 0o755),
        ("lost", "#!/nowhere/sh\n", 0o755),
    ):
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(mode)
    (tmp_path / "folder").mkdir()
    return tmp_path


REFUSED = [
    ("nonesuch", 127, "none of the folders of PATH"),
    ("{folder}/nonesuch", 127, "no such file"),
    ("", 127, "not found"),
    ("{folder}/folder", 126, "is a folder"),
    ("{folder}/plain", 126, "chmod"),
    ("plain", 126, "chmod"),
    ("{folder}/text", 126, "cannot be run"),
    ("{folder}/lost", 126, "interpreter"),
]


@pytest.mark.parametrize(("program", "status", "reason"), REFUSED)
def test_what_cannot_be_run_has_a_sentence_and_a_shells_status(
    programs: Path, program: str, status: int, reason: str
) -> None:
    """127 for what is not there, 126 for what cannot be executed, and why."""
    environment = {**os.environ, "PATH": str(programs)}
    with pytest.raises(CommandError, match=reason) as caught:
        asyncio.run(run_child([program.format(folder=programs)], environment))
    assert caught.value.status == status


@pytest.mark.parametrize(("program", "status", "reason"), REFUSED[:-2])
def test_most_of_it_is_seen_before_anything_is_started(programs: Path, program: str, status: int, reason: str) -> None:
    """The same sentence and status, without an attempt; what only the system finds out passes."""
    environment = {"PATH": str(programs)}
    with pytest.raises(CommandError, match=reason) as caught:
        check_program(program.format(folder=programs), environment)
    assert caught.value.status == status
    for passes in ("text", "lost", f"{programs}/text", sys.executable):
        check_program(passes, environment)


def test_the_environment_is_the_childs(capfd: pytest.CaptureFixture[str]) -> None:
    """The child sees exactly what it is given, on our own stdout."""
    asyncio.run(run_child(["env"], {"PATH": os.environ["PATH"], "A": "b"}))
    assert sorted(line for line in capfd.readouterr().out.splitlines() if line.startswith("A=")) == ["A=b"]


COUNTS_SIGNALS = """
import signal, sys
counts = {number: 0 for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)}
signal.pthread_sigmask(signal.SIG_BLOCK, {*counts, signal.SIGQUIT})
print("ready", flush=True)
while (number := signal.sigwait({*counts, signal.SIGQUIT})) != signal.SIGQUIT:
    counts[number] += 1
    print("got", number.name, counts[number], flush=True)
print("counts", *counts.values(), flush=True)
sys.exit(5)
"""
"""Waits for signals, as a handler might miss one that comes just before a read; SIGQUIT ends it."""

RUNS_IT = """
import asyncio, os, sys
from paperknife.proxy.child import run_child
sys.exit(asyncio.run(run_child([sys.executable, "-c", sys.argv[1]], os.environ)))
"""

RUNNER = [sys.executable, "-c", RUNS_IT, COUNTS_SIGNALS]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_to_us_is_passed_on(number: signal.Signals) -> None:
    """Without a terminal each signal that is sent to us reaches the child, and we wait for what it does about it."""
    with subprocess.Popen(RUNNER, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == f"got {number.name} 1\n"
        process.send_signal(signal.SIGQUIT)
        assert process.stdout.readline().startswith("counts ")
        assert process.wait() == 5


IN_TERMINAL = [
    sys.executable,
    "-c",
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
]
"""Runs what follows on a terminal of its own, of which our pipes are the keyboard and the screen."""

CONTROL_C, CONTROL_BACKSLASH = "\x03", "\x1c"


def test_control_c_reaches_the_child_once() -> None:
    """The terminal sends SIGINT to both of us; we do not send it again, and end when the child does."""
    with subprocess.Popen(
        [*IN_TERMINAL, *RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        screen = iter(terminal.stdout.readline, "")
        assert any(line.strip() == "ready" for line in screen)
        terminal.stdin.write(CONTROL_C)
        terminal.stdin.flush()
        assert any("got SIGINT 1" in line for line in screen)
        terminal.stdin.write(CONTROL_BACKSLASH)
        terminal.stdin.flush()
        assert any("counts 1 0 0 0" in line for line in screen)
        assert terminal.wait() == 5


def test_an_ignored_signal_stays_ignored() -> None:
    """Under nohup a hangup ends neither of us."""
    runner = f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n{RUNS_IT}"
    sleeper = "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\n"
    with subprocess.Popen(
        [sys.executable, "-c", runner, sleeper], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        process.communicate("end\n")
        assert process.returncode == 0
