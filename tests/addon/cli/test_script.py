"""`paperknife script`: the path for mitmproxy's -s."""

from pathlib import Path

from click.testing import CliRunner

from paperknife import script
from paperknife.cli import main


def test_the_path_is_printed_alone() -> None:
    """One line: an absolute path of a script that mitmproxy can load from anywhere."""
    result = CliRunner().invoke(main, ["script"])
    assert result.exit_code == 0
    path = Path(result.stdout.removesuffix("\n"))
    assert path.is_absolute()
    assert path.samefile(script.__file__)
