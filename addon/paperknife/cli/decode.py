"""`paperknife decode`: one message, from a file or stdin, in words."""

from __future__ import annotations

import contextlib
import difflib
import sys
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.decoded import FORMATS, Style
from paperknife.cli.failure import Failure
from paperknife.cli.message_file import message_bytes
from paperknife.cli.options import load_or_fail, protocol_options, reading_from, schema_option
from paperknife.live.ascii_json import ascii_json
from paperknife.recording.embedded_schemas import embedded_schemas
from paperknife_decoders.direction_types import usual_message
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.envelope_type import EnvelopeType
from paperknife_decoders.message import Direction, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.oddities.mismatch import mismatch
from paperknife_decoders.parsing import read_envelope
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import Mode, Redactor
from paperknife_decoders.schema import Schema, SchemaError, load_schema
from paperknife_decoders.secrets import NO_SECRETS, Secrets
from paperknife_decoders.transfer_encoding import Encoding
from paperknife_decoders.unknown_values import unknown_values

__all__ = ["decode_command"]

SIDES = {"client": "server", "server": "client"}
"""Each side and the other one."""


@click.command("decode", short_help="Decode one message, from a file or stdin.")
@click.argument("file", default="-")
@schema_option
@protocol_options
@click.option(
    "--as",
    "kind",
    default="",
    metavar="client|server|TYPE",
    help="Who sent the message, or the name of its type.",
)
@click.option("--client", default="", metavar="TYPE", help="The message type that the client sends.")
@click.option("--server", default="", metavar="TYPE", help="The message type that the server sends.")
@click.option(
    "--input",
    "encoding",
    type=click.Choice(["auto", *(each.value for each in Encoding)]),
    default="auto",
    show_default=True,
    help="How FILE holds the bytes. Hex may be a dump, spaced, or with \\x escapes.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "json", "textproto", "line", "wire"]),
    default="yaml",
    show_default=True,
    help="wire: the bare fields, whatever the schema says. json: fields that the schema does not know go to stderr.",
)
@click.option(
    "--redact",
    type=click.Choice(["fields", "strict", "off"]),
    default="fields",
    show_default=True,
    help="Mask fields that hold secrets, such as password, api_key and token (fields); also blank what the schema "
    "cannot read (strict); or mask nothing (off).",
)
@colour_option
@click.pass_context
def decode_command(ctx: click.Context, /, file: str, **options: Any) -> None:
    """Decode one message: FILE holds its bytes, as they are, in hex or in base64; - is stdin.

    Without a schema its bare fields are shown. The exit status is 1 if the bytes are not a message of the type that was
    asked for.

    \b
    Examples:
      echo 0a0445535a361007 | paperknife decode
      paperknife decode message.bin --schema protos/ --as client
      xxd message.bin | paperknife decode --schema protos/ --as trading.v1.ServerMessage --format json
    """
    if options["protocol"]:
        ctx.exit(decode_by_protocol(file, options))
    types = envelope_types(options)
    kind = types[0] if types else None
    data = message_bytes(file, options["encoding"])
    if kind is None:
        talk("No schema was given (--schema PATH), so these are bare fields and what they could mean.")
    envelope = read_envelope(data, kind)
    complaint = mismatch(envelope)
    if complaint:
        tell_complaint(envelope, complaint, options["kind"])
    envelope = redacted(envelope, options["redact"])
    if complaint:
        envelope = undecoded(envelope, complaint)
    else:
        tell_marks(envelope, options["form"])
    style = Style(
        secrets=NO_SECRETS if options["redact"] == "off" else Secrets(),
        paint=paint_for(sys.stdout, options["colour"]),
        types=types,
    )
    tell_unknown(envelope, options["form"], style.secrets)
    click.echo(FORMATS[options["form"]](envelope, style), color=True)
    ctx.exit(1 if complaint else 0)


