"""`paperknife import`: recordings of what other programs saw."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import click

from paperknife import __version__
from paperknife.cli.failure import Failure
from paperknife.cli.options import READING, decorate, load_or_fail, reading_from
from paperknife.cli.results import name_of, result_options, result_place, told_faults
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.exchange.bringing import bring
from paperknife.recording.exchange.har_source import HarSource
from paperknife.recording.exchange.sources import Source, SourceError
from paperknife.recording.writer import RecordingWriter
from paperknife.settings.reading import Loaded, Reading
from paperknife_decoders.message import Message
from paperknife_decoders.printable import printable
from paperknife_decoders.redaction import Redactor

__all__ = ["import_command"]


@click.command("import", short_help="Make a recording of a HAR, or of mitmproxy's flows.")
@click.argument("file")
@result_options
@functools.partial(decorate, options=READING)
@click.pass_context
def import_command(context: click.Context, /, file: str, out: str, force: bool, **options: Any) -> None:
    """Make a recording of FILE: a HAR of Chrome, Edge, Playwright or mitmproxy, or a flow file of mitmproxy.

    The schema is kept in the recording. Secrets are masked in it, as in any other. The exit status is 1 if there is no
    WebSocket in FILE, or none whose messages it has: some browsers leave them out. OUT is not made then.

    \b
    Examples:
      paperknife import session.har -o imported.mcap --schema protos/
      paperknife import session.flow -o imported.mcap --schema protos/
    """
    reading = reading_from(options)
    loaded = load_or_fail(reading)
    with result_place(file, out, force=force) as path, told_faults(out):
        source = source_of(file)
        messages = written(source, path, loaded, reading, force=force)
    for note in source.notes():
        talk(note)
    if not messages:
        where = ", or none at an address that --match names" if reading.match else ""
        talk(f"There is no message of a WebSocket in {printable(file)}{where}. {name_of(out)} was not made.")
        context.exit(1)
    if not loaded.schemas:
        talk(loaded.describe())
    connections = count_text(len(source.sessions), "connection")
    talk(f"{name_of(out)}: {count_text(messages, 'message')} of {connections}.")


def source_of(file: str) -> Source:
    """What reads the file, by how it begins."""
    path, name = Path(file), printable(file)
    try:
        with path.open("rb") as opened:
            head = opened.read(8)
        for start, sentence in STRANGERS.items():
            if head.startswith(start):
                raise Failure(sentence.format(name))
        if head[:1].isdigit():
            from paperknife.proxy.flow_source import FlowSource

            return FlowSource(path)
        return HarSource(path)
    except SourceError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"A HAR or a flow file was expected at {name}: {error.strerror or error}.") from None


STRANGERS = {
    b"\x89MCAP0": "{} is an MCAP file: a recording needs no import.",
    b"PK\x03\x04": "{} is a zip archive. Unpack it, and import the .har file in it.",
    b"\x1f\x8b": "{} is compressed with gzip. Unpack it first.",
}
"""Files that are neither, by their first bytes."""


def written(source: Source, path: Path, loaded: Loaded, reading: Reading, *, force: bool) -> int:
    """Write the recording, if there is a message for it; how many there are."""
    session = {"program": f"paperknife {__version__}", "redact": reading.redact}
    redactor = Redactor(mode=reading.redact, warn=talk)
    messages = 0
    writer = RecordingWriter(path, session, overwrite=force)
    try:
        for item in bring(source, loaded, redactor, reading, path.parent):
            messages += isinstance(item, Message)
            writer.write(item)
    except SourceError as error:
        writer.discard()
        raise Failure(str(error)) from None
    except BaseException:
        writer.discard()
        raise
    if messages:
        writer.close()
    else:
        writer.discard()
    return messages
