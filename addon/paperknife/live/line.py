"""One line for one envelope, in columns.

    time         connection and direction   payload         summary  ! marks         latency    size
    14:03:22.104 #1 <-                      order_response  7 ACCEPTED order_id=A-…  +2.9 ms    44 B

Where there is no room for all, marks are said in fewer words, then the size gives way to the latency, and then the
summary and the marks are cut: the first words of each are the ones that are looked for.
"""

from __future__ import annotations

from typing import NamedTuple

from paperknife.live.amounts import latency_text, size_text
from paperknife.live.cells import clip, fill
from paperknife.live.layout import Columns, layout_for
from paperknife_decoders.columns import width_of
from paperknife_decoders.correlation import Answer
from paperknife_decoders.envelope import Envelope, Form
from paperknife_decoders.message import Direction, Message
from paperknife_decoders.oddities.marks import brief
from paperknife_decoders.paint import PLAIN, Paint, dyed
from paperknife_decoders.printable import printable
from paperknife_decoders.secrets import Secrets
from paperknife_decoders.summary import summarize

__all__ = ["Shown", "line_text", "payload_label"]

MOST_LINE_CELLS = 180
"""Beyond this the eye loses the line on its way to the size."""
LEAST_SUMMARY_CELLS = 30
"""What marks leave to the summary where there is room: ids, the symbol, what happened."""
LEAST_MARKS_CELLS = 15
"""What the summary leaves to marks."""

LABELS = {Form.WIRE: "(wire)", Form.JSON: "(json)", Form.TEXT: "(text)", Form.BYTES: "(bytes)"}
"""What stands in the payload column where no payload is known."""


class Shown(NamedTuple):
    """One envelope to show, with what is known about it: at `position` (from 0) among the `of` ones of `message`."""

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
        return self.message.reader.protocol.is_heartbeat(self.envelope)


def payload_label(envelope: Envelope) -> str:
    """What names an envelope: its payload, or in parentheses why it has none."""
    if envelope.payload:
        return envelope.payload
    return LABELS.get(envelope.form, "(nothing set)") if envelope.data else "(empty)"


def line_text(shown: Shown, columns: Columns, width: int, paint: Paint = PLAIN) -> str:
    """The line for one envelope in at most `width` columns, without a line feed."""
    message = shown.message
    layout = layout_for(width)
    # A further envelope of the same message shows its place among them instead of the same time again.
    time = f"{shown.position + 1}/{shown.of}" if shown.position else message.time_ns
    head = columns.head(time, message.connection, layout)
    name = columns.name(message.direction.arrow, payload_label(shown.envelope), layout)
    size = f"  {size_text(len(shown.envelope.data)):>{layout.size}}" if layout.size else ""
    latency = f"  {latency_text(shown.answer.latency_ns)}" if shown.answer and layout.size else ""

    room = max(min(width, MOST_LINE_CELLS) - len(head) - len(name) - len(size), 0)
    marks = marks_text(shown, room - len(latency))
    if marks and latency and room - len(latency) < LEAST_SUMMARY_CELLS + 2 + width_of(marks):
        room, size = room + len(size), ""
    quiet = shown.is_heartbeat and not marks
    body = body_text(shown, marks, room - len(latency), PLAIN if quiet else paint)
    if layout.size:
        body = fill(body, room - len(latency))
    if quiet:
        return dyed(f"{head}{name}{body}{latency}{size}".rstrip(), paint.dim, paint)
    tint = paint.client if message.direction is Direction.CLIENT else paint.server
    line = dyed(head, paint.dim, paint) + dyed(name, tint, paint) + body + dyed(latency + size, paint.dim, paint)
    return line.rstrip()


def marks_text(shown: Shown, room: int) -> str:
    """What is odd, in one phrase, a short one where `room` for the body is small; the payload is not said again."""
    if not shown.marks:
        return ""
    within = f"{shown.envelope.payload}."
    phrases = [printable(mark.removeprefix(within)) for mark in shown.marks]
    text = f"! {', '.join(phrases)}"
    if width_of(text) <= room - LEAST_SUMMARY_CELLS - 2:
        return text
    return f"! {', '.join(map(brief, phrases))}"


def body_text(shown: Shown, marks: str, room: int, paint: Paint) -> str:
    """The summary and behind it the marks, in at most `room` columns; each leaves the other its least."""
    if not marks:
        return summarize(shown.envelope, shown.secrets, room, paint)
    least = min(width_of(marks), max(room - LEAST_SUMMARY_CELLS - 2, LEAST_MARKS_CELLS), 2 * room // 3)
    summary = summarize(shown.envelope, shown.secrets, max(room - least - 2, 0), paint)
    summary += "  " if summary else ""
    return summary + dyed(clip(marks, room - width_of(summary)), paint.mark, paint)