def decode_by_protocol(file: str, options: dict[str, Any]) -> int:
    """Decode a message that may hold several envelopes, or one in others; the exit status."""
    if options["kind"] not in SIDES:
        raise Failure("The bytes do not tell who sent them: add --as client or --as server to --protocol.")
    types = {"client_type": options["client"], "server_type": options["server"]}
    loaded = load_or_fail(reading_from({**options, **types, "match": ()}))
    reader, direction = loaded.protocol.reader(), Direction(options["kind"])
    opcode = Opcode.TEXT if loaded.protocol.in_text else Opcode.BINARY
    data = message_bytes(file, options["encoding"])
    masked = Redactor(mode=options["redact"]).redact_one(reader, direction, opcode, data)
    envelopes = reader.read(direction, opcode, data if masked is None else masked[0])
    paint = paint_for(sys.stdout, options["colour"])
    complaints = [mismatch(each) if each.type is not None or not loaded.schemas else "" for each in envelopes]
    for envelope, complaint in zip(envelopes, complaints, strict=True):
        if complaint:
            tell_complaint(envelope, complaint, options["kind"])
        else:
            tell_marks(envelope, options["form"])
        tell_unknown(envelope, options["form"], loaded.secrets)
    style = [Style(loaded.secrets, paint, (each.type,) if each.type is not None else ()) for each in envelopes]
    texts = [FORMATS[options["form"]](envelope, each) for envelope, each in zip(envelopes, style, strict=True)]
    click.echo(("\n---\n" if options["form"] == "yaml" else "\n").join(texts), color=True)
    return 1 if any(complaints) else 0


def tell_complaint(envelope: Envelope, complaint: str, asked: str) -> None:
    """Say why an envelope is hardly of the type that was asked for, and what to try."""
    talk(complaint + ("" if envelope.form is Form.JSON else other_side(asked)))


def tell_marks(envelope: Envelope, form: str) -> None:
    """Say what is odd about an envelope; its line says so itself."""
    if form != "line":
        for mark in marks(envelope):
            talk(f"! {mark}")


def tell_unknown(envelope: Envelope, form: str, secrets: Secrets) -> None:
    """Say what the schema lacks, for which JSON has no place."""
    if form == "json":
        for unknown in unknown_values(envelope, secrets):
            talk(f"unknown field: {ascii_json(unknown)}")


def talk(sentence: str) -> None:
    """What is not data goes to stderr."""
    click.echo(sentence, err=True)


def envelope_types(options: dict[str, Any]) -> tuple[EnvelopeType, ...]:
    """The type that the options ask for, then that of the other side, if it is known; nothing without a schema."""
    asked = options["kind"]
    if not options["schema"]:
        if asked or options["client"] or options["server"]:
            raise Failure("A type was named, but no schema that defines it: add --schema PATH.")
        return ()
    try:
        schema = load_schema(options["schema"], unpack=embedded_schemas)
        if not asked:
            raise Failure(
                "The bytes do not tell who sent them: add --as client or --as server, or --as with the name of a type"
                " (paperknife schema list shows them)."
            )
        wanted = side_type(schema, asked, options[asked]) if asked in SIDES else EnvelopeType(schema.message(asked))
    except SchemaError as error:
        near = difflib.get_close_matches(asked, SIDES, n=1, cutoff=0.7)
        hint = f" Or did you mean --as {near[0]}?" if near and asked not in SIDES else ""
        raise Failure(f"{error}{hint}") from None
    for fault in schema.faults:
        talk(str(fault))
    if asked not in SIDES:
        return (wanted,)
    other = SIDES[asked]
    with contextlib.suppress(SchemaError):
        return wanted, side_type(schema, other, options[other])
    return (wanted,)


def side_type(schema: Schema, side: str, name: str) -> EnvelopeType:
    """The type of what one side sends: the one called `name`, or the one with the usual name."""
    return EnvelopeType(schema.message(name) if name else usual_message(schema, side, {side: None}))


def other_side(asked: str) -> str:
    """What to try if the direction was mistaken."""
    return f" If the {SIDES[asked]} sent it: --as {SIDES[asked]}." if asked in SIDES else ""


def undecoded(envelope: Envelope, fault: str) -> Envelope:
    """The envelope as bytes that are not of its type."""
    form = Form.WIRE if envelope.form is Form.DECODED else envelope.form
    return Envelope(envelope.data, form, envelope.type, fault=fault)


def redacted(envelope: Envelope, mode: Mode) -> Envelope:
    """The envelope as a recording would hold it: without secrets, by `strict` also without what nothing can read."""
    reader = Protocol(client=envelope.type).reader()
    found = Redactor(mode=mode).redact_one(reader, Direction.CLIENT, Opcode.BINARY, envelope.data)
    if found is None:
        return envelope
    data, spans = found
    if spans == ((0, len(data)),):
        return Envelope(data, Form.TEXT, None, fault=f"all of its {len(data):,} B are blanked: no schema can read them")
    return read_envelope(data, envelope.type)
