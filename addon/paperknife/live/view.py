"""The live view: a consumer of traffic that shows it as it passes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TextIO

from paperknife.live.events import Closed, Control, Notice, Opened, Oversize
from paperknife.live.formats import FORMATS
from paperknife.live.line import Shown
from paperknife.live.printer import Limits, Printer
from paperknife.live.tally import Tally
from paperknife.live.terminal import Width
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.correlation import Answer, Correlator
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.expression import Expression
from paperknife_decoders.message import Direction, Message, Opcode
from paperknife_decoders.oddities.marks import marks
from paperknife_decoders.paint import ANSI, PLAIN
from paperknife_decoders.printable import printable, printable_bytes
from paperknife_decoders.secrets import Secrets

__all__ = ["LiveView", "ViewOptions"]


type Item = Opened | Closed | Notice | Oversize | Sequence[Message]
"""What is queued: an event, or a batch."""


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What to show, and how.

    `where` shows only the envelopes that it matches, each of `hide` leaves those out that it matches. `secrets` masks
    by other rules than each connection's protocol has. `width` is a fixed number of columns; without it the
    terminal's are followed. `heartbeats` False leaves out heartbeat payloads, pings and pongs. `verbose` writes the
    whole tree below each line. `correlate` tells what a response answers and after how long.
    """

    format: Literal["line", "yaml", "json"] = "line"
    verbose: bool = False
    where: Expression | None = None
    hide: tuple[Expression, ...] = ()
    secrets: Secrets | None = None
    colour: bool = False
    width: int | None = None
    heartbeats: bool = True
    correlate: bool = True
    limits: Limits = field(default_factory=Limits)


