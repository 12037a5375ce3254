"""Options that commands share."""

import io

import click
import pytest
from click.testing import CliRunner

from paperknife.cli import main
from paperknife.cli.failure import Failure
from paperknife.cli.options import (
    check_expressions,
    load_or_fail,
    modes_or_fail,
    reading_from,
    reading_options,
    view_from,
    view_options,
)
from paperknife.settings.modes import Mode
from paperknife.settings.reading import Reading, load
from paperknife_decoders.message import Direction


def parsed(*arguments: str) -> dict[str, object]:
    """What a command with the shared options is given."""
    found: dict[str, object] = {}

    @click.command()
    @reading_options
    @view_options
    def command(**options: object) -> None:
        found.update(options)

    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    return found


def test_how_to_read_is_a_value() -> None:
    """Each option has its place in a `Reading`; without any it is the default one."""
    assert reading_from(parsed()) == Reading()
    options = ["--schema", "a", "--schema", "b", "--client", "C", "--server", "S", "--match", "h/*", "--redact", "off"]
    assert reading_from(parsed(*options)) == Reading(("a", "b"), "C", "S", ("h/*",), redact="off")


def test_what_to_show_is_a_value(trading: str) -> None:
    """Expressions are compiled against the schema, in the order in which they were given."""
    loaded = load(Reading(schema=(trading,)))
    options = parsed(
        "--where", "order.quantity > 1", "--hide", "heartbeat", "--hide", "size > 9", "--format", "json", "-v"
    )
    view = view_from(options, loaded, io.StringIO())
    assert view.where is not None
    assert len(view.hide) == 2
    assert (view.format, view.verbose, view.colour) == ("json", True, False)
    check_expressions(options, loaded)


@pytest.mark.parametrize("option", ["--where", "--hide"])
def test_an_expression_that_is_wrong_names_its_option(option: str) -> None:
    """Of several expressions the user learns which."""
    with pytest.raises(Failure, match=rf"^{option}: "):
        check_expressions(parsed(option, "1 +"), load(Reading()))


def test_a_schema_that_is_not_there_is_a_failure() -> None:
    """With exit status 2."""
    with pytest.raises(Failure, match="There is no schema at /nothing") as failure:
        load_or_fail(Reading(schema=("/nothing",)))
    assert failure.value.exit_code == 2


def test_modes_are_translated_or_refused() -> None:
    """No mode leaves it to mitmproxy."""
    assert modes_or_fail([]) == ()
    assert modes_or_fail(["reverse:ws://h/v1"]) == (Mode("reverse:http://h", "/v1", "ws://h/v1"),)
    with pytest.raises(Failure, match="Write --mode reverse:ws://h"):
        modes_or_fail(["regular", "ws://h"])


VERBS = {
    "show": ["show", "session.mcap", "--where", "order.quantity == 2"],
    "redact": ["redact", "session.mcap", "-o", "out.mcap"],
    "export": ["export", "session.mcap", "--to", "jsonl", "-o", "-"],
    "decode": ["decode", "message.bin", "--as", "client"],
    "decode by a protocol": ["decode", "message.bin", "--as", "client", "--protocol", "own"],
    "schema drift": ["schema", "drift", "session.mcap"],
    "protocol try": ["protocol", "try", "own", "message.bin", "--client"],
    "protocol check": ["protocol", "check", "paperknife.yaml"],
}


@pytest.mark.parametrize("arguments", VERBS.values(), ids=VERBS)
def test_a_recording_as_schema(record, tape, tmp_path, monkeypatch, arguments) -> None:
    """Every verb that takes a schema takes the one that a recording carries."""
    monkeypatch.chdir(tmp_path)
    record()
    record(name="schema.mcap", packed=False)
    (tmp_path / "message.bin").write_bytes(tape.message(Direction.CLIENT, "order", {"quantity": 2}).content)
    (tmp_path / "paperknife.yaml").write_text("protocols: [{name: own, schema: [schema.mcap]}]\n")
    schema = [] if "own" in arguments else ["--schema", "schema.mcap"]
    result = CliRunner().invoke(main, [*arguments, *schema])
    assert result.exit_code == (arguments[1] == "drift"), result.output  # the session holds a message that is none
