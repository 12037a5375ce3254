"""What passes as text: filters, correlation and a format, for the live view and for recordings alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from paperknife.live.events import Closed, Control, Event, Notice
from paperknife.live.formats import FORMATS
from paperknife.live.interest import Interest
from paperknife.live.line import Shown
from paperknife.live.printer import Limits
from paperknife_decoders.correlation import Answer, Correlator
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.expression import Expression
from paperknife_decoders.message import Fate, Message, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.printable import printable, printable_bytes
from paperknife_decoders.redaction.elsewhere import masked_elsewhere
from paperknife_decoders.secrets import Secrets

__all__ = ["FormatName", "Renderer", "ViewOptions"]

MOST_CONNECTIONS = 10_000
"""Connections whose requests are remembered; of more, those that were met first are forgotten."""

type FormatName = Literal["line", "yaml", "json", "textproto", "hex"]


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What to show, and how.

    `where` shows only the envelopes that it matches, each of `hide` leaves those out that it matches. `secrets` masks
    by other rules than each connection's protocol has. `width` is a fixed number of columns; without it the
    terminal's are followed. `heartbeats` False leaves out heartbeat payloads, pings and pongs. `verbose` writes the
    whole tree below each line. `correlate` tells what a response answers and after how long.
    """

    format: FormatName = "line"
    verbose: bool = False
    where: Expression | None = None
    hide: tuple[Expression, ...] = ()
    secrets: Secrets | None = None
    colour: bool = False
    width: int | None = None
    heartbeats: bool = True
    correlate: bool = True
    limits: Limits = field(default_factory=Limits)


class Renderer:
    """Gives the texts of what passes, each ending with a line feed. `width` tells the columns of the terminal.

    It remembers requests, so it wants all messages of a connection in their order, and the end of it.
    """

    def __init__(self, options: ViewOptions, width: Callable[[], int]) -> None:
        self.options = options
        paint = ANSI if options.colour and options.format != "json" else PLAIN
        self._format = FORMATS[options.format](paint, width, options.verbose)
        self._correlators: dict[int, Correlator] = {}
        self._interest = Interest(options.where, correlate=options.correlate)
        self.missed = self._format.missed

    def use_expressions(self, where: Expression | None, hide: tuple[Expression, ...]) -> None:
        """Filter what is shown from now on by these, as after a schema was loaded anew."""
        self.options = replace(self.options, where=where, hide=hide)
        self._interest = Interest(where, correlate=self.options.correlate)

    def event(self, event: Event) -> str:
        """The text of what is no message."""
        if isinstance(event, Closed):
            self._correlators.pop(event.connection.number, None)
        return self._format.event(event)

    def message(self, message: Message, *, show: bool = True) -> Iterable[str]:
        """The texts of those envelopes of a message that the filters let through; without `show` it is only noted."""
        return self._texts(message, show) if self._interest.has(message) else ()

    def _texts(self, message: Message, show: bool) -> Iterator[str]:
        try:
            yield from self._message(message, show)
        except Exception as error:  # the one place: a fault of ours costs one line of the view, and nothing else
            yield self._format.event(failed(message, error))

    def _message(self, message: Message, show: bool) -> Iterator[str]:
        options = self.options
        if message.opcode >= Opcode.CLOSE:
            # A reader finds close frames in the line that says that the connection is closed; a program gets all.
            told = options.format == "json" if message.opcode is Opcode.CLOSE else options.heartbeats
            if options.where is None and told and show:
                yield self._format.event(Control(message))
            return
        envelopes = message.envelopes
        for position, envelope in enumerate(envelopes or (NOTHING,)):
            answer = self._answer(message, envelope) if options.correlate else None
            if show and is_wanted(message, envelope, options):
                secrets = options.secrets or message.reader.protocol.secrets
                found = message.oddities[position] if envelopes else ()
                shown = Shown(
                    message,
                    envelope,
                    secrets,
                    answer,
                    became(message) + (MASKED if masked_elsewhere(message) else ()) + marks(envelope, found),
                    position,
                    len(envelopes),
                )
                yield self._format.envelope(shown)

    def _answer(self, message: Message, envelope: Envelope) -> Answer | None:
        correlator = self._correlators.get(message.connection)
        if correlator is None:
            if len(self._correlators) >= MOST_CONNECTIONS:
                del self._correlators[next(iter(self._correlators))]
            correlator = self._correlators[message.connection] = Correlator()
        return correlator.observe(message, envelope)


NOTHING = Envelope(b"", Form.BYTES)
"""Stands for a message in which the protocol reads no envelope at all."""

FATES: dict[Fate, tuple[str, ...]] = {fate: () if fate is Fate.PASSED else (fate.value,) for fate in Fate}
"""The mark of what became of a message."""


def became(message: Message) -> tuple[str, ...]:
    """The mark of what became of a message, and by which rules."""
    if not message.hits:
        return FATES[message.fate]
    word = message.fate.value if message.fate is not Fate.PASSED else "rule"
    return (f"{word}: {', '.join(message.hits)}",)


MASKED = ("masked",)
"""The mark of a message with asterisks where a secret was, other than in fields that are secret by their names."""


def is_wanted(message: Message, envelope: Envelope, options: ViewOptions) -> bool:
    """True if the filters let this envelope be shown."""
    if not options.heartbeats and message.reader.protocol.is_heartbeat(envelope):
        return False
    if options.where is not None and not options.where.matches(message, envelope):
        return False
    return not options.hide or not any(hidden.matches(message, envelope) for hidden in options.hide)


def failed(message: Message, error: Exception) -> Notice:
    """What is shown of a message that we could not show."""
    reason = printable(f"{type(error).__name__}: {error}")
    text = f"{message!r} could not be shown, {reason}. Its bytes: {printable_bytes(message.content)}"
    return Notice(text, True, message.time_ns)
