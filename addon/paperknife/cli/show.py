"""`paperknife show`: the lines of a recording, as they were live."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from paperknife.cli.expressions import compile_for
from paperknife.cli.failure import Failure
from paperknife.cli.options import override_from, override_options, view_from, view_options
from paperknife.cli.selecting import is_selective, placing_options, selection_from
from paperknife.cli.showing import Carried, Outlet, Showing
from paperknife.cli.viewing import talk
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.live.terminal import Width
from paperknife.recording.following import Following, next_segment
from paperknife.recording.items import Item
from paperknife.recording.reading import Recording, RecordingError
from paperknife.recording.redacting import redacted
from paperknife.settings.reading import Loaded
from paperknife_decoders.expression import Expression, ExpressionError
from paperknife_decoders.protocol import Protocol
from paperknife_decoders.redaction import Mode, Redactor
from paperknife_decoders.secrets import NO_SECRETS, Secrets

__all__ = ["show_command"]

NOTHING_SHOWN = 1
"""The exit status where a part was asked for, and there is nothing in it."""


@click.command("show")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@view_options
@placing_options
@click.option("-n", "--lines", "most", type=click.IntRange(min=1), metavar="N", help="Show only the first N messages.")
@click.option("-f", "--follow", is_flag=True, help="Go on as more is recorded; Ctrl-C ends it.")
@override_options
@click.option(
    "--redact",
    type=click.Choice(["fields", "strict", "off"]),
    default="fields",
    show_default=True,
    help="Mask secrets that were recorded (fields); also blank what cannot be read (strict); or mask nothing (off).",
)
@click.pass_context
def show_command(context: click.Context, /, files: tuple[str, ...], **options: Any) -> None:
    """Show what was recorded, in the same lines as the live view. FILE may be - for the standard input.

    A file that was cut off, or is still being written, is shown up to there. The exit status is 1 if a part was
    asked for and nothing is in it.

    \b
    Examples:
      paperknife show session.mcap
      paperknife show session.mcap --where "order.quantity > 2" --from +10s --to +1m
      paperknife show session.mcap --color | less -R
      paperknife show session.mcap --follow --hide heartbeat
    """
    if options["follow"] and (len(files) > 1 or files[0] == "-"):
        raise Failure("--follow goes with one file, which is not the standard input.")
    if sys.stdout is None:
        raise Failure("A place for the lines was expected, and stdout is closed.")
    override = override_from(options)
    outlet, carried = Outlet(sys.stdout), Carried()
    shown = status = 0
    try:
        for file in all_files(files, follow=options["follow"]):
            left = None if options["most"] is None else options["most"] - shown
            if left == 0:
                break
            try:
                shown += show_file(file, {**options, "most": left, "carried": carried}, override, outlet)
            except RecordingError as error:  # it says nothing of the other files
                outlet.flush()
                talk(f"Error: {error}")
                status = Failure.exit_code
    except KeyboardInterrupt:
        if not options["follow"]:
            raise
    outlet.flush()
    if not status and not shown and (is_selective(options) or options["hide"]):
        talk("There is no message in this part.")
        status = NOTHING_SHOWN
    context.exit(status)


def all_files(files: tuple[str, ...], *, follow: bool) -> Iterator[str]:
    """The files in their order; where one is followed, also those in which its recording goes on."""
    for file in files:
        following: str | Path | None = file
        while following is not None:
            yield str(following)
            following = next_segment(following) if follow else None


def show_file(file: str, options: dict[str, Any], override: Loaded | None, outlet: Outlet) -> int:
    """Show one recording; the number of messages that were shown."""
    follow = Following(file, outlet.flush) if options["follow"] else None
    recording = Recording(file, override=override, secrets=secrets_of(options), read=follow)
    # Nothing is read ahead of what is followed unless it has to be: a connection shows before its first message.
    needed = options["where"] or options["hide"] or not follow
    loaded = recording.loaded if needed else Loaded(Protocol())
    filters = Filters(options, loaded)
    renderer = Renderer(filters.view, Width(sys.stdout))
    recording.begin()
    begin_ns = recording.begin_ns if options["start"] or options["end"] else 0
    selection = selection_from({**options, "where": None, "hide": ()}, loaded, begin_ns)
    adapt = filters.adapting(renderer)
    showing = Showing(renderer, outlet, selection, options["most"], adapt, carried=options["carried"])
    items: Iterator[Item] = iter(recording)
    if needs_redaction(recording, options["redact"]):  # what is a secret is known from all that came before
        items = redacted(items, Redactor(mode=options["redact"]))
    elif selection.start_ns is not None and not follow:
        showing.pass_over(recording.since(selection.start_ns))
    showing.show(items)
    outlet.flush()
    for fault in recording.faults:
        talk(f"! {fault}")
    if recording.cut and not (follow and follow.is_over):
        talk(f"! {recording.cut}")
    return showing.shown


def secrets_of(options: dict[str, Any]) -> Secrets:
    """What is masked by its name."""
    return NO_SECRETS if options["redact"] == "off" else Secrets()


def needs_redaction(recording: Recording, mode: Mode) -> bool:
    """True if the file may hold what is not to be shown: no more was masked in it than now is."""
    if mode == "off":
        return False
    enough = ("strict",) if mode == "strict" else ("strict", "fields")
    return recording.session.get("redact") not in enough or recording.protocols.override is not None


class Filters:
    """The expressions of the options, compiled for the protocol of the messages that come."""

    def __init__(self, options: dict[str, Any], loaded: Loaded) -> None:
        self.options = options
        self.view: ViewOptions = replace(view_from(options, loaded), secrets=None)
        self.fits = loaded.protocol
        self.is_lazy = loaded.is_first

    def adapting(self, renderer: Renderer) -> Callable[[Protocol], None]:
        """What changes the expressions of `renderer` to another protocol, where they fit it."""

        def adapt(protocol: Protocol) -> None:
            if self.is_lazy or protocol is self.fits:
                return
            self.fits = protocol
            try:
                where, hide = self.compiled(Loaded(protocol))
            except ExpressionError:
                return  # the old ones read the new messages by the same names
            renderer.use_expressions(where, hide)

        return adapt

    def compiled(self, loaded: Loaded) -> tuple[Expression | None, tuple[Expression, ...]]:
        """The expressions for a protocol."""
        where = self.options["where"]
        hide = tuple(compile_for(text, loaded) for text in self.options["hide"])
        return compile_for(where, loaded) if where else None, hide
