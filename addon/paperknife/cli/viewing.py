"""A live view and a tally as the shared options ask for them, from the first line to the summary."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from paperknife.cli.colour import paint_for
from paperknife.cli.counted import counted_lines
from paperknife.cli.expressions import compile_for
from paperknife.cli.failure import Failure
from paperknife.cli.options import view_from
from paperknife.live.amounts import count_text
from paperknife.live.printer import Limits, Printer, say
from paperknife.live.tally import Tally
from paperknife.live.view import LiveView
from paperknife.mutation.rules import RulesReport
from paperknife.settings.reading import Loaded
from paperknife.stats.meter import Meter
from paperknife.stats.tables import conduct_lines
from paperknife.traffic import Consumer
from paperknife_decoders.expression import ExpressionError

if TYPE_CHECKING:
    from paperknife.proxy.addon import Paperknife

__all__ = ["Viewing", "open_output", "talk", "talking"]

FAILED = 2
"""The exit status where lines could not be written."""

INCOMPLETE = 1
"""The exit status where lines were lost that a program was to read."""


TALK = Limits(lines=10_000, size=4 << 20)
"""What waits for a reader of lines that are not data."""


def talk(text: str) -> None:
    """Say something that is not data; a terminal that was stopped with Ctrl-S does not hold us up for long."""
    say(f"{text}\n", sys.stderr)


def talk_later(text: str) -> None:
    """Say something from within an event loop, which does not wait for it."""
    asyncio.get_running_loop().run_in_executor(None, talk, text)


@contextlib.contextmanager
def talking() -> Iterator[Callable[[str], None]]:
    """What says things that are not data one after another, and waits for nobody who does not read them.

    Lines for which there is no room are counted instead.
    """
    printer: Printer[str] = Printer(
        lambda text: (f"{text}\n",),
        lambda count: f"! {count_text(count, 'line')} could not be shown: nobody read them.\n",
        sys.stderr,
        limits=TALK,
    )

    def offer(text: str) -> None:
        printer.offer(text, lines=text.count("\n") + 1, size=len(text))

    try:
        yield offer
    finally:
        printer.finish()


@contextlib.contextmanager
def open_output(path: str | None, otherwise: TextIO | None = None) -> Iterator[TextIO]:
    """Where the lines go: a file that only its owner reads, or `otherwise` (stdout) for no path; ``-`` is stdout."""
    if path is None or path == "-":
        out: TextIO | None = otherwise if otherwise is not None and path is None else sys.stdout
        if out is None:
            raise Failure("A place for the lines was expected, and stdout is closed. Name a file with -o FILE.")
        yield out
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Failure(f"A file to write to was expected at {path}: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        yield file


class Viewing:
    """What is shown and counted in one run, by the options of `view_options`; without `show` it is only counted."""

    def __init__(self, options: dict[str, Any], loaded: Loaded, out: TextIO, *, show: bool = True) -> None:
        self.options = options
        self.tally = Tally()
        self.meter: Meter | None = None
        """What measures, where something is to be told of it in the summary."""
        self.rules: Callable[[], RulesReport] = RulesReport
        """What the rules have counted."""
        self.view: LiveView | None = None
        self.end: Callable[[], None] = lambda: None
        self.is_broken = self.is_failed = False
        if show:
            self.view = LiveView(view_from(options, loaded, out), out, tally=self.tally, on_broken=self.broken)

    @property
    def consumer(self) -> Consumer:
        """Who is fed by the proxy; the view feeds the tally from its own thread."""
        return self.tally if self.view is None else self.view

    def broken(self, error: OSError) -> None:
        """Nobody reads the lines any more: end, as any command in a pipe does."""
        if not isinstance(error, BrokenPipeError):
            talk(f"The lines could not be written: {error.strerror}. The proxy ends.")
            self.is_failed = True
        self.is_broken = True
        self.end()

    def ends_with(self, end: Callable[[], None]) -> None:
        """Have `end` called, from any thread, as soon as nobody reads the lines any more."""
        self.end = end
        if self.is_broken:
            end()

    def schema_changed(self, loaded: Loaded) -> None:
        """Compile the expressions against the new schema; one that does not fit it goes on with the old."""
        if self.view is None:
            return
        try:
            where = self.options["where"] and compile_for(self.options["where"], loaded)
            hide = [compile_for(text, loaded) for text in self.options["hide"]]
        except ExpressionError as error:
            self.view.notice(
                f"An expression does not fit the new schema and goes on with the old one. {error}", warning=True
            )
            return
        self.view.use_expressions(where or None, hide)

    def measure_with(self, addon: Paperknife, *, always: bool = False) -> None:
        """Have the summary tell what the addon measures, and say now where no view does; `always` for its own sake."""
        if self.view is None and addon.pulse is not None:
            addon.pulse.say = talk_later
        self.meter = addon.measure() if always else addon.audience.meter
        self.rules = addon.changers.report

    def finish(self) -> int:
        """Show what is left, then the summary; the exit status."""
        lost = self.view.finish() if self.view else 0
        paint = paint_for(sys.stderr, self.options["colour"])
        talk("\n" + self.tally.summary_text(paint).rstrip("\n"))
        if lines := list(counted_lines(self.rules(), paint)):
            talk("\n" + "\n".join(lines))
        if self.meter is not None:
            talk("\n".join(conduct_lines(self.meter.report(), paint)))
        if self.is_failed:
            return FAILED
        return INCOMPLETE if lost and self.options["form"] == "json" else 0
