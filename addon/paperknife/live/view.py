"""The live view: a consumer of traffic that shows it as it passes."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from paperknife.live.events import Closed, Notice, Opened, Oversize
from paperknife.live.novelties import Novelties
from paperknife.live.printer import Printer
from paperknife.live.renderer import Renderer, ViewOptions
from paperknife.live.tally import Tally
from paperknife.live.terminal import Width
from paperknife.traffic import Batch, Close, Connection, Piece
from paperknife_decoders.expression import Expression
from paperknife_decoders.message import Direction, Message, Opcode, are_binary

__all__ = ["LiveView", "ViewOptions"]


type Item = Opened | Closed | Notice | Oversize | Sequence[Message]
"""What is queued: an event, or a batch."""


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
        self._tally = tally
        self._width = Width(out, options.width)
        self._renderer = Renderer(options, self._width)
        self._novelties = Novelties()
        self._counts: dict[int, Counter[Direction]] = {}
        self._printer: Printer[Item] = Printer(
            self._texts, self._renderer.missed, out, limits=options.limits, on_broken=on_broken
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
            if self._renderer.options.where is None:
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

    def pause(self) -> None:
        """Leave the terminal to another program."""
        self._printer.pause()

    def go_on(self) -> None:
        """Have the terminal back."""
        self._printer.go_on()

    def liner(self, margin: int) -> Callable[[Message], str]:
        """What gives the line of a message, `margin` columns narrower than the view's; none where filters hide it."""
        options = replace(self._renderer.options, format="line", verbose=False, correlate=False)
        renderer = Renderer(options, lambda: self._width() - margin)
        return lambda message: next(iter(renderer.message(message)), "")

    def use_expressions(self, where: Expression | None, hide: Iterable[Expression] = ()) -> None:
        """Filter what is shown from now on by these, as after a schema was loaded anew."""
        self._renderer.use_expressions(where, tuple(hide))

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
            yield self._renderer.event(item)
            return
        yield from map(self._renderer.event, self._count(item))
        for message in item:
            is_shown = False
            for text in self._renderer.message(message):
                yield text
                is_shown = True
            if is_shown and message.opcode < Opcode.CLOSE:
                yield from map(self._renderer.event, self._news(message))

    def _news(self, message: Message) -> Iterator[Notice]:
        """What the schema lacks for a message that is shown; a fault of ours in reading it stands in its line."""
        with contextlib.suppress(Exception):
            for sentence in self._novelties.sentences(message):
                yield Notice(sentence, True, message.time_ns)


def weigh(batch: Sequence[Message]) -> tuple[int, Counter[Direction], int]:
    """The connection of a batch, how many messages it holds besides control frames, and the bytes of all of them.

    This is on the way of the traffic: the messages of a `Batch` are not made for it.
    """
    if isinstance(batch, Batch):
        opcodes = batch.opcodes
        passed = len(batch)
        if not are_binary(opcodes):
            passed = opcodes.count(Opcode.BINARY) + opcodes.count(Opcode.TEXT)
        return batch.connection, Counter({batch.direction: passed}), batch.size
    counts = Counter(message.direction for message in batch if message.opcode < Opcode.CLOSE)
    return batch[0].connection, counts, sum(len(message.content) for message in batch)
