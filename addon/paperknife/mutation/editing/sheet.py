"""A whole message as a file, and the message's bytes after the file was edited."""

from __future__ import annotations

from collections.abc import Sequence

from paperknife.mutation.editing.differing import Difference
from paperknife.mutation.editing.nodes import EditError, Slip, Value, read_documents
from paperknife.mutation.editing.raw import raw_content, raw_rows
from paperknife.mutation.editing.rows import LIMITS, Rows
from paperknife_decoders.envelope import Envelope
from paperknife_decoders.errors import DecodeError
from paperknife_decoders.message import Message
from paperknife_decoders.printable import printable
from paperknife_decoders.splice import SpliceError, splice
from paperknife_decoders.splice.fronting import with_front
from paperknife_decoders.steps import Opened

__all__ = ["Sheet"]

MOST = 100
"""Envelopes of one message that are in the file; the others stay as they are."""

BREAK = "---"
MARK = "# !!! "

type Span = tuple[int, int]


class Sheet:
    """A message as a file: `text`, which `content_of` turns into bytes again.

    `shown` is the content without secrets, of equal length, and `masked` are the parts of it that stand in place of
    them; the content itself where there are none. The `heading` is comment lines for the user.
    """

    def __init__(
        self,
        message: Message,
        shown: bytes | None = None,
        masked: Sequence[Span] = (),
        heading: Sequence[str] = (),
    ) -> None:
        self.message = message
        self.masked = masked
        self.shown = message.content if shown is None else shown
        self.parts = message.envelopes[:MOST]
        self.marks: set[str] = set()
        told = message.reader.read(message.direction, message.opcode, self.shown, message.before)
        secrets = message.reader.protocol.secrets
        views = told if len(told) == len(message.envelopes) else message.envelopes
        self.views = [same_form(view, part) for view, part in zip(views, self.parts, strict=False)]
        rows = [f"# {printable(line)}" if line else "" for line in heading]
        for number, view in enumerate(self.views):
            rows += [BREAK] if number else []
            rows += self.rows(view, Rows(secrets))
        if len(message.envelopes) > MOST:
            rows.append(f"# {len(message.envelopes) - MOST:,} more envelopes are left out, and stay as they are")
        self.text = "\n".join(rows) + "\n"

    def rows(self, view: Envelope, rows: Rows) -> list[str]:
        """The lines of one envelope."""
        if view.message is None:
            return raw_rows(view)
        lines: list[str] = []
        for line in rows.message(view.message, first=view.payload):
            lines.append(line)
            if len(lines) >= LIMITS.lines:
                return [*lines, "# the rest is left out here, and stays as it is"]
        return lines

    def content_of(self, text: str) -> bytes:
        """The content of the message as an edited file has it; the very same bytes for the file as it was.

        Raises `EditError` with all that is wrong in it.
        """
        if text == self.text:
            return self.message.content
        before, after = read_documents(self.text), read_documents(self.unmarked(text))
        if len(before) != len(after):
            told = f"{len(before)} documents were expected, one for each envelope, and {len(after)} were found."
            raise EditError([Slip(after[-1].line, after[-1].column, told)])
        return self.put_together(before, after)

    def put_together(self, before: Sequence[Value], after: Sequence[Value]) -> bytes:
        """The content with all that differs."""
        message = self.message
        if before == after:
            return message.content
        way = message.reader.way(message.direction, message.opcode, message.content, message.before)
        if isinstance(way, Opened):
            way = with_front(message.reader, message.direction, message.before, way)
        parts = list(way.parts) if isinstance(way, Opened) else [message.content]
        slips: list[Slip] = []
        for number, (part, old, new) in enumerate(zip(self.parts, before, after, strict=True)):
            try:
                parts[number] = self.changed(number, part, old, new)
            except EditError as error:
                slips += error.slips
        if slips:
            raise EditError(slips)
        try:
            return way.close(parts) if isinstance(way, Opened) else parts[0]
        except DecodeError as error:
            raise EditError([Slip(1, 1, f"The message cannot be put together again: {error}.")]) from None

    def changed(self, number: int, part: Envelope, before: Value, after: Value) -> bytes:
        """One envelope's bytes with what differs in its document."""
        if part.message is None or part.type is None:
            shown = self.views[number].data
            masked = self.masked if len(self.parts) == 1 and shown == self.shown else differing_spans(part.data, shown)
            return raw_content(part.data, shown, masked, before, after)
        difference = Difference(part.data, part.type.descriptor)
        difference.envelope(before, after)
        if difference.slips:
            raise EditError(difference.slips)
        try:
            return splice(part.data, part.type.descriptor, difference.changes)
        except SpliceError as error:
            raise EditError([Slip(after.line, after.column, f"This cannot be changed: {error}.")]) from None

    # a file that has to be edited again

    def marked(self, text: str, error: EditError) -> str:
        """The user's file with each slip in a comment above its line."""
        lines = self.unmarked(text).split("\n")
        for slip in reversed(error.slips):
            at = min(max(slip.line - 1, 0), len(lines))
            mark = f"{MARK}{printable(slip.sentence)}"
            self.marks.add(mark)
            lines.insert(at, mark)
        return "\n".join(lines)

    def unmarked(self, text: str) -> str:
        """A file without the comments that `marked` has put in; nothing else is ever taken out."""
        return "\n".join(line for line in text.split("\n") if line not in self.marks) if self.marks else text


def same_form(view: Envelope, part: Envelope) -> Envelope:
    """What is shown of an envelope; where its secrets taken out make something else of it, only its bytes."""
    if (view.message is None) == (part.message is None):
        return view
    return view._replace(message=None)


def differing_spans(data: bytes, shown: bytes) -> list[Span]:
    """Where two contents of the same length differ."""
    spans: list[Span] = []
    for at, (one, other) in enumerate(zip(data, shown, strict=False)):
        if one != other:
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], at + 1)
            else:
                spans.append((at, at + 1))
    return spans
