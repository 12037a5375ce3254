"""Each piece of docs/rules.md does to the recording what stands under it, and all that there is has a piece."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.mutation.rules import load_rules
from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife.mutation.rules.reading import FILE_KEYS, RULE_KEYS
from paperknife.mutation.rules.standing import BUILT_IN
from paperknife.mutation.scripts import Scripts
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Message, Opcode

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "rules.md").read_text()
SECTIONS = dict(re.findall(r"^### ([^\n]+)\n\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
CLOCK = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} ", re.MULTILINE)
ELSEWHERE = {"name", "do", "per", "rules", "seed"}
"""Keys that stand in the pieces of others."""


def rules_of(section: str) -> str:
    """The file of rules in a section."""
    (found,) = re.findall(r"^```yaml\n(.*?)^```", SECTIONS[section], re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_piece_does_what_stands_under_it(section: str, tmp_path: Path) -> None:
    """`rules try` on the recording that is named there prints these lines, one behind the other."""
    (tmp_path / "rules.yaml").write_text(rules_of(section))
    recording = str(ROOT / "recordings" / "rejects.mcap")
    result = CliRunner().invoke(main, ["rules", "try", str(tmp_path / "rules.yaml"), recording, "--no-color"])
    assert (result.exit_code, result.stderr) == (0, "")
    (shown,) = re.findall(r"^```\n(#1 .*?)^```$", SECTIONS[section], re.MULTILINE | re.DOTALL)
    assert f"\n{shown}" in f"\n{CLOCK.sub('', result.stdout)}"


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_stands_there_as_it_is_listed(name: str) -> None:
    """What `rules list-actions` says of it, and its example, which is run."""
    action = ACTIONS[name]
    assert SECTIONS[name].startswith(f"{action.about}\n")
    assert action.example in rules_of(name)
    assert [option for option in action.options if f"{option}:" not in TEXT and f"`{option}`" not in TEXT] == []


def test_all_that_there_is_has_a_piece() -> None:
    """All keys of a rule, and all names that values can speak of."""
    assert [key for key in {*RULE_KEYS, *FILE_KEYS} - ELSEWHERE if key not in SECTIONS] == []
    assert [key for key in ELSEWHERE if f"{key}:" not in TEXT] == []
    assert [name for name in BUILT_IN if f"{{{name}" not in TEXT] == []


def test_a_function_of_a_script_is_called(tmp_path: Path) -> None:
    """The piece on `script`, with the function that stands there."""
    (function,) = re.findall(r"^```python\n(.*?)^```", SECTIONS["script"], re.MULTILINE | re.DOTALL)
    (tmp_path / "mine.py").write_text(function)
    (tmp_path / "rules.yaml").write_text(rules_of("script"))
    protocol = load(Reading(schema=(str(given_schema()),))).protocol
    scripts = Scripts([tmp_path / "mine.py"], lambda: [protocol])
    client, reader = Api(given_schema()).client, protocol.reader()
    changer = load_rules([tmp_path / "rules.yaml"], [protocol], scripts.act).for_connection(1, reader)
    order = Message(1, Direction.CLIENT, 0, Opcode.BINARY, client.encode("order", {"quantity": 3}), reader)
    verdict = changer.consider(order, 0.0)
    assert verdict is not None
    assert verdict.content == client.encode("order", {"quantity": 1})
