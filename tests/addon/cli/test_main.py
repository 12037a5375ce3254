"""The `paperknife` command: its verbs, its help, and what it says to a wrong one."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from paperknife import __version__
from paperknife.cli import VERBS, main


def commands(group: click.Group = main, *names: str):
    """All commands with their names, groups opened."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


ALL = list(commands())


@pytest.mark.parametrize(("names", "command"), ALL, ids=[" ".join(names) for names, _ in ALL])
def test_every_command_has_help_with_an_example(names: tuple[str, ...], command: click.Command) -> None:
    """--help and -h say what it does; each verb shows a command line that can be typed."""
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(main, [*names, flag])
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage: ")
    if not isinstance(command, click.Group):
        assert "\n  Example" in result.stdout
        assert f"paperknife {names[0]}" in result.stdout
    shown = (each for each in command.params if isinstance(each, click.Option) and not each.hidden)
    assert all(option.help for option in shown)


def test_the_verbs_come_in_the_order_of_the_table() -> None:
    """A newcomer reads demo first."""
    listed = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:\n")[2].split("\n")
    assert [line.split()[0] for line in listed if line] == list(VERBS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["prxy"], "There is no command prxy. Did you mean proxy?"),
        (["shema", "list"], "There is no command shema. Did you mean schema?"),
        (["something", "else"], "There is no command something. There are: demo, proxy,"),
        (["--nothing"], "No such option"),
        (["demo", "--secnds", "3"], "--seconds"),
        (["demo", "--seconds", "never"], "'never' is not a valid float"),
    ],
)
def test_a_wrong_word_is_told_with_the_nearest(arguments: list[str], sentence: str) -> None:
    """Misuse is exit status 2 and a sentence on stderr."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_the_version_is_the_packages() -> None:
    """--version, as an installed command and as a module."""
    assert CliRunner().invoke(main, ["--version"]).stdout == f"paperknife, version {__version__}\n"
    said = subprocess.run([sys.executable, "-m", "paperknife", "--version"], capture_output=True, check=True, text=True)
    assert said.stdout == f"paperknife, version {__version__}\n"


def test_decode_does_not_wait_for_mitmproxy() -> None:
    """Verbs that need no proxy do not import it."""
    program = (
        "import sys\nfrom paperknife.cli import main\n"
        "main(['decode', '-'], standalone_mode=False)\n"
        "sys.exit('mitmproxy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], input=b"0a0445535a361007", capture_output=True, check=True)


def test_control_c_in_a_verb_that_does_not_care_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as a shell expects, and no word."""

    @click.command()
    def endless() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(main), "get_command", lambda *_: endless)
    result = CliRunner().invoke(main, ["demo"])
    assert (result.exit_code, result.output) == (130, "")
