"""`paperknife recover`: a whole recording out of a damaged one."""

from __future__ import annotations

from pathlib import Path

import click

from paperknife.cli.failure import Failure
from paperknife.cli.progress import Progress
from paperknife.cli.results import name_of, result_options, result_place, told_faults
from paperknife.cli.viewing import talk
from paperknife.live.amounts import count_text
from paperknife.recording.recovery import Recovered, recover
from paperknife_decoders.printable import printable

__all__ = ["recover_command"]

MOST_TOLD = 20
"""Damaged places that are told one by one."""


@click.command("recover", short_help="Make a whole recording of a damaged one.")
@click.argument("source", metavar="IN")
@result_options
@click.pass_context
def recover_command(ctx: click.Context, /, source: str, out: str, force: bool) -> None:
    """Make a whole recording of one that was cut off or damaged.

    All records that are whole are kept, bit for bit; where bytes are damaged, it goes on after them and says what is
    lost. The result is read back and compared before it gets its name.

    The exit status is 0 if all that was there is kept (a last record that was not written to its end does not count),
    1 if something is lost, 2 if nothing could be done.

    \b
    Example:
      paperknife recover session.mcap -o whole.mcap
    """
    if source == "-":
        raise Failure("A file was expected: a damaged recording is read back and forth. Save the input first.")
    with result_place(source, out, force=force) as path, told_faults(out):
        if not Path(source).is_file():
            raise Failure(f"A recording was expected at {printable(source)}, and there is no such file.")
        with Progress("", 0) as progress:

            def told(what: str, done: int, of: int) -> None:
                progress.what = f"{what} {printable(source)}"
                progress.at(done, of)

            result = recover(Path(source), path, told)
    report(result, source, out)
    ctx.exit(1 if result.is_lossy else 0)


def report(result: Recovered, source: str, out: str) -> None:
    """Say what was found and what was not."""
    for loss in result.losses[:MOST_TOLD]:
        talk(str(loss))
    if len(result.losses) > MOST_TOLD:
        rest = result.losses[MOST_TOLD:]
        talk(f"At {len(rest):,} more places: {sum(loss.size for loss in rest):,} B are lost.")
    if result.missing:
        verb = "is" if result.missing == 1 else "are"
        talk(f"By the numbers of the others, {count_text(result.missing, 'record')} {verb} missing there.")
    if result.orphans:
        verb, whose = ("is", "its") if result.orphans == 1 else ("are", "their")
        talk(f"{count_text(result.orphans, 'record')} {verb} left out: what told of {whose} channel is lost.")
    if result.is_short:
        talk("The end of it is missing, with messages of which nothing is known.")
    elif result.cut:
        talk(f"The last {result.cut:,} B are left out: a record that was not written to its end.")
    state = "was whole" if result.was_whole and not result.is_lossy else "is mended"
    messages = count_text(result.messages, "message")
    talk(f"{printable(source)} {state}. {name_of(out)}: {messages}, read back and the same.")
