"""How a command says that it could not do its work."""

import click
from click.testing import CliRunner

from paperknife.cli.failure import Failure


def test_a_failure_is_a_sentence_on_stderr_and_status_2() -> None:
    """No usage, no traceback, nothing on stdout."""

    @click.command()
    def failing() -> None:
        raise Failure("A cup was expected, and there is a spoon.")

    result = CliRunner().invoke(failing)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: A cup was expected, and there is a spoon.\n"
