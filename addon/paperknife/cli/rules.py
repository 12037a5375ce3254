"""`paperknife rules`: whether rules are right, what they would have done, and what there is to be done."""

from __future__ import annotations

from typing import Any

import click

from paperknife.cli.failure import Failure
from paperknife.cli.options import load_or_fail, protocol_options, reading_from, schema_option
from paperknife.cli.rules_try import try_command
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.mutation.rules.actions.catalogue import ACTIONS
from paperknife.mutation.rules.ruleset import load_rules
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.printable import printable

__all__ = ["rules_group"]


@click.group(short_help="Check and try rules, which change messages on their way.")
def rules_group() -> None:
    """Check and try rules, which change, drop, delay and answer messages on their way.

    \b
    A file of rules:
      rules:
        - name: big orders are cut
          on: client order
          when: order.quantity > 100
          do: [{set: {order.quantity: 100}}]

    \b
    on           a direction (client, server), a payload, or both; open, close; several in a list
    when         a condition, as in --where
    probability  a number from 0 to 1; limit: N, after: N, every: N, between: [10s, 20s]; per: run
    do           actions: see `paperknife rules list-actions`
    """


rules_group.add_command(try_command)


@rules_group.command("check", short_help="Find what is wrong with rules.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@schema_option
@click.option("--client", "client_type", default="", metavar="TYPE", help="The message type that the client sends.")
@click.option("--server", "server_type", default="", metavar="TYPE", help="The message type that the server sends.")
@protocol_options
@click.pass_context
def check_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Find what is wrong with the rules in FILE: one line for each fault, as file:line:col: message.

    Names, paths, values and their types are looked up in the schema. The exit status is 0 where there is no fault, 1
    where there is any, 2 where a file or the schema cannot be read at all.

    \b
    Example:
      paperknife rules check rules.yaml --schema protos/
    """
    for file in files:
        readable_or_fail(file)
    loaded = load_or_fail(reading_from({**options, "match": (), "redact": "fields"}))
    try:
        rules = load_rules(files, loaded.protocols)
    except ConfigError as error:
        lines = error.sentence.split("\n")
        for line in lines:
            click.echo(line)
        talk(f"{count_text(len(lines), 'fault')}.")
        context.exit(1)
    off = sum(len(file.off) for file in rules.files)
    talk(f"no faults in {count_text(len(rules.names) + off, 'rule')}{f', of which {off:,} off' if off else ''}")
    talk(loaded.describe())


def readable_or_fail(file: str) -> None:
    """End the command for a file that is not there."""
    try:
        with open(file, "rb"):  # noqa: PTH123 - a name as the user wrote it
            pass
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Failure(f"A file of rules was expected at {printable(file)}: {reason}.") from None


@rules_group.command("list-actions", short_help="List what rules can do.")
def list_command() -> None:
    """List all actions, each with an example as it stands behind `do:`.

    \b
    Example:
      paperknife rules list-actions
    """
    width = max(map(len, ACTIONS))
    for action in ACTIONS.values():
        click.echo(f"{action.name:<{width}}  {action.about}")
        click.echo(f"{'':<{width}}  {action.example}")