class LiveView:
    """Shows traffic on `out`. A `paperknife.traffic.Consumer` that never blocks, whatever becomes of `out`.

    `on_broken` is called once, from the printer's thread, when `out` can no longer be written to; for the closed pipe
    of ``| head`` with a `BrokenPipeError`. A `tally` is fed all that comes, from the printer's thread as far as
    possible.
    """

    def __init__(
        self,
        options: ViewOptions,
        out: TextIO,
        *,
        tally: Tally | None = None,
        on_broken: Callable[[OSError], None] | None = None,
    ) -> None:
        self._options = options
        self._tally = tally
        paint = ANSI if options.colour and options.format != "json" else PLAIN
        self._format = FORMATS[options.format](paint, Width(out, options.width), options.verbose)
        self._correlators: dict[int, Correlator] = {}
        self._counts: dict[int, Counter[Direction]] = {}
        self._printer: Printer[Item] = Printer(
            self._texts, self._format.missed, out, limits=options.limits, on_broken=on_broken
        )

    # traffic.Consumer, called by the proxy

    def opened(self, connection: Connection) -> None:
        self._counts[connection.number] = Counter()
        if self._tally:
            self._tally.opened(connection)
        self._printer.offer(Opened(connection), urgent=True)

    def messages(self, batch: Sequence[Message]) -> None:
        if batch:
            connection, counts, size = weigh(batch)
            self._counts.setdefault(connection, Counter()).update(counts)
            if not self._printer.offer(batch, lines=len(batch), size=size):
                for fault in self._count(batch):
                    self._printer.offer(fault, urgent=True)

    def piece(self, piece: Piece) -> None:
        """Say of a message beyond the limit that it passed, where everything is shown."""
        if self._tally:
            self._tally.piece(piece)
        if piece.last:
            self._counts.setdefault(piece.connection, Counter())[piece.direction] += 1
            if self._options.where is None:
                self._printer.offer(Oversize(piece), lines=1)

    def closed(self, connection: Connection, close: Close) -> None:
        counts = self._counts.pop(connection.number, Counter())
        event = Closed(connection, close, counts[Direction.CLIENT], counts[Direction.SERVER])
        self._printer.offer(event, urgent=True)
        if self._tally:
            self._tally.closed(connection, close)

    def notice(self, text: str, *, warning: bool = False) -> None:
        self._printer.offer(Notice(text, warning, time.time_ns()), urgent=True)

    # the command

    def use_expressions(self, where: Expression | None, hide: Iterable[Expression] = ()) -> None:
        """Filter what is shown from now on by these, as after a schema was loaded anew."""
        self._options = replace(self._options, where=where, hide=tuple(hide))

    def finish(self) -> int:
        """Show what is left, in bounded time, and return how many lines were not shown for want of room or time."""
        lost = self._printer.finish()
        for item in self._printer.left():
            if not isinstance(item, Opened | Closed | Notice | Oversize):
                list(self._count(item))
        return lost

    def _count(self, batch: Sequence[Message]) -> Iterator[Notice]:
        """Feed the tally; a fault of ours in it must not end the printer's thread, so it becomes a notice."""
        if self._tally is not None:
            try:
                self._tally.messages(batch)
            except Exception as error:
                self._tally = None
                yield Notice(f"The count of messages ends here: {error!r}", True, time.time_ns())

    # in the printer's thread

    def _texts(self, item: Item) -> Iterator[str]:
        if isinstance(item, Opened | Closed | Notice | Oversize):
            if isinstance(item, Closed):
                self._correlators.pop(item.connection.number, None)
            yield self._format.event(item)
            return
        yield from map(self._format.event, self._count(item))
        options = self._options
        for message in item:
            try:
                yield from self._message_texts(message, options)
            except Exception as error:  # the one place: a fault of ours costs one line of the view, and no traffic
                yield self._format.event(failed(message, error))

    def _message_texts(self, message: Message, options: ViewOptions) -> Iterator[str]:
        if message.opcode >= Opcode.CLOSE:
            # A reader finds close frames in the line that says that the connection is closed; a program gets all.
            told = options.format == "json" if message.opcode is Opcode.CLOSE else options.heartbeats
            if options.where is None and told:
                yield self._format.event(Control(message))
            return
        envelopes = message.envelopes
        secrets = options.secrets or message.reader.protocol.secrets
        odd = message.oddities or ((),)
        for position, envelope in enumerate(envelopes or (NOTHING,)):
            answer = self._answer(message, envelope) if options.correlate else None
            if is_wanted(message, envelope, options):
                shown = Shown(
                    message, envelope, secrets, answer, marks(envelope, odd[position]), position, len(envelopes)
                )
                yield self._format.envelope(shown)

    def _answer(self, message: Message, envelope: Envelope) -> Answer | None:
        correlator = self._correlators.get(message.connection)
        if correlator is None:
            correlator = self._correlators[message.connection] = Correlator()
        return correlator.observe(message, envelope)


NOTHING = Envelope(b"", Form.BYTES)
"""Stands for a message in which the protocol reads no envelope at all."""


def weigh(batch: Sequence[Message]) -> tuple[int, Counter[Direction], int]:
    """The connection of a batch, how many messages it holds besides control frames, and the bytes of all of them.

    This is on the way of the traffic: the messages of a `Batch` are not made for it.
    """
    if isinstance(batch, Batch):
        passed = batch.opcodes.count(Opcode.BINARY) + batch.opcodes.count(Opcode.TEXT)
        return batch.connection, Counter({batch.direction: passed}), batch.size
    counts = Counter(message.direction for message in batch if message.opcode < Opcode.CLOSE)
    return batch[0].connection, counts, sum(len(message.content) for message in batch)


def is_wanted(message: Message, envelope: Envelope, options: ViewOptions) -> bool:
    """True if the filters let this envelope be shown."""
    if not options.heartbeats and envelope.payload in message.reader.protocol.heartbeats:
        return False
    if options.where is not None and not options.where.matches(message, envelope):
        return False
    return not options.hide or not any(hidden.matches(message, envelope) for hidden in options.hide)


def failed(message: Message, error: Exception) -> Notice:
    """What is shown of a message that we could not show."""
    reason = printable(f"{type(error).__name__}: {error}")
    text = f"{message!r} could not be shown, {reason}. Its bytes: {printable_bytes(message.content)}"
    return Notice(text, True, message.time_ns)
