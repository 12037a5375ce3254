"""One line for one envelope, in columns.

    time         connection and direction   payload         summary, ! marks       latency    size
    14:03:22.104 #1 <-                      order_response  7 ACCEPTED …           +2.9 ms    44 B

On a narrow terminal the least telling columns go first (`LAYOUTS`), and the summary gives way to the marks: what is odd
about a message is what its reader looks for.
"""

from __future__ import annotations

from dataclasses import dataclass

from paperknife.live.amounts import clock_text, latency_text, size_text
from paperknife.live.cells import cells, fill, fit
from paperknife_decoders.correlation import Answer
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.paint import PLAIN, Paint
from paperknife_decoders.printable import printable
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary import summarize

__all__ = ["Columns", "Shown", "layout_for", "line_text", "payload_label"]

LATENCY_CELLS = 8
SIZE_CELLS = 7
CLOCK_CELLS = 12
SHORT_CLOCK_CELLS = 8
MOST_SUMMARY_CELLS = 120
"""Beyond this the eye loses the line on its way to the size."""
LEAST_SUMMARY_CELLS = 8
"""What marks leave to the summary."""
LEAST_PAYLOAD_CELLS = 14
"""The payload column starts so wide; names like ``order_response`` fit."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a width has room for. `payload` bounds the payload column."""

    clock: int
    latency: int
    size: int
    payload: int


LAYOUTS = (
    (120, Layout(CLOCK_CELLS, LATENCY_CELLS, SIZE_CELLS, 28)),
    (76, Layout(CLOCK_CELLS, LATENCY_CELLS, SIZE_CELLS, 18)),
    (60, Layout(CLOCK_CELLS, 0, SIZE_CELLS, 16)),
    (48, Layout(SHORT_CLOCK_CELLS, 0, SIZE_CELLS, 14)),
    (0, Layout(SHORT_CLOCK_CELLS, 0, 0, 10)),
)
"""For a terminal of at least so many columns, widest first."""

LABELS = {Form.WIRE: "(wire)", Form.JSON: "(json)", Form.TEXT: "(text)", Form.BYTES: "(bytes)"}
"""What stands in the payload column where no payload is known."""


def layout_for(width: int) -> Layout:
    """The columns for a terminal of `width`."""
    return next(layout for least, layout in LAYOUTS if width >= least)


class Columns:
    """The widths of the columns now. They grow with what was seen and never shrink, so that lines stay aligned."""

    def __init__(self) -> None:
        self.payload = LEAST_PAYLOAD_CELLS
        self.number = 2

    def see(self, label: str, number: str) -> None:
        """Make room for a payload and a connection number, as far as a layout later allows."""
        self.payload = max(self.payload, len(label))
        self.number = max(self.number, len(number))


@dataclass(frozen=True, slots=True)
class Shown:
    """One envelope to show, with what is known about it: number `position` (from 0) among the `of` ones of `message`."""

    message: Message
    envelope: Envelope
    secrets: Secrets
    answer: Answer | None = None
    marks: tuple[str, ...] = ()
    position: int = 0
    of: int = 1

    @property
    def is_heartbeat(self) -> bool:
        """True for the payloads that only keep the connection alive."""
        return self.envelope.payload in self.message.reader.protocol.heartbeats


def payload_label(envelope: Envelope) -> str:
    """What names an envelope: its payload, or in parentheses why it has none."""
    if envelope.payload:
        return envelope.payload
    if not envelope.data:
        return "(empty)"
    return LABELS.get(envelope.form, "(nothing set)")


def line_text(shown: Shown, columns: Columns, width: int, paint: Paint = PLAIN) -> str:
    """The line for one envelope in at most `width` columns, without a line feed."""
    message = shown.message
    layout = layout_for(width)
    label, number = payload_label(shown.envelope), f"#{message.connection}"
    columns.see(label, number)
    payload_width = min(columns.payload, layout.payload)
    tint = paint.client if message.direction is Direction.CLIENT else paint.server
    dim = paint.dim if shown.is_heartbeat else ""

    head = f"{time_cell(shown, layout)} {number:<{columns.number}} "
    name = f"{message.direction.arrow} {fit(label, payload_width):<{payload_width}}"
    tail = tail_text(shown, layout)
    room = max(width - cells(head) - cells(name) - 2 - len(tail), 0)
    body = body_text(shown, min(room, MOST_SUMMARY_CELLS), PLAIN if dim else paint)
    if tail:
        body = fill(body, min(room, MOST_SUMMARY_CELLS))
    if dim:
        return f"{dim}{head}{name}  {body}{tail}".rstrip() + paint.reset
    head, name = painted(head, paint.dim, paint), painted(name, tint, paint)
    return f"{head}{name}  {body}{painted(tail, paint.dim, paint) if tail.strip() else ''}".rstrip()


def painted(text: str, role: str, paint: Paint) -> str:
    """`text` in the colour `role` of `paint`."""
    return f"{role}{text}{paint.reset}" if role else text


def time_cell(shown: Shown, layout: Layout) -> str:
    """The time; for a further envelope of the same message its place among them instead."""
    if shown.position:
        return f"{shown.position + 1}/{shown.of}".rjust(layout.clock)
    return clock_text(shown.message.time_ns)[: layout.clock]


def tail_text(shown: Shown, layout: Layout) -> str:
    """The right-hand columns: what was the latency, and the size."""
    latency = latency_text(shown.answer.latency_ns) if shown.answer else ""
    parts = [
        text.rjust(cells_)
        for text, cells_ in ((latency, layout.latency), (size_text(len(shown.envelope.data)), layout.size))
        if cells_
    ]
    return "".join(f"  {part}" for part in parts)


def body_text(shown: Shown, room: int, paint: Paint) -> str:
    """The summary and behind it the marks, in at most `room` columns; the summary gives way first."""
    if not shown.marks:
        return summarize(shown.envelope, shown.secrets, room, paint) if room else ""
    marks = printable("! " + ", ".join(shown.marks))
    least = min(LEAST_SUMMARY_CELLS, room // 3)
    marks = fit(marks, room - least - 2)
    summary = summarize(shown.envelope, shown.secrets, room - cells(marks) - 2, paint)
    return f"{summary}{'  ' if summary else ''}{painted(marks, paint.mark, paint)}"
