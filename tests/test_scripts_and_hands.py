"""The scripts in docs/scripts-and-hands.md do what is said of them, and the tables name what there is."""

import asyncio
import re
from pathlib import Path

import pytest

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.mutation.held import Held
from paperknife.mutation.rules.ruleset import load_rules
from paperknife.mutation.scripts import ScriptChanger, ScriptConnection, Scripts
from paperknife.proxy.commands import Commands
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction, Message, Opcode

TEXT = (Path(__file__).parents[1] / "docs" / "scripts-and-hands.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
RULES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
API = Api(given_schema())
PROTOCOL = load(Reading(schema=(str(given_schema()),))).protocol


def message(direction: Direction, payload: str, **fields: object) -> Message:
    side = API.client if direction is Direction.CLIENT else API.server
    return Message(1, direction, 0, Opcode.BINARY, side.encode(payload, fields), PROTOCOL.reader())


@pytest.fixture
def changers(tmp_path) -> list[ScriptChanger]:
    """One for each example."""
    found = []
    for number, example in enumerate(EXAMPLES):
        path = tmp_path / f"example{number}.py"
        path.write_text(example)
        found.append(Scripts([path], lambda: [PROTOCOL]).for_connection(1, PROTOCOL.reader()))
    return found


def test_orders_are_cut(changers) -> None:
    """The first example."""
    verdict = changers[0].consider(message(Direction.CLIENT, "order", request_id=7, quantity=300), 0.0)
    assert verdict.content == message(Direction.CLIENT, "order", request_id=7, quantity=100).content
    assert verdict.logs == ("cut an order of 300",)
    assert changers[0].consider(message(Direction.CLIENT, "order", quantity=100), 0.0) is None


def test_orders_are_refused_three_times(changers) -> None:
    """The second example."""
    order = message(Direction.CLIENT, "order", request_id=7)
    answer = message(Direction.SERVER, "order_response", request_id=7, status="REJECTED", text="risk")
    for _ in range(3):
        verdict = changers[1].consider(order, 0.0)
        assert verdict.content is None
        assert [emission.content for emission in verdict.emissions] == [answer.content]
    assert changers[1].consider(order, 0.0) is None


def test_answers_come_late(changers) -> None:
    """The third example."""
    settled: list[bytes | None] = []

    async def run() -> None:
        answer = message(Direction.SERVER, "order_response", request_id=7)
        verdict = changers[2].consider(answer, 0.0)
        assert verdict.hold.in_order
        by = verdict.hold.by
        by.held(Held(answer, "", 60.0, True, lambda last: settled.append(last.content), by))
        await asyncio.sleep(0.1)
        assert settled == []
        async with asyncio.timeout(60):
            while not settled:
                await asyncio.sleep(0.01)
        assert settled == [answer.content]

    asyncio.run(run())


def test_tables_name_what_there_is() -> None:
    """All of a connection's methods, and all commands."""
    methods = {name for name in vars(ScriptConnection) if not name.startswith("_")}
    assert [name for name in methods if f"`{name}" not in TEXT] == []
    commands = {name for name in vars(Commands) if not name.startswith("_")} - {"running"}
    assert [name for name in commands if f"`paperknife.{name}" not in TEXT] == []


def test_a_script_that_logs_what_passes_tells_no_secrets(changers) -> None:
    """The fourth example."""
    verdict = changers[3].consider(message(Direction.CLIENT, "login", user="trader", password="hunter2"), 0.0)
    assert 'user: "trader"' in verdict.logs[0]
    assert 'password: "***"' in verdict.logs[0]


def test_a_rule_calls_a_function(tmp_path) -> None:
    """The fifth example, with its rule."""
    path, rules = tmp_path / "mine.py", tmp_path / "rules.yaml"
    path.write_text(EXAMPLES[4])
    rules.write_text(RULES[0])
    loaded = load_rules([str(rules)], [PROTOCOL], Scripts([path], lambda: [PROTOCOL]).act)
    changer = loaded.for_connection(1, PROTOCOL.reader(), 0.0, 0)

    async def run() -> object:
        return changer.consider(message(Direction.CLIENT, "order", quantity=37), 0.0)

    verdict = asyncio.run(run())
    assert verdict.content == message(Direction.CLIENT, "order", quantity=30).content
    assert verdict.hits == ("odd lots are rounded",)
    assert len(EXAMPLES) == 5
