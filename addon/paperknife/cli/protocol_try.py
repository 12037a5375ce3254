"""`paperknife protocol try`: one message through the steps of a protocol, with what each of them makes of it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.failure import Failure
from paperknife.cli.message_file import message_bytes
from paperknife.cli.options import BY_CONFIG, load_or_fail
from paperknife.settings.catalogue import CONFIG, config_or_none
from paperknife.settings.reading import Reading
from paperknife_decoders.carrying.unread import has_unread
from paperknife_decoders.definition.tracing import Part, Stage, trace
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.oddities.mismatch import mismatch
from paperknife_decoders.parsing import looks_like_json
from paperknife_decoders.printable import printable, printable_bytes
from paperknife_decoders.reader import Reader
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.steps import Context
from paperknife_decoders.tree import tree_text

__all__ = ["try_command"]

SHOWN_BYTES = 24
SHOWN_PARTS = 20


@click.command("try", short_help="Send one message through a protocol's steps.")
@click.argument("name")
@click.argument("message", default="-")
@click.option("--client", "side", flag_value="client", help="The client sent it.")
@click.option("--server", "side", flag_value="server", help="The server sent it.")
@click.option(
    "--schema",
    multiple=True,
    metavar="PATH",
    help="Use this in place of the schema that the protocol names; may be given again.",
)
@BY_CONFIG
@click.option("--text", is_flag=True, help="It was a text message.")
@click.option("--path", default="", metavar="PATH", help="The path of the connection's URL.")
@click.option("--redact/--no-redact", default=True, show_default=True, help="Mask secrets.")
@colour_option
@click.pass_context
def try_command(context: click.Context, /, name: str, message: str, **options: Any) -> None:
    """Send MESSAGE through the steps of the protocol NAME and see what comes out of each, and which type it gets.

    MESSAGE is hex, or a file (bytes, hex or base64), or - for stdin. The exit status is 1 if a step refuses it or does
    not give it back, if it carries something under a key that stands for no type, or if it is not of the type that is
    expected.

    \b
    Examples:
      paperknife protocol try centrifugo --server 00
      paperknife protocol try broker --client 0000000422020807 --schema protos/
    """
    if options["side"] is None:
        raise Failure("The bytes do not tell who sent them: add --client or --server.")
    reading = Reading(
        schema=options["schema"],
        protocol=name,
        config=config_or_none(options["config"] or CONFIG),
        redact="fields" if options["redact"] else "off",
    )
    loaded = load_or_fail(reading)
    reader, direction = loaded.protocol.reader(options["path"]), Direction(options["side"])
    opcode = Opcode.TEXT if options["text"] else Opcode.BINARY
    content = content_of(message)
    found = Redactor(mode=reading.redact).redact_one(reader, direction, opcode, content)
    content = content if found is None else found[0]
    click.echo(f"{direction.value} sent {len(content):,} B  {start_of(content)}")
    fits = stages_told(reader, direction, opcode, content)
    fits = envelopes_told(reader, direction, opcode, content, colour=options["colour"]) and fits
    if loaded.schema is None:
        click.echo(loaded.describe(), err=True)
    context.exit(0 if fits else 1)


def content_of(message: str) -> bytes:
    """The bytes that are meant: hex, unless there is a file of that name."""
    if message != "-":
        path = Path(message)
        if not message or (path.is_file() and not path.stat().st_size):
            return b""  # an empty message is legal
        if not path.exists():
            with contextlib.suppress(ValueError):
                return bytes.fromhex(message)
            if not path.suffix and "/" not in message:
                raise Failure(f"Hex, a file, or - was expected, and {printable(message[:40])} is neither.")
    return message_bytes(message, "auto")


def stages_told(reader: Reader, direction: Direction, opcode: Opcode, content: bytes) -> bool:
    """Tell what each step made of the content; False where one refused."""
    protocol = reader.protocol
    if not reader.has_steps(direction, opcode):
        reason = f"are for {'text' if protocol.in_text else 'binary'} messages" if protocol.steps_for(direction) else ""
        click.echo(f"no step: {'its steps ' + reason if reason else 'the message is an envelope as it is'}")
        return True
    if not protocol.in_text and looks_like_json(content):
        click.echo("no step: it is JSON, and stays so")
        return False
    context = Context(direction, reader.memory, reader.path, protocol.limits, is_text=opcode is Opcode.TEXT)
    stages = trace(protocol.steps_for(direction), content, context)
    for number, stage in enumerate(stages, 1):
        tell(number, stage)
    if any(stage.fault for stage in stages):
        return False
    if closes(reader, direction, opcode, content):
        return True
    click.echo("Closed again, the parts do not give the message back: what is changed in it cannot be sent.", err=True)
    return False


def closes(reader: Reader, direction: Direction, opcode: Opcode, content: bytes) -> bool:
    """True if the steps give a message back that nobody changed."""
    try:
        opened = reader.open(direction, opcode, content)
        return opened.close(opened.parts) == content
    except DecodeError:
        return False


def tell(number: int, stage: Stage) -> None:
    """One step and its parts."""
    if stage.fault:
        click.echo(printable(f"{number}. {stage.step}  ! {stage.fault}"))
        return
    click.echo(printable(f"{number}. {stage.step}  {len(stage.parts):,} part{'' if len(stage.parts) == 1 else 's'}"))
    for part in stage.parts[:SHOWN_PARTS]:
        click.echo(f"   {part_text(part)}")
    if len(stage.parts) > SHOWN_PARTS:
        click.echo(f"   and {len(stage.parts) - SHOWN_PARTS:,} more")


def part_text(part: Part) -> str:
    """One part in a line: its size, the values in front of it, and its reason or else its first bytes."""
    values = "".join(f"  {name}={value}" for name, value in part.header.items())
    return printable(f"{len(part.data):>5,} B{values}  {part.reason or start_of(part.data)}".rstrip())


def start_of(data: bytes) -> str:
    """The first bytes in hex, and as text where they are."""
    head = data[:SHOWN_BYTES]
    text = printable_bytes(head) if head.isascii() and head.decode().isprintable() else ""
    return f"{head.hex(' ')}{' …' if len(data) > SHOWN_BYTES else ''}{f'  {text}' if text else ''}"


def envelopes_told(
    reader: Reader, direction: Direction, opcode: Opcode, content: bytes, *, colour: bool | None
) -> bool:
    """Tell what is read of the content; False where something speaks against its type."""
    paint = paint_for(sys.stdout, colour)
    envelopes, fits = reader.read(direction, opcode, content), True
    for number, envelope in enumerate(envelopes, 1):
        kind = envelope.type.name if envelope.type is not None else "no type"
        if envelope.type is not None and envelope.type.told_by:
            kind = "a message without an envelope"
        click.echo(
            f"\nenvelope {number} of {len(envelopes)}: {printable(kind)}, {envelope.payload or envelope.form.value}"
        )
        click.echo(tree_text(envelope, reader.protocol.secrets, paint).rstrip("\n"), color=True)
        complaint = mismatch(envelope) if envelope.type is not None else ""
        if not complaint and envelope.message is not None and has_unread(envelope.message):
            complaint = "Not all that is carried could be read: a key stands for no type, or a step refused it."
        if complaint:
            click.echo(printable(complaint), err=True)
            fits = False
    return fits
