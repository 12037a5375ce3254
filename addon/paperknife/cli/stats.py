"""`paperknife stats`: how a recorded session did, in figures."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from paperknife.cli.colour import colour_option, paint_for
from paperknife.cli.options import override_from, override_options, text_or_json
from paperknife.cli.progress import Progress, counted, size_of
from paperknife.cli.results import told_faults
from paperknife.cli.selecting import is_selective, selection_from, selection_options
from paperknife.cli.viewing import talk
from paperknife.live.ascii_json import ascii_json
from paperknife.recording.items import Closed, Item, Noticed, Opened
from paperknife.recording.reading import Recording, opened_file
from paperknife.recording.selection import Selection
from paperknife.settings.reading import Loaded
from paperknife.stats.meter import Meter
from paperknife.stats.objects import report_object
from paperknife.stats.tables import report_lines
from paperknife.traffic import Piece
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.message import Message
from paperknife_decoders.printable import printable
from paperknife_decoders.protocol import Protocol

__all__ = ["stats_command"]

NOTHING_MEASURED = 1
"""The exit status where a part was asked for, and there is nothing in it."""


@click.command("stats", short_help="Measure a session: rates, latencies, gaps, heartbeats.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@selection_options
@text_or_json("Tables to read, or one JSON object.")
@override_options
@colour_option
@click.pass_context
def stats_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Measure a recorded session: rates and sizes of each payload, how long answers took, gaps in sequence numbers,
    and heartbeats that did not come.

    Several files are measured together, as the parts of a recording that was split. One that was cut off is measured
    up to there. FILE may be - for the standard input. The exit status is 1 if a part was asked for and nothing is in
    it.

    Latencies are from a request to its first answer; their percentiles are within 1 %. Sequence numbers are integers
    called sequence, seq_no and the like; each symbol, channel or the like has its own, unless all are counted together.
    With --where all messages are followed, and those that match are counted.

    \b
    Examples:
      paperknife stats session.mcap
      paperknife stats session.mcap --from +1s --where "direction == server"
      paperknife stats session.mcap --format json | jq .latencies
    """
    override = override_from({**options, "redact": "fields"})
    measuring = Measuring(options)
    for file in files:
        with told_faults("-"), Progress(f"Measuring {printable(file)}", size_of(file)) as progress:
            measuring.read(Recording(file, override=override, read=counted(opened_file(file), progress)))
    report = measuring.meter.report()
    if options["form"] == "json":
        told = {"files": list(files), "cut": measuring.cuts, **report_object(report)}
        click.echo(ascii_json(told))
    else:
        paint = paint_for(sys.stdout, options["colour"])
        click.echo("".join(f"{line}\n" for line in report_lines(report, paint)), nl=False, color=True)
    for cut in measuring.cuts:
        talk(f"! {cut}")
    if is_selective(options) and not report.amounts:
        talk("There is no message in this part.")
        context.exit(NOTHING_MEASURED)


class Measuring:
    """Feeds recordings to a meter; `cuts` say what is wrong with those that are not whole."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.cuts: list[str] = []
        self.begin_ns = 0
        self.selection = Selection()
        self.meter = Meter(self.wants if options["where"] else None)

    def wants(self, message: Message, envelope: Envelope) -> bool:
        """What ``--where`` says of an envelope."""
        return self.selection.wants(message, envelope)

    def read(self, recording: Recording) -> None:
        """Measure what is selected of one recording; a time from the beginning is from that of the first."""
        recording.begin()
        if not self.begin_ns and (self.options["start"] or self.options["end"]):
            self.begin_ns = recording.begin_ns
        loaded = recording.loaded if self.options["where"] else Loaded(Protocol())
        self.selection = selection_from(self.options, loaded, self.begin_ns)
        if self.selection.start_ns is not None:
            recording.since(self.selection.start_ns)
        for item in self.selected(recording):
            self.meter.add(item)
        for fault in recording.faults:
            talk(f"! {fault}")
        if recording.cut:
            self.cuts.append(recording.cut)

    def selected(self, items: Iterable[Item]) -> Iterator[Item]:
        """What is in the time and on the connections that were asked for; ``--where`` is the meter's to heed."""
        if not is_selective({**self.options, "where": None}):
            yield from items
            return
        until = self.selection.until_ns
        for item in items:
            if self.selection.covers(connection_of(item), item.time_ns):
                yield item
            if until is not None and item.time_ns >= until:
                return


def connection_of(item: Item) -> int:
    """The number of an item's connection, 0 where it has none."""
    match item:
        case Message() | Piece():
            return item.connection
        case Opened() | Closed():
            return item.connection.number
        case Noticed():
            return 0
