"""`paperknife protocol`: which protocols there are, what they say, and whether that is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from paperknife.cli.failure import Failure
from paperknife.cli.protocol_keys import keys_command
from paperknife.cli.protocol_try import try_command
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife.settings.catalogue import CONFIG, Entry, catalogue_of, config_or_none, entry_named, preset_entries
from paperknife.settings.matching import covers
from paperknife.settings.reading import Reading, load_matching
from paperknife.settings.yaml_file import ConfigError
from paperknife_decoders.printable import printable
from paperknife_decoders.schema import SchemaError
from paperknife_decoders.schema.faults import NOTHING_LOADED
from paperknife_decoders.schema.loaded import counted

__all__ = ["protocol_group"]

UNVERIFIED = "preset, not verified against the real system"

MOST_COMPARED = 200
"""Protocols of one file that are compared with those before them."""

config_option = click.option(
    "--config", default=CONFIG, metavar="FILE", show_default=True, help="The YAML file with your own protocols."
)


@click.group()
def protocol_group() -> None:
    """See the protocols that there are, and check and try your own.

    A protocol says how one kind of connection is read: framing, types, which messages lie in which fields. Your own are
    in paperknife.yaml, under `protocols`; `paperknife protocol keys` explains what they can say.
    """


protocol_group.add_command(keys_command)
protocol_group.add_command(try_command)


@protocol_group.command("list", short_help="List your own protocols and the presets.")
@config_option
def list_command(config: str) -> None:
    """List your own protocols, then the presets, which you name with --protocol.

    \b
    Example:
      paperknife protocol list
    """
    rows = [
        (entry.name, UNVERIFIED if entry.is_preset else str(entry.file.path), entry.definition.about)
        for entry in (*own_entries(config), *preset_entries())
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)] if rows else []
    for name, where, about in rows:
        click.echo(printable(f"{name:<{widths[0]}}  {where:<{widths[1]}}  {about}".rstrip()))


@protocol_group.command("show", short_help="Write a protocol's definition.")
@click.argument("name")
@config_option
def show_command(name: str, config: str) -> None:
    """Write the definition of the protocol NAME, as it stands in its file: the start of one of your own.

    \b
    Example:
      paperknife protocol show centrifugo
    """
    try:
        entry = entry_named(name, own_entries(config))
        text = text_of(entry)
    except (ConfigError, OSError) as error:
        raise Failure(str(error)) from None
    for line in text:
        click.echo(printable(line))


@protocol_group.command("check", short_help="Find what is wrong with definitions.")
@click.argument("file", default=CONFIG)
@click.option(
    "--schema",
    multiple=True,
    metavar="PATH",
    help="Use this in place of the schemas that FILE names; may be given again.",
)
@click.pass_context
def check_command(context: click.Context, file: str, schema: tuple[str, ...]) -> None:
    """Find what is wrong with the definitions in FILE: one line for each fault, as file:line:col: message.

    Names of types and fields are looked up in the schemas. The exit status is 0 where there is no fault, 1 where there
    is any, 2 where the file cannot be read at all.

    \b
    Example:
      paperknife protocol check paperknife.yaml
    """
    try:
        with Path(file).open("rb"):
            pass
    except OSError as error:
        raise Failure(f"A YAML file was expected at {printable(file)}: {error.strerror}.") from None
    try:
        own = catalogue_of(Path(file))
        loaded = load_matching(own, Reading(schema=schema), embedded_schemas)
    except SchemaError as error:  # a configuration's faults, or the schema's own
        sentences = [line for line in error.sentence.split("\n") if line and line != NOTHING_LOADED]
        lines = [*sentences, *map(str, error.faults)]
        for line in lines:
            click.echo(line)
        click.echo(counted(len(lines), "fault"), err=True)
        context.exit(1)
    click.echo(f"no faults in {counted(len(own.entries), 'protocol')}", err=True)
    for entry, before in shadowed(own.entries):
        click.echo(
            f"! {printable(entry.name)} reads no connection by itself, only where --protocol names it: "
            f"{printable(before.name)}, which stands before it, matches all that it does.",
            err=True,
        )
    for sentence in loaded.describe().split("\n"):
        click.echo(sentence, err=True)


def shadowed(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Protocols that never come to their turn, each with the one before it that is why."""
    for number, entry in enumerate(entries[:MOST_COMPARED]):
        before = next(
            (each for each in entries[:number] if covers(each.definition.match, entry.definition.match)), None
        )
        if before is not None:
            yield entry, before


def own_entries(config: str) -> tuple[Entry, ...]:
    """The user's own protocols; none where there is no file of the usual name. Ends the command for a wrong file."""
    path = config_or_none(config)
    try:
        return catalogue_of(Path(path)).entries if path else ()
    except ConfigError as error:
        raise Failure(str(error)) from None


def text_of(entry: Entry) -> list[str]:
    """The lines of a definition in its file: all of a preset's, and of others those from its `-` to the next one's."""
    lines = entry.file.path.read_text(encoding="utf-8-sig").splitlines()
    places = entry.file.lines
    if entry.is_preset or ("protocols", entry.number) not in places:
        return lines
    begin = places["protocols", entry.number][0]
    after = places.get(("protocols", entry.number + 1))
    own = lines[begin - 1 : after[0] - 1 if after else None]
    end = next(
        (at for at, line in enumerate(own[1:], 1) if line and not line[0].isspace() and line[0] not in "#-"), None
    )
    return ["protocols:", *own[:end]]
