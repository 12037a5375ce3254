"""`paperknife info`: what a recording holds, counted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.contents import Contents, without_secrets
from paperknife.cli.failure import Failure
from paperknife.cli.options import text_or_json
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.viewing import talk
from paperknife.live.ascii_json import ascii_json
from paperknife.recording.counter import Counter
from paperknife.recording.ending import read_ending
from paperknife.recording.reading import Recording, RecordingError, opened_file
from paperknife_decoders.printable import printable

__all__ = ["info_command"]


@click.command("info", short_help="Tell what a recording holds, and whether it is whole.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@text_or_json("Text to read, or one JSON object per file, each on a line.")
@colour_option
@click.pass_context
def info_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Tell what a recording holds: its time, connections, messages and bytes of each payload, and whether it is whole.

    For a finished recording this takes no time; one that was cut off, or is still being written, is read and counted
    first. Secrets in URLs and subprotocols are masked. FILE may be - for the standard input.

    \b
    Examples:
      paperknife info session.mcap
      paperknife info *.mcap --format json | jq .messages
    """
    paint = paint_for(sys.stdout, options["colour"])
    told = status = 0
    for file in files:
        try:
            contents = contents_of(file)
        except RecordingError as error:  # it says nothing of the other files
            talk(f"Error: {error}")
            status = Failure.exit_code
            continue
        if options["form"] == "json":
            click.echo(ascii_json(contents.json_object()))
        else:
            click.echo(("\n" if told else "") + contents.text(paint), nl=False, color=True)
        told += 1
    context.exit(status)


def contents_of(file: str) -> Contents:
    """What is in a file: told by its end, or counted. Raises `RecordingError`."""
    size = size_of(file)
    if file != "-":
        try:
            ending = read_ending(Path(file)) if Path(file).is_file() else None
        except OSError as error:
            raise RecordingError(f"A recording was expected at {printable(file)}: {error.strerror}.") from None
        if ending is not None:
            return Contents(file, without_secrets(ending.summary, ending.session), ending.session, size)
    counter = Counter()
    with Progress(f"Counting {printable(file)}", size) as progress:
        recording = Recording(file, read=counted(opened_file(file), progress))
        for item in recording:
            counter.add(item)
    summary = without_secrets(counter.summary(), recording.session)
    return Contents(file, summary, recording.session, size, recording.cut)
