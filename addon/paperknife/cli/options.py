"""Options that several commands share: how to read, and how to show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO, Any

import click

from paperknife.cli.colour import colour_option, wants_colour
from paperknife.cli.expressions import compiled_or_fail
from paperknife.cli.failure import Failure
from paperknife.live.view import ViewOptions
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife.settings.catalogue import CONFIG, config_or_none
from paperknife.settings.modes import Mode, ModeError, parse_mode
from paperknife.settings.reading import Loaded, Reading, load
from paperknife.stats.period import period_from
from paperknife_decoders.schema import SchemaError

__all__ = [
    "BY_CONFIG",
    "check_expressions",
    "load_or_fail",
    "modes_or_fail",
    "override_from",
    "override_options",
    "period_or_fail",
    "protocol_options",
    "reading_from",
    "reading_options",
    "rules_option",
    "stats_option",
    "text_or_json",
    "view_from",
    "view_options",
]

type Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

schema_option = click.option(
    "--schema",
    multiple=True,
    metavar="PATH",
    help="A folder of .proto files, one .proto, a descriptor set, a _pb2.py or a recording; may be given again.",
)
"""Adds ``--schema``, what to read by."""

BY_CONFIG = click.option(
    "--config",
    default="",
    metavar="FILE",
    help="A YAML file with your own protocols; by default paperknife.yaml in the working directory, if there is one.",
)

BY_PROTOCOL: tuple[Decorator, ...] = (
    click.option(
        "--protocol", default="", metavar="NAME", help="A preset, or one of your own: see `paperknife protocol list`."
    ),
    BY_CONFIG,
)
"""Options that name a protocol."""

OVERRIDING: tuple[Decorator, ...] = (
    click.option(
        "--schema",
        multiple=True,
        metavar="PATH",
        help="Read the messages by this schema, such as a newer one, instead of the recording's own.",
    ),
    click.option("--client", "client_type", default="", metavar="TYPE", help="With --schema: what the client sends."),
    click.option("--server", "server_type", default="", metavar="TYPE", help="With --schema: what the server sends."),
    *BY_PROTOCOL,
)
"""Options that read a recording by something else than what is in it; `override_from` takes them."""

READING: tuple[Decorator, ...] = (
    schema_option,
    click.option("--client", "client_type", default="", metavar="TYPE", help="The message type that the client sends."),
    click.option("--server", "server_type", default="", metavar="TYPE", help="The message type that the server sends."),
    *BY_PROTOCOL,
    click.option(
        "--match",
        multiple=True,
        metavar="HOST[/PATH]",
        help="Read only WebSockets at this address; * and ? are wildcards. All others stay unread.",
    ),
    click.option(
        "--redact",
        type=click.Choice(["fields", "strict", "off"]),
        default="fields",
        show_default=True,
        help="Mask secrets, such as password, api_key and token (fields); also blank what cannot be read (strict); or "
        "mask nothing (off).",
    ),
)

VIEW: tuple[Decorator, ...] = (
    click.option("--where", metavar="EXPR", help="Show only messages for which this expression is true."),
    click.option(
        "--hide",
        multiple=True,
        metavar="EXPR",
        help="Leave out messages for which this is true, such as heartbeat; may be given again.",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["line", "yaml", "json", "textproto", "hex"]),
        default="line",
        show_default=True,
        help="Lines to read, YAML documents, one JSON object per line, Protobuf's text format, or bytes.",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Show the whole message below each line."),
    colour_option,
)


def text_or_json(what: str) -> Decorator:
    """The option ``--format``: text to read, or JSON; `what` says what each of them is."""
    return click.option(
        "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help=what
    )


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how to read."""
    return decorate(command, READING)


def override_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that read a recording by something else than what is in it."""
    return decorate(command, OVERRIDING)


def protocol_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a protocol."""
    return decorate(command, BY_PROTOCOL)


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what to show, and how."""
    return decorate(command, VIEW)


def rules_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names files of rules."""
    return click.option(
        "--rules",
        multiple=True,
        metavar="FILE",
        help="Change, drop, delay or answer messages by the rules of this YAML file; may be given again.",
    )(command)


def stats_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--stats``."""
    option = click.option(
        "--stats",
        default="",
        metavar="TIME",
        help="Print a few lines with rates, latencies and gaps every so often, such as 10s, and more at the end.",
    )
    return option(command)


def period_or_fail(options: dict[str, Any]) -> str:
    """What ``--stats`` says; a mistake in it ends the command with its sentence."""
    try:
        period_from(options["stats"])
    except ValueError as error:
        raise Failure(f"--stats: {error}.") from None
    text: str = options["stats"]
    return text


def decorate(command: Callable[..., Any], options: Sequence[Decorator]) -> Callable[..., Any]:
    """Apply decorators so that `--help` lists the options in the order of the table."""
    for option in reversed(options):
        command = option(command)
    return command


def reading_from(options: dict[str, Any]) -> Reading:
    """What the shared options say of how to read."""
    return Reading(
        schema=tuple(options["schema"]),
        client=options["client_type"],
        server=options["server_type"],
        match=tuple(options["match"]),
        redact=options["redact"],
        protocol=options.get("protocol") or "",
        config=config_or_none(options.get("config") or CONFIG),
    )


def override_from(options: dict[str, Any]) -> Loaded | None:
    """What is to be read by in the place of a recording's own protocols; None for those.

    Ends the command for types without a schema.
    """
    reading = reading_from({**options, "match": ()})
    if reading.protocol:
        return load_or_fail(reading)
    if reading.schema:
        return load_or_fail(replace(reading, config=""))  # your own protocols are for what comes live
    if reading.client or reading.server:
        raise Failure("A type was named, but no schema that defines it: add --schema PATH.")
    return None


def load_or_fail(reading: Reading) -> Loaded:
    """Load the schema; a schema that cannot be used ends the command with its sentence."""
    try:
        return load(reading, embedded_schemas)
    except SchemaError as error:
        raise Failure(str(error)) from None


def modes_or_fail(specs: Sequence[str]) -> tuple[Mode, ...]:
    """Translate ``--mode`` options; none leaves it to mitmproxy."""
    try:
        return tuple(parse_mode(spec) for spec in specs)
    except ModeError as error:
        raise Failure(str(error)) from None


def check_expressions(options: dict[str, Any], loaded: Loaded) -> None:
    """End the command if an expression is wrong; to be called before a file is emptied for what it selects."""
    view_from(options, loaded)


def view_from(options: dict[str, Any], loaded: Loaded, out: IO[str] | None = None) -> ViewOptions:
    """The view that the shared options ask for, its expressions compiled."""
    return ViewOptions(
        format=options["form"],
        verbose=options["verbose"],
        where=compiled_or_fail(options["where"], "--where", loaded) if options["where"] else None,
        hide=tuple(compiled_or_fail(text, "--hide", loaded) for text in options["hide"]),
        secrets=loaded.secrets,
        colour=wants_colour(out or sys.stdout, options["colour"]),
    )
