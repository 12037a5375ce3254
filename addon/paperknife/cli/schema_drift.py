"""`paperknife schema drift`: what recorded traffic holds and the schema lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import click

from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, protocol_options, text_or_json
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.show import needs_redaction
from paperknife.cli.viewing import talk
from paperknife.live.amounts import clock_text, count_text, rfc3339
from paperknife.live.ascii_json import ascii_json
from paperknife.recording.items import Item
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.redacting import redacted
from paperknife.settings.reading import Loaded
from paperknife_decoders.message import Message, Opcode
from paperknife_decoders.oddities.drift import Drift, Finding, Moment
from paperknife_decoders.oddities.search import OddityKind
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import Redactor
from paperknife_decoders.secrets import NO_SECRETS, Secrets

__all__ = ["drift_command"]

DRIFTED = 1
"""The exit status where the schema lacks something."""

HEAD = ("TYPE", "NUMBER", "WIRE", "READS AS", "COUNT", "FIRST SEEN", "IN", "EXAMPLE")


@click.command("drift", short_help="Find what traffic holds and a schema lacks.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--schema",
    multiple=True,
    metavar="PATH",
    help="The schema to compare with, as for `proxy`; otherwise each recording's own.",
)
@click.option("--client", "client_type", default="", metavar="TYPE", help="With --schema: what the client sends.")
@click.option("--server", "server_type", default="", metavar="TYPE", help="With --schema: what the server sends.")
@protocol_options
@text_or_json("A table and the lines to add, or one JSON object per line.")
@click.option(
    "--redact",
    type=click.Choice(["fields", "off"]),
    default="fields",
    show_default=True,
    help="Mask secrets in examples, or mask nothing.",
)
@click.pass_context
def drift_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Find what traffic holds and a schema lacks: fields and enum values, each with the line to add to the .proto.

    FILE is a recording, or - for the standard input; several are taken together. What lies behind steps, or is carried
    in other messages, is looked through as the recording's protocol says, or the one that --protocol names. The exit
    status is 0 if the schema knows all there is, and 1 if it does not.

    \b
    Examples:
      paperknife schema drift session.mcap --schema protos/
      paperknife schema drift session.mcap --format json | jq -r .add
    """
    override = override_from(options)
    drift = Drift(NO_SECRETS if options["redact"] == "off" else Secrets())
    places = {file.name: file.place for schema in (override.schemas if override else ()) for file in schema.files}
    read = 0
    for file in files:
        with told_faults("-"):
            read += look_through(file, override, drift, redact=options["redact"])
    if not read:
        raise Failure("No message was found that has a type. Name the schema to compare with: --schema PATH.")
    found = sorted(drift.found.values(), key=lambda each: (each.definition.full_name, each.number))
    for line in json_lines(found, places) if options["form"] == "json" else text_lines(found, places):
        click.echo(line)
    tell(drift, read)
    context.exit(DRIFTED if found or drift.unparsed else 0)


def look_through(file: str, override: Loaded | None, drift: Drift, *, redact: Any) -> int:
    """Take in one recording; the number of messages that have a type."""
    read = 0
    with Progress(f"Reading {printable(file)}", size_of(file)) as progress:
        recording = Recording(file, override=override, secrets=drift.secrets, read=counted(opened_file(file), progress))
        items: Iterable[Item] = recording
        recording.loaded  # noqa: B018 - reads ahead, so that what is said of redaction is known
        if needs_redaction(recording, redact):
            items = redacted(recording, Redactor(mode=redact))
        for item in items:
            if not isinstance(item, Message) or item.opcode >= Opcode.CLOSE:
                continue
            drift.secrets = item.reader.protocol.secrets
            for envelope in item.envelopes:
                read += envelope.type is not None
                drift.absorb(envelope, Moment(item.time_ns, item.connection, item.direction, envelope.payload))
    for fault in (*recording.faults, *([recording.cut] if recording.cut else [])):
        talk(f"! {fault}")
    return read


def text_lines(found: list[Finding], places: dict[str, str]) -> Iterator[str]:
    """A table, and below it the lines to add, under the type and the file that they belong to."""
    if not found:
        return
    rows = [HEAD, *(row(each) for each in found)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
    for cells in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
    for name, group in groupby(found, key=lambda each: each.definition.full_name):
        of_one = list(group)
        file = of_one[0].definition.file.name
        yield ""
        yield printable(f"// to add to {name}, in {places.get(file, file)}")
        for each in of_one:
            yield from each.lines


def row(finding: Finding) -> tuple[str, ...]:
    """The cells of one finding."""
    first = finding.first
    is_value = finding.kind is OddityKind.UNKNOWN_ENUM_VALUE
    return (
        printable(finding.definition.full_name),
        str(finding.number),
        finding.wire or "varint",
        "enum value" if is_value else finding.guess.type if finding.guess else "",
        f"{finding.count:,}",
        f"{clock_text(first.time_ns)} #{first.connection} {first.direction.arrow}",
        printable(".".join(finding.path) or "the envelope"),
        finding.example,
    )


def json_lines(found: list[Finding], places: dict[str, str]) -> Iterator[str]:
    """One object for each finding."""
    for each in found:
        first, guess = each.first, each.guess
        told: dict[str, Any] = {
            "kind": each.kind.value,
            "type": each.definition.full_name,
            "file": places.get(each.definition.file.name, each.definition.file.name),
            "number": each.number,
            "path": ".".join(each.path),
            "wire": each.wire or "varint",
            "guess": guess.type if guess else None,
            "repeated": bool(guess and guess.label == "repeated"),
            "count": each.count,
            "first": {
                "time": rfc3339(first.time_ns),
                "connection": first.connection,
                "direction": first.direction.value,
                "payload": first.payload,
            },
            "example": each.example,
            "add": "\n".join(each.lines),
        }
        yield ascii_json(told)


def tell(drift: Drift, read: int) -> None:
    """Say on stderr what it comes to."""
    messages = count_text(read, "message")
    if drift.found:
        more = "more than " if drift.is_full else ""
        missing = f"{more}{count_text(len(drift.found), 'field or enum value', 'fields or enum values')}"
        talk(f"{messages} read: the schema lacks {missing}.")
    elif not drift.unparsed:
        talk(f"{messages} read: the schema knows all that is in them.")
    if drift.unparsed:
        talk(f"! {drift.unparsed:,} of {messages} did not parse as the type expected: see `paperknife show`.")
