"""`paperknife replay`: the group of both sides."""

from click.testing import CliRunner

from paperknife.cli import main


def test_it_says_which_sides_there_are() -> None:
    """With one example for each."""
    result = CliRunner().invoke(main, ["replay", "--help"])
    assert result.exit_code == 0
    for words in ("replay server session.mcap", "replay client session.mcap --to"):
        assert words in result.stdout
