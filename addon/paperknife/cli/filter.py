"""`paperknife filter`: a part of a recording as a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import name_of, result_options, result_place, told_faults
from paperknife.cli.selecting import selection_from, selection_options
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.excerpt import Excerpt
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.writer import RecordingWriter
from paperknife_decoders.message import Opcode
from paperknife_decoders.printable import printable

__all__ = ["filter_command"]


@click.command("filter", short_help="Take a part of a recording.")
@click.argument("source", metavar="IN")
@result_options
@selection_options
@click.option(
    "--hide",
    multiple=True,
    metavar="EXPR",
    help="Leave out messages for which this is true, such as heartbeat; may be given again.",
)
@click.option("--with-state", is_flag=True, help="Also take what still holds from before the first message.")
@click.pass_context
def filter_command(ctx: click.Context, /, source: str, out: str, force: bool, **options: Any) -> None:
    """Take a part of the recording IN: some time, some connections, some messages. - is stdin.

    Schemas and handshakes come along, and messages are as they were, with what was masked, changed or dropped.
    The exit status is 1 if there is no such message; OUT is not made then.

    With --with-state, what still holds from before comes first: each connection's newest message of every payload and
    subject (symbol, account, room ...), such as the login, subscriptions that were not taken back, answers and the last
    snapshots. Heartbeats are left out, and so are updates between the last snapshot and the last update.

    \b
    Examples:
      paperknife filter session.mcap -o orders.mcap --where "order or order_response"
      paperknife filter session.mcap -o minute.mcap --from +1s --to +61s --with-state
    """
    with result_place(source, out, force=force) as path, told_faults(out):
        read = opened_file(source)
        with Progress(f"Reading {printable(source)}", size_of(source)) as progress:
            recording = Recording(source, read=counted(read, progress))
            excerpt = taken(recording, path, {**options, "force": force}, progress)
    if recording.cut:
        talk(recording.cut)
    name = name_of(out)
    if not excerpt.kept:
        talk(f"None of {count_text(excerpt.seen, 'message')} is in this part. {name} was not made.")
        ctx.exit(1)
    state = f", and {excerpt.added:,} from before" if excerpt.added else ""
    talk(f"{name}: {excerpt.kept:,} of {count_text(excerpt.seen, 'message')}{state}.")
    if excerpt.forgotten:
        talk(f"The state before it was too large; {excerpt.forgotten:,} of its messages, the oldest, are left out.")


def taken(recording: Recording, path: Path, options: dict[str, Any], progress: Progress) -> Excerpt:
    """Write what the options select to a new file; none is made where that is nothing."""
    excerpt = Excerpt(selection_from(options, recording.loaded, recording.begin_ns), options["with_state"])
    if excerpt.selection.start_ns is not None and not excerpt.with_state:
        passed = recording.since(excerpt.selection.start_ns, progress.advance)
        excerpt.seen += sum(count for key, count in passed.items() if key.opcode < Opcode.CLOSE)
    session = {name: value for name, value in recording.session.items() if name != "version"}
    writer = RecordingWriter(path, session, overwrite=options["force"], progress=progress.at)
    try:
        for item in excerpt.items(recording):
            writer.write(item)
    except BaseException:
        writer.discard()
        raise
    if excerpt.kept:
        writer.close()
    else:
        writer.discard()
    return excerpt
