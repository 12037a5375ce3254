"""`paperknife export`: a recording in the formats of other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from paperknife.cli.exporting import WRITERS, Target, Writer
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, override_options
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.selecting import is_selective, selection_but_to_options, selection_from
from paperknife.cli.show import needs_redaction, secrets_of
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.exchange.conversations import Conversations
from paperknife.recording.exchange.tables import Tables
from paperknife.recording.items import Item
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.redacting import redacted
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import Redactor

__all__ = ["export_command"]


@click.command("export", short_help="Write a recording as JSON Lines, CSV, HAR or flows.")
@click.argument("file")
@click.option(
    "--to",
    "form",
    type=click.Choice(["jsonl", "csv", "har", "flow"]),
    required=True,
    help="JSON Lines, tables, HTTP Archive for DevTools, mitmproxy's flows.",
)
@click.option(
    "-o", "--output", "out", metavar="OUT", help="The file to write, for csv a new folder; by default stdout."
)
@click.option("--force", is_flag=True, help="Replace OUT if it is there already.")
@selection_but_to_options
@click.option("--raw", is_flag=True, help="With jsonl: also the bytes of each message (data), in base64.")
@override_options
@click.option(
    "--redact",
    type=click.Choice(["fields", "strict", "off"]),
    default="fields",
    show_default=True,
    help="Mask secrets that were recorded (fields); also blank what cannot be read (strict); or mask nothing (off).",
)
@click.pass_context
def export_command(context: click.Context, /, file: str, **options: Any) -> None:
    """Write the recording FILE for other programs. FILE may be - for the standard input.

    jsonl has an object for each envelope, as show --format json has, with the fate of its message. csv has a table for
    each payload and direction, with a column for each field; text that a spreadsheet would run as a formula, or that
    begins with ', gets a ' in front. har opens in Chrome's DevTools (Network, Import HAR). flow opens in mitmproxy; it
    has no place for pings and pongs, nor for the original of a changed message.

    The exit status is 1 if a part was asked for and nothing is in it, or if something could not be written in full.

    \b
    Examples:
      paperknife export session.mcap --to jsonl --where "order.quantity > 2"
      paperknife export session.mcap --to csv -o tables
      paperknife export session.mcap --to csv --where "payload == market_data" -o market.csv
      paperknife export session.mcap --to har -o session.har --from +10s --until +1m
      paperknife export session.mcap --to flow -o session.flow
    """
    if options["raw"] and options["form"] != "jsonl":
        raise Failure(f"--raw goes with --to jsonl; {options['form']} has the bytes in a form of its own.")
    out = options["out"]
    with told_faults(out or "-"):
        recording, writer = run(file, out, options)
    if recording.cut:
        talk(f"! {recording.cut}")
    lossy = tell_losses(writer)
    talk(f"{count_text(writer.messages, 'row' if options['form'] == 'csv' else 'message')} exported.")
    context.exit(1 if lossy or (is_selective(options) and not writer.messages) else 0)


def run(file: str, out: str | None, options: dict[str, Any]) -> tuple[Recording, Writer]:
    """Read, select and write."""
    override = override_from(options)
    read = opened_file(file)
    with Progress(f"Reading {printable(file)}", size_of(file)) as progress:
        recording = Recording(file, override=override, secrets=secrets_of(options), read=counted(read, progress))
        selection = selection_from(options, recording.loaded, recording.begin_ns)
        items: Iterator[Item] = iter(recording)
        if needs_redaction(recording, options["redact"]):  # what is a secret is known from all that came before
            items = redacted(items, Redactor(mode=options["redact"]))
        elif selection.start_ns is not None:
            recording.since(selection.start_ns, progress.advance)
        target = Target(file, out, options["force"])
        with WRITERS[options["form"]](target, selection, options) as writer:
            for item in items:
                writer.write(item)
    return recording, writer


def tell_losses(writer: Writer) -> bool:
    """Say what has no place in the format; True if it is more than the help says."""
    if isinstance(writer, Conversations) and writer.unplaced:
        talk(f"{count_text(writer.unplaced, 'control frame')} left out: the format has no place for them.")
    if not isinstance(writer, Conversations | Tables) or not writer.left_out:
        return False
    why = "to be exported" if isinstance(writer, Conversations) else "to be decoded, which no table has"
    talk(f"! {count_text(writer.left_out, 'message')} too large {why}.")
    return True
