"""`paperknife schema`: what a schema defines, and what is wrong with it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.failure import Failure
from paperknife.cli.schema_drift import drift_command
from paperknife.cli.schema_infer import infer_command
from paperknife.live.ascii_json import ascii_json
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife_decoders.direction_types import candidates, direction_types, payload_members
from paperknife_decoders.printable import printable
from paperknife_decoders.schema import Schema, SchemaError, load_schema
from paperknife_decoders.schema.loaded import Definition, counted
from paperknife_decoders.schema.proto_text import proto_text

__all__ = ["schema_group"]

TYPE_NAME = re.compile(r"\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
"""What a type's name looks like; many a path does too, so a path that is there wins."""

paths_argument = click.argument("paths", nargs=-1, required=True, metavar="PATH...")


@click.group(short_help="See, check, draft and complete a schema.")
def schema_group() -> None:
    """See what a schema defines, check it, draft one from traffic, and find what it lacks.

    PATH is a folder of .proto files, one .proto, a descriptor set (.binpb .desc .pb .protoset), a generated _pb2.py or
    a recording (.mcap); several are loaded together. A file with faults costs that file and those that import it, not
    the rest.
    """


@schema_group.command("list", short_help="List the message types.")
@paths_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["line", "json"]),
    default="line",
    show_default=True,
    help="A table to read, or one JSON object per line.",
)
def list_command(paths: tuple[str, ...], form: str) -> None:
    """List the message types, with the number of payloads of those that carry any.

    \b
    Example:
      paperknife schema list proto/
      paperknife schema list proto/ --format json | jq -r .message
    """
    schema = load_or_fail(paths)
    tell_faults(schema)
    rows = [(message, payload_members(message)) for message in schema.messages()]
    if form == "json":
        for message, members in rows:
            row = {"message": message.full_name, "file": message.file.name, "fields": len(message.fields)}
            click.echo(ascii_json(row | {"payloads": [member.name for member in members]}))
        return
    table = [
        (message.full_name, content(len(message.fields), len(members)), message.file.name) for message, members in rows
    ]
    widths = [max(len(row[column]) for row in table) for column in (0, 1)] if table else []
    for name, what, file in table:
        click.echo(printable(f"{name:<{widths[0]}}  {what:<{widths[1]}}  {file}"))


def content(fields: int, payloads: int) -> str:
    """``1 of 9 payloads``, else ``4 fields``."""
    return f"1 of {counted(payloads, 'payload')}" if payloads > 1 else counted(fields, "field")


@schema_group.command("show", short_help="Write definitions as in a .proto file.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH... [NAME...]")
@colour_option
def show_command(paths: tuple[str, ...], colour: bool | None) -> None:
    """Write definitions as in a .proto file, with their comments.

    NAME is a message type, an enum or a service, by its full name or as much of the end of it as is unique. Without
    one, those that may be envelopes are written, the likeliest first.

    \b
    Example:
      paperknife schema show proto/ ServerMessage
      paperknife schema show proto/ trading.v1.Side OrderResponse.Fill
    """
    sources, names = sources_and_names(paths)
    schema = load_or_fail(sources)
    try:
        found: Sequence[Definition] = [schema.definition(name) for name in names] or candidates(schema)
    except SchemaError as error:
        raise Failure(str(error)) from None
    tell_faults(schema)
    paint = paint_for(sys.stdout, colour)
    for index, definition in enumerate(found):
        # The colours are our own and decided here, so click is not to take them out where it sees no terminal.
        click.echo(("\n" if index else "") + proto_text(schema, definition, paint), nl=False, color=True)
    others = 0 if names else len(schema.messages()) - len(found)
    if others:
        click.echo(f"and {counted(others, 'other message')}, shown where named: see `paperknife schema list`", err=True)


def sources_and_names(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Split the arguments: names are those at the end that look like one and are no path that exists."""
    count = len(arguments)
    while count > 1 and TYPE_NAME.fullmatch(arguments[count - 1]) and not is_path(arguments[count - 1]):
        count -= 1
    return arguments[:count], arguments[count:]


def is_path(text: str) -> bool:
    """True if there is such a file or folder, or if the name is one that schema files have."""
    return Path(text).exists() or text.endswith((".proto", "_pb2.py", ".binpb", ".desc", ".protoset", ".pb", ".mcap"))


@schema_group.command("check", short_help="Find what is wrong with a schema.")
@paths_argument
@click.pass_context
def check_command(context: click.Context, paths: tuple[str, ...]) -> None:
    """Find what is wrong with a schema: one line for each fault, as file:line:col: message.

    The exit status is 0 where there is no fault, 1 where there is any, 2 where a path cannot be read at all.

    \b
    Example:
      paperknife schema check proto/
    """
    try:
        schema = load_schema(paths, unpack=embedded_schemas)
    except SchemaError as error:
        if not error.faults:
            raise Failure(str(error)) from None
        faults, loaded = error.faults, "nothing"
    else:
        faults, loaded = schema.faults, schema.describe()
        tell_envelopes(schema)
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{counted(len(faults), 'fault') if faults else 'no faults'}; loaded: {loaded}", err=True)
    context.exit(1 if faults else 0)


schema_group.add_command(infer_command)
schema_group.add_command(drift_command)


def tell_envelopes(schema: Schema) -> None:
    """Say which types the proxy would take for the two directions, or why it cannot know."""
    try:
        client, server = direction_types(schema)
    except SchemaError as error:
        click.echo(error.sentence, err=True)  # the faults follow
    else:
        click.echo(f"client sends {client.name}, server sends {server.name}", err=True)


def tell_faults(schema: Schema) -> None:
    """Each fault as a line on stderr."""
    for fault in schema.faults:
        click.echo(str(fault), err=True)


def load_or_fail(paths: Sequence[str]) -> Schema:
    """Load the schema; what makes it useless ends the command."""
    try:
        return load_schema(paths, unpack=embedded_schemas)
    except SchemaError as error:
        raise Failure(str(error)) from None
