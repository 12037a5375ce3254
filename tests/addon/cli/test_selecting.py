"""Options that select a part of a recording."""

import click
import pytest
from click.testing import CliRunner
from tests.addon.recording.sessions import MS, SECOND, START_NS, reader

from paperknife.cli.selecting import is_selective, selection_from, selection_options
from paperknife.settings.reading import Loaded

LOADED = Loaded(reader().protocol)


def selected(*arguments):
    """What a command with the options gets, and what it says."""
    found = []

    @click.command()
    @selection_options
    def command(**options):
        found.append((is_selective(options), selection_from(options, LOADED, START_NS)))

    result = CliRunner().invoke(command, arguments)
    return found[0] if found else None, result


@pytest.mark.parametrize(
    ("arguments", "connections", "start_ns", "end_ns"),
    [
        ((), set(), None, None),
        (("--connection", "2", "--connection", "5"), {2, 5}, None, None),
        (("--from", "+1s"), set(), SECOND, None),
        (("--to", "+1s"), set(), None, SECOND + MS),
        (("--until", "+1s"), set(), None, SECOND + MS),
        (("--from", "+1s", "--to", "+1s"), set(), SECOND, SECOND + MS),
        (("--from", "2030-03-17T17:46:50Z"), set(), 10 * SECOND, None),
    ],
)
def test_the_options(arguments, connections, start_ns, end_ns):
    """Times are counted from where the recording begins."""
    (asked, selection), _ = selected(*arguments)
    assert asked is bool(arguments)
    assert selection.connections == connections
    assert selection.start_ns == (None if start_ns is None else START_NS + start_ns)
    assert selection.end_ns == (None if end_ns is None else START_NS + end_ns)


def test_an_expression():
    """It is compiled by the schema of the recording."""
    (asked, selection), _ = selected("--where", "order.quantity > 3")
    assert asked
    assert selection.where.text == "order.quantity > 3"


WRONG = [
    (("--from", "tomorrow"), "A time was expected, and 'tomorrow' was found. It may be a time of day"),
    (("--from", "+5"), "A time after the beginning was expected, such as +10s"),
    (("--from", "+10s", "--to", "+5s"), "The end of the part, +5s, is before its beginning, +10s."),
    (("--connection", "0"), "0 is not in the range x>=1"),
    (("--where", "order.quantty > 3"), "--where: "),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG)
def test_mistakes(arguments, sentence):
    """A sentence and status 2."""
    found, result = selected(*arguments)
    assert found is None
    assert result.exit_code == 2
    assert sentence in result.output
